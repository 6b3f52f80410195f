import { FleetError } from "../errors/fleet-error.ts"
import { CallAborted, isSuspended } from "../errors/protocol.ts"
import type { Outcome } from "../protocol/call.ts"

/** How a call ended, as spans and metrics tell it. */
export interface Ending {
  readonly outcome: Outcome["kind"] | "cancelled" | "suspended"
  /** What went wrong, for `error.type`; nothing where nothing did. */
  readonly type?: string | undefined
  /** The error code that the client was answered with. */
  readonly code?: number | undefined
  readonly message?: string | undefined
  readonly cause?: unknown
  /** Whether it was kept from running: by its caller's rights, or since there was too much to do. */
  readonly isRefusal?: boolean
}

/** Says how a call ended. */
export function endingOf(outcome: Outcome): Ending {
  if (outcome.kind === "complete") {
    const isFailed = "isError" in outcome.result && outcome.result.isError === true
    return isFailed ? { outcome: "complete", type: "tool_error" } : { outcome: "complete" }
  }
  if (outcome.kind !== "failure") return { outcome: outcome.kind }
  const { error, cause, http } = outcome
  const { code, message } = error
  if (isPause(cause)) return { outcome: "suspended" }
  // Who left or took it back made no error, and is told none.
  if (cause instanceof CallAborted && (cause.reason === "cancel" || cause.reason === "disconnect"))
    return { outcome: "cancelled" }
  // S11/client/elicitation#error-handling: an error by its form alone; the client is asked to open a page.
  if (code === -32042) return { outcome: "input-required", code }
  const type = cause instanceof FleetError ? errorTypeOf(cause) : String(code)
  const isRefusal =
    !(cause instanceof CallAborted) && (refusals.has(type) || refusedStatus.has(http?.status ?? 200))
  return { outcome: "failure", type, code, message, cause, isRefusal }
}

/** Says how a call ended whose middleware threw: what lies further out makes the answer of it. */
export function endingOfThrown(cause: unknown): Ending {
  const code = (cause instanceof FleetError ? cause.rpc : undefined) ?? -32603
  const http = cause instanceof FleetError ? cause.http : undefined
  const error = { code, message: cause instanceof FleetError && cause.rpc !== undefined ? cause.message : "" }
  return endingOf({ kind: "failure", error, cause, http })
}

/** The kind of an error, of which there are few: its permanent code, or its class. */
export function errorTypeOf(error: unknown): string {
  if (error instanceof FleetError) return error.code
  return error instanceof Error ? error.name : "_OTHER"
}

/** A nested call ends with its parent, which is asked and will run again. */
function isPause(cause: unknown): boolean {
  return isSuspended(cause) || (cause instanceof CallAborted && cause.reason === "suspended")
}

const refusals: ReadonlySet<string> = /* @__PURE__ */ new Set([
  ...["RATE_LIMITED", "OVERLOADED", "CIRCUIT_OPEN", "INSUFFICIENT_SCOPE", "TOO_MANY_SUBSCRIPTIONS"],
])
const refusedStatus: ReadonlySet<number> = /* @__PURE__ */ new Set([401, 403, 429, 503])

/** Texts that metrics are told apart by, of which there are only so many. */
export interface BoundedTexts {
  has(text: string): boolean
  /** Whether it is not among them and could be. */
  takes(text: string): boolean
  /** Adds it, if there is room. */
  add(text: string): void
  /** The text, or `_OTHER` where there is no room for one more. */
  bounded(text: string): string
}

/**
 * Keeps texts apart up to a number of them: whatever makes them up without end, memory and metrics stay small.
 *
 * @param most How many beside those that are known.
 */
export function texts(most: number, known: readonly string[] = []): BoundedTexts {
  const all = new Set(known)
  const room = known.length + most
  const takes = (text: string) => text.length <= maxLength && all.size < room && !all.has(text)
  const add = (text: string) => {
    if (takes(text)) all.add(text)
  }
  return {
    has: (text) => all.has(text),
    takes,
    add,
    bounded(text) {
      add(text)
      return all.has(text) ? text : "_OTHER"
    },
  }
}

const maxLength = 128
