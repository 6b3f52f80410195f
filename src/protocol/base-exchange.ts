import { CallAborted } from "../errors/protocol.ts"
import type { MaybePromise } from "../shared/maybe-promise.ts"
import { type AbortReason, aborted, type Outcome } from "./call.ts"

/** The life of a call, the same in all eras: it runs, it may be aborted, it ends. */
export abstract class BaseExchange {
  #controller: AbortController | undefined
  #aborted: AbortReason | undefined
  #ended: boolean
  #finish: ((outcome: MaybePromise<Outcome>) => void) | undefined

  constructor() {
    this.#controller = undefined
    this.#aborted = undefined
    this.#ended = false
    this.#finish = undefined
  }

  get inert(): boolean {
    return this.#ended || this.#aborted !== undefined
  }

  get aborted(): AbortReason | undefined {
    return this.#aborted
  }

  get ended(): boolean {
    return this.#ended
  }

  // Made when asked for: an AbortController costs more than the rest of a small call.
  get signal(): AbortSignal {
    if (this.#controller === undefined) {
      this.#controller = new AbortController()
      if (this.#aborted !== undefined) this.#controller.abort(new CallAborted(this.#aborted))
    }
    return this.#controller.signal
  }

  abort(reason: AbortReason): void {
    if (this.inert) return
    this.#aborted = reason
    this.#controller?.abort(new CallAborted(reason))
    if (!hasOwnAnswer(reason)) this.#finish?.(aborted(reason))
  }

  settle(outcome: Promise<Outcome>): Promise<Outcome> {
    return new Promise((resolve, reject) => {
      this.#finish = resolve
      outcome.then(resolve, reject)
      if (this.#aborted !== undefined && !hasOwnAnswer(this.#aborted)) resolve(aborted(this.#aborted))
    })
  }

  /** Marks the call as answered: what its handler still does no longer reaches the peer. */
  end(): void {
    this.#ended = true
  }

  /** Answers the call now, whatever its handler goes on to do. */
  protected finishWith(outcome: MaybePromise<Outcome>): void {
    this.#finish?.(outcome)
  }
}

/** A suspended call is answered with its questions, and one that took too long by whoever timed it. */
function hasOwnAnswer(reason: AbortReason): boolean {
  return reason === "suspended" || reason === "timeout"
}
