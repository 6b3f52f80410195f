// Steps of calls: loaded with what runs them.
import { clip } from "../shared/clip.ts"
import { FleetError } from "./fleet-error.ts"

/** Somebody began a step and nobody knows how it ended: it is not done a second time. */
export class StepOutcomeUnknown extends FleetError {
  readonly code = "STEP_OUTCOME_UNKNOWN"
  constructor(step: string) {
    super(
      `The step \`${clip(step)}\` was begun and its outcome is unknown: the process that ran it may have ended before it could say.`,
      {
        fix: "Look whether it was done, with the `idempotencyKey` it was given; it is never done a second time by itself.",
      },
    )
  }
}

/** A step was begun by a run of the call that had other answers: what came of it is not for this one. */
export class ForkedStep extends FleetError {
  readonly code = "FORKED_STEP"
  constructor(step: string) {
    super(`The step \`${clip(step)}\` was begun with other answers to the same questions.`, {
      fix: "Call anew to answer otherwise: a question counts as it was answered when the step was begun.",
    })
  }
}

/** Two steps of one run of a handler have the same key. */
export class RepeatedStep extends FleetError {
  readonly code = "REPEATED_STEP"
  constructor(step: string) {
    super(`The key \`${clip(step)}\` names two steps of one call, and so one result for both.`, {
      fix: "Give each its own key, such as `charge-1` and `charge-2` in a loop.",
    })
  }
}

/** The key of a step is none. */
export class InvalidStepKey extends FleetError {
  readonly code = "INVALID_STEP_KEY"
  constructor(problem: string) {
    super(`The first argument of \`ctx.step()\` ${problem}.`, {
      fix: 'Give 1 to 200 characters: `ctx.step("charge", …)`.',
    })
  }
}
