import { CallAborted } from "../../errors/protocol.ts"
import { type AbortReason, aborted, type Outcome } from "../call.ts"
import type { Steps } from "../steps.ts"

/** A call that is suspended, and answered when its steps are done. */
export interface Settling {
  readonly outcome: Promise<Outcome>
  /** Answers it at once, and gives its steps up. Nothing, once it was answered. */
  end(reason: AbortReason, answer?: Outcome | Promise<Outcome>): void
}

/** Waits for the steps of a call before it is answered with what it asks. */
export function settleFirst(steps: Promise<Steps>, outcome: Outcome): Settling {
  let settle: (answer: Outcome | Promise<Outcome>) => void
  const answered = new Promise<Outcome>((resolve) => {
    settle = resolve
  })
  // What goes wrong with them comes up again where they are sealed.
  const done = () => settle(outcome)
  steps.then((all) => all.settled()).then(done, done)
  return {
    outcome: answered,
    end(reason, answer = aborted(reason)) {
      settle(answer)
      void steps.then((all) => all.abort(new CallAborted(reason)))
    },
  }
}
