import { clip } from "../shared/clip.ts"
import { FleetError } from "./fleet-error.ts"

/** How much of a path a message shows. */
const longest = 200

/** A value has no canonical JSON text: it is not JSON, refers back to itself, or is too deep or too large. */
export class NotCanonicalJson extends FleetError {
  readonly code = "NOT_CANONICAL_JSON"
  /** Where in the value, such as `$.items[2].id`. */
  readonly path: string
  constructor(path: string, what: string) {
    const shown = clip(path, longest)
    super(`The value has no canonical JSON: \`${shown}\` is ${what}.`, {
      fix: "Use strings, finite numbers, booleans, `null`, arrays and plain objects.",
    })
    this.path = shown
  }
}
