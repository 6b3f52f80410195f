import { FleetError } from "./fleet-error.ts"

/** A handler returned what its own output schema refuses. The caller can do nothing about it. */
export class InvalidOutput extends FleetError {
  readonly code = "INVALID_OUTPUT"
  constructor(subject: string, issues: string) {
    super(`The ${subject} returned what its output schema refuses:\n${issues}`, {
      fix: "Return what `output` describes, or change `output`.",
    })
  }
}
