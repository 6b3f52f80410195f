import { clip } from "../shared/clip.ts"
import { didYouMean } from "./did-you-mean.ts"
import { FleetError } from "./fleet-error.ts"

/** No tool of this name, or none that the caller may see. */
export class UnknownTool extends FleetError {
  readonly code = "UNKNOWN_TOOL"
  override readonly rpc = -32602
  constructor(name: string, near?: string) {
    super(notFound("tool", name, near), {
      fix: "Call `tools/list` to see the names this server offers.",
    })
  }
}

/** No prompt of this name, or none that the caller may see. */
export class UnknownPrompt extends FleetError {
  readonly code = "UNKNOWN_PROMPT"
  override readonly rpc = -32602
  constructor(name: string, near?: string) {
    super(notFound("prompt", name, near), {
      fix: "Call `prompts/list` to see the names this server offers.",
    })
  }
}

function notFound(kind: "tool" | "prompt", name: string, near: string | undefined): string {
  return `No ${kind} named \`${clip(name)}\`.${didYouMean(name, near)}`
}
