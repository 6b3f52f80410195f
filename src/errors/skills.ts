import { clip } from "../shared/clip.ts"
import { FleetError } from "./fleet-error.ts"

/** No skill is served under this URI, or none that the caller may see. */
export class UnknownSkill extends FleetError {
  readonly code = "UNKNOWN_SKILL"
  override readonly rpc = -32602
  constructor(uri: string) {
    super(`No skill is served at \`${clip(uri)}\`.`, {
      fix: "Call `skills/list` to see what this server offers.",
    })
  }
}

/** A URI is not that of a folder, or of none that the caller may see. */
export class NotADirectory extends FleetError {
  readonly code = "NOT_A_DIRECTORY"
  override readonly rpc = -32602
  constructor(uri: string) {
    super(`\`${clip(uri)}\` is not a directory resource.`, {
      fix: "Give the URI of a skill without `/SKILL.md`, or of a folder in it, without a slash at the end.",
    })
  }
}

/** A folder is no skill that can be served. */
export class InvalidSkill extends FleetError {
  readonly code = "INVALID_SKILL"
  constructor(folder: string, problem: string, options: { readonly fix: string; readonly cause?: unknown }) {
    super(`The skill in \`${clip(folder, 300)}\` cannot be served: ${clip(problem, 300)}.`, options)
  }
}
