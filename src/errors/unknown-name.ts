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

/** No such version of what there is under this name or URI, or none that the caller may see. */
export class UnknownVersion extends FleetError {
  readonly code = "UNKNOWN_VERSION"
  override readonly rpc = -32602
  override readonly data: { readonly versions: readonly string[] }
  /** @param versions Those that the caller may see, highest first. */
  constructor(name: string, version: string, versions: readonly string[]) {
    const shown = versions.slice(0, 10).map((each) => `\`${clip(each)}\``)
    const there = shown.length === 0 ? "it has no versions" : `there are ${shown.join(", ")}`
    super(`No version \`${clip(version)}\` of \`${clip(name)}\`: ${there}.`, {
      fix: "Ask for one of these, or for none to get the highest.",
    })
    this.data = { versions: versions.slice(0, 100) }
  }
}

function notFound(kind: "tool" | "prompt", name: string, near: string | undefined): string {
  return `No ${kind} named \`${clip(name)}\`.${didYouMean(name, near)}`
}
