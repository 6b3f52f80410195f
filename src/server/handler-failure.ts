import { type ContextKey, contextKey } from "../components/context.ts"
import { HandlerFailed } from "../errors/handler-failed.ts"
import type { Call, Outcome } from "../protocol/call.ts"

/** Why a call failed whose outcome does not say so: results of tools carry words only. */
export interface HandlerFailure {
  /** What was thrown. */
  readonly error: unknown
  /** What failed, for messages: "calling tool 'x'". */
  readonly doing: string
}

/** Left in a call by whoever words its failure for the client. */
export const handlerFailure: ContextKey<HandlerFailure | undefined> =
  /* @__PURE__ */ contextKey("handlerFailure")

/** Whether a result says that its tool failed. */
export function isFailedResult(result: object): boolean {
  return "isError" in result && result.isError === true
}

/**
 * Gives what was thrown where a call failed: also of a tool, whose errors are results that the model reads. `undefined`
 * where nothing was thrown.
 */
export function causeOf(call: Call, outcome: Outcome): unknown {
  switch (outcome.kind) {
    case "complete":
      return isFailedResult(outcome.result) ? call.get(handlerFailure)?.error : undefined
    case "failure":
      // What says what the client may know of an error that a handler threw.
      return outcome.cause instanceof HandlerFailed ? outcome.cause.cause : outcome.cause
    default:
      return undefined
  }
}
