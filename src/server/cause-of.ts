import { HandlerFailed } from "../errors/handler-failed.ts"
import type { Outcome } from "../protocol/call.ts"

/** What handlers threw, by the results that were made of it. */
const causes: WeakMap<object, unknown> = /* @__PURE__ */ new WeakMap()

/** Remembers what a handler threw whose error is told as a result. */
export function noteCause(result: object, cause: unknown): void {
  causes.set(result, cause)
}

/**
 * Gives what was thrown where a call failed: also of a tool, whose errors are results that the model reads. `undefined`
 * where nothing was thrown, or middleware put a result of its own in the place of it.
 */
export function causeOf(outcome: Outcome): unknown {
  switch (outcome.kind) {
    case "complete":
      return causes.get(outcome.result)
    case "failure":
      // What says what the client may know of an error that a handler threw.
      return outcome.cause instanceof HandlerFailed ? outcome.cause.cause : outcome.cause
    default:
      return undefined
  }
}
