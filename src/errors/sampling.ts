// What may go wrong between a handler and a model: loaded by those who ask one.
import { FleetError } from "./fleet-error.ts"

/** A model did not answer as the `output` of the request demands. */
export class UnusableSample extends FleetError {
  readonly code = "UNUSABLE_SAMPLE"
  constructor(attempts: number, problem: string) {
    super(`The model's answer does not fit \`output\`, not even at attempt ${attempts}:\n${problem}`, {
      fix: "Ask for less at once, describe the fields of the schema, or prefer a more able model.",
    })
  }
}

/** The server's own model did not answer, or not with a message. */
export class SamplingFailed extends FleetError {
  readonly code = "SAMPLING_FAILED"
}
