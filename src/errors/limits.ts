import { FleetError, type HttpAnswer } from "./fleet-error.ts"

/** What a client that was turned away is told: when to come back. */
export interface RetryData {
  /** Milliseconds after which it is worth trying again. */
  readonly retryAfterMs: number
}

/** A caller makes more requests than it may. */
export class RateLimited extends FleetError {
  readonly code = "RATE_LIMITED"
  // S28/basic/index#error-codes: codes of applications lie outside of the range that JSON-RPC reserves.
  override readonly rpc = 429
  override readonly data: RetryData
  override readonly http: HttpAnswer
  constructor(waitMs: number) {
    const retry = retryAfter(waitMs)
    super("Too many requests.", { fix: `Try again in ${retry.seconds} s.` })
    this.data = retry.data
    this.http = { status: 429, headers: retry.headers }
  }
}

/** As many calls run and wait as may. */
export class Overloaded extends FleetError {
  readonly code = "OVERLOADED"
  override readonly rpc = 503
  override readonly data: RetryData
  override readonly http: HttpAnswer
  constructor(what: string, waitMs: number) {
    const retry = retryAfter(waitMs)
    super(what, { fix: `Try again in ${retry.seconds} s.` })
    this.data = retry.data
    this.http = { status: 503, headers: retry.headers }
  }
}

/** What was called failed so often that it is left alone for a while. */
export class CircuitOpen extends FleetError {
  readonly code = "CIRCUIT_OPEN"
  override readonly rpc = 503
  override readonly data: RetryData
  override readonly http: HttpAnswer
  constructor(waitMs: number) {
    const retry = retryAfter(waitMs)
    super("This failed too often and is left alone for a while.", {
      fix: `Try again in ${retry.seconds} s.`,
    })
    this.data = retry.data
    this.http = { status: 503, headers: retry.headers }
  }
}

/**
 * Writes a wait for people, for clients and for HTTP, which knows whole seconds only.
 *
 * @see https://www.rfc-editor.org/rfc/rfc9110#section-10.2.3
 */
function retryAfter(waitMs: number) {
  const retryAfterMs = Math.max(1, Math.ceil(waitMs))
  const seconds = Math.ceil(retryAfterMs / 1000)
  return { seconds, data: { retryAfterMs }, headers: { "retry-after": String(seconds) } }
}
