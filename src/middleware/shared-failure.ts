import { isInputRequired } from "../components/input-required.ts"
import { FleetError } from "../errors/fleet-error.ts"
import { CallAborted, isSuspended } from "../errors/protocol.ts"
import type { Call, Outcome } from "../protocol/call.ts"
import { toFailure } from "../protocol/dispatcher.ts"
import { causeOf, isFailedResult } from "../server/handler-failure.ts"
import { clip } from "../shared/clip.ts"

/** How a call failed, whichever way it says so. */
export interface CallFailure {
  /** What was thrown, by the handler where it was one; `undefined` where nothing was, or nobody knows. */
  readonly error: unknown
  /** The JSON-RPC code; `undefined` of a result that says that its tool failed. */
  readonly code: number | undefined
  /** The kind of error: its code, such as `TIMEOUT` or `ENOENT`, else the name of its class. */
  readonly type: string
}

/** Says how a call failed; `undefined` of one that did not. */
export function failureOf(call: Call, outcome: Outcome): CallFailure | undefined {
  // Older clients are asked to visit a page by an error.
  if (outcome.kind === "failure" && isInputRequired(outcome.cause)) return undefined
  const code = outcome.kind === "failure" ? outcome.error.code : undefined
  if (code === undefined && !(outcome.kind === "complete" && isFailedResult(outcome.result))) return undefined
  const error = causeOf(call, outcome)
  return { error, code, type: error === undefined ? String(code ?? "tool_error") : typeOf(error) }
}

/** Says how a call fails because of what middleware further in threw; `undefined` of what only ends it. */
export function failureOfThrown(call: Call, error: unknown): CallFailure | undefined {
  if (isSuspended(error) || (error instanceof CallAborted && call.exchange.inert)) return undefined
  return { error, code: toFailure(error)?.error.code ?? -32603, type: typeOf(error) }
}

/** Whether the client gave a call up: nothing went wrong. */
export function isGivenUp(error: unknown): error is CallAborted {
  return error instanceof CallAborted && (error.reason === "cancel" || error.reason === "disconnect")
}

/** Names the kind of an error, which may be anything: its code, else the name of its class. */
export function typeOf(error: unknown): string {
  try {
    if (error instanceof FleetError) return error.code
    if (!(error instanceof Error)) return error === null ? "null" : typeof error
    // What a system says, such as `ENOENT`, tells more than the class.
    if ("code" in error && typeof error.code === "string" && /^[A-Z]\w{1,63}$/.test(error.code))
      return error.code
    // Whoever throws may have set it to anything, and most classes do not set it.
    const name: unknown = error.name
    if (typeof name !== "string") return "Error"
    return clip(name === "Error" ? error.constructor.name || name : name)
  } catch {
    // What a handler throws may be anything, also an object that cannot be looked into.
    return "unknown"
  }
}
