import { assertOptions, type OptionKind } from "../components/options.ts"
import { FleetError } from "../errors/fleet-error.ts"
import { HandlerFailed } from "../errors/handler-failed.ts"
import { CircuitOpen } from "../errors/limits.ts"
import { CallAborted, isSuspended } from "../errors/protocol.ts"
import type { Call, Outcome } from "../protocol/call.ts"
import { isObject } from "../protocol/jsonrpc.ts"
import { defineMiddleware } from "../server/define-middleware.ts"
import { causeOf } from "../server/handler-failure.ts"
import type { Middleware, Next } from "../server/middleware.ts"
import type { ServerLog } from "../server/server-log.ts"
import { clip } from "../shared/clip.ts"
import {
  admit,
  type Circuit,
  type CircuitRule,
  newCircuit,
  settle,
  shift,
} from "./circuit-breaker-circuit.ts"
import { withHandle } from "./shared-handle.ts"
import { keying, type LimitedCalls, refuse, withLimited } from "./shared-keys.ts"
import { createTable } from "./shared-table.ts"

export type { LimitBy, LimitedCalls } from "./shared-keys.ts"

/** When what fails is left alone, and for how long. */
export interface CircuitBreakerOptions extends LimitedCalls {
  /** The share of calls that must fail, above 0 and up to 1. Default 0.5. */
  readonly failureRate?: number
  /** How many calls there must be before a share says anything. Default 10. */
  readonly minCalls?: number
  /** Over how many milliseconds calls are counted; at least over half of them. Default 30,000. */
  readonly windowMs?: number
  /** For how many milliseconds it is left alone. Default 30,000. */
  readonly openMs?: number
  /** How many calls then try whether it works again; all of them must succeed. Default 1. */
  readonly halfOpenMax?: number
  /**
   * Whether an outcome is a failure of what is called. Default: what the server could not foresee (a handler that threw or
   * took too long), and nothing that a client can bring about by what it sends: no invalid arguments, no `ToolError`, no
   * cancelled call, no question that it refuses or leaves without an answer.
   */
  readonly isFailure?: (outcome: Outcome, call: Call) => boolean
  /** How many keys are known at most. Further ones are let through. Default 1,000. */
  readonly maxKeys?: number
  /** Milliseconds of a clock that does not go back. Default `performance.now`. */
  readonly now?: () => number
}

/** What is known of what is called under one key. */
export interface CircuitState {
  /** `"open"` lets nothing through, `"half-open"` a few that try. */
  readonly state: "closed" | "open" | "half-open"
  /** Calls in the window that succeeded or failed; of one that is half open, those that succeeded. */
  readonly calls: number
  /** How many of them failed. */
  readonly failures: number
  /** Milliseconds until the next may try; 0 where it may now. */
  readonly retryAfterMs: number
}

/** A circuit breaker, and what it knows. */
export type CircuitBreaker = Middleware & {
  /** Tells the state of each key that was called, such as the name of a tool. */
  states(): ReadonlyMap<string, CircuitState>
}

/**
 * Makes middleware that leaves alone what fails: where so many calls of a tool failed, further ones get error 503 at once,
 * and HTTP 503 with `Retry-After`, until a few that are let through after a while succeed.
 *
 * @param options `failureRate` (default 0.5), `minCalls` (default 10), `windowMs` and `openMs` (default 30,000), `halfOpenMax`
 *   (default 1), `isFailure`, `by` (default `"tool"`), `methods` (default `["tools/call"]`), `tools`, `maxKeys`, `now`.
 * @throws {UnknownOption} FLEET-09
 * @throws {InvalidOption} A value that cannot be meant.
 * @see https://www.rfc-editor.org/rfc/rfc9110#section-15.6.4
 * @example
 * const breaker = circuitBreaker({ failureRate: 0.5, openMs: 10_000 })
 * mcp.use(breaker)
 * console.error(breaker.states().get("search")?.state)
 */
export function circuitBreaker(options: CircuitBreakerOptions = {}): CircuitBreaker {
  assertOptions("`circuitBreaker()`", options, withLimited(own))
  const { isFailure, maxKeys = 1000, now = () => performance.now() } = options
  const { failureRate = 0.5, minCalls = 10, windowMs = 30_000, openMs = 30_000, halfOpenMax = 1 } = options
  const rule: CircuitRule = { failureRate, minCalls, windowMs, openMs, halfOpenMax }
  const circuits = createTable<Circuit>({ maxKeys, isIdle: (circuit, at) => isIdle(circuit, windowMs, at) })
  const keyOf = keying(options, {
    subject: "`circuitBreaker()`",
    by: "tool",
    hasMethod: (method) => method === "tools/call",
  })
  const verdict = (outcome: Outcome, call: Call) =>
    isFailure === undefined
      ? verdictOf(outcome, call)
      : isFailure(outcome, call) || (verdictOf(outcome, call) === false ? false : undefined)

  async function run(key: string, { call, next, log }: Run): Promise<Outcome> {
    const known = circuits.get(key)
    const waitMs = known === undefined ? 0 : admit(known, rule, now())
    if (waitMs > 0) return refuse(new CircuitOpen(waitMs))
    const turn = known?.turn ?? 0
    // Also of what throws: else a trial would be under way for ever.
    let failed: boolean | undefined
    try {
      const outcome = await next()
      failed = verdict(outcome, call)
      return outcome
    } catch (error) {
      failed = isOfServer(error) || undefined
      throw error
    } finally {
      note(key, { turn, failed, known }, log)
    }
  }

  function note(key: string, { turn, failed, known }: Ended, log: ServerLog): void {
    // What proves nothing is not kept: strangers call what does not exist.
    const circuit = circuits.get(key) ?? (failed === undefined ? undefined : kept(key))
    if (circuit === undefined) return
    const before = circuit.state
    // To one that was made while the call ran it is news, unless that has opened since: then it began before, too.
    settle(circuit, { turn: circuit === known ? turn : 0, failed, now: now() }, rule)
    if (circuit.state === before) return
    const level = circuit.state === "open" ? "warning" : "info"
    log({ level, message: `The circuit of \`${clip(key)}\` is ${circuit.state} now.` })
  }

  function kept(key: string): Circuit | undefined {
    const circuit = newCircuit(now())
    return circuits.set(key, circuit, now()) ? circuit : undefined
  }

  const middleware = defineMiddleware({
    name: "circuitBreaker",
    after: ["errors", "timing", "logging", "auth", "rateLimit", "slidingWindow", "cache"],
    attach: ({ log }) => ({
      request(call, next) {
        const key = keyOf(call)
        if (key === undefined) return next()
        if (typeof key === "string") return run(key, { call, next, log })
        return key.then((given) => (given === undefined ? next() : run(given, { call, next, log })))
      },
    }),
  })
  return withHandle(middleware, {
    states() {
      const at = now()
      return new Map(Array.from(circuits.entries(), ([key, circuit]) => [key, shown(circuit, rule, at)]))
    },
  })
}

const own: { readonly [name: string]: OptionKind } = {
  failureRate: {
    holds: (value) => typeof value === "number" && value > 0 && value <= 1,
    expected: "a number above 0, up to 1",
  },
  minCalls: "count",
  windowMs: "ms",
  openMs: "ms",
  halfOpenMax: "count",
  isFailure: "function",
  maxKeys: "count",
  now: "function",
}

interface Run {
  readonly call: Call
  readonly next: Next
  readonly log: ServerLog
}

interface Ended {
  readonly turn: number
  readonly failed: boolean | undefined
  readonly known: Circuit | undefined
}

/** Whether a call failed, as far as its outcome says anything of what was called: else `undefined`. */
function verdictOf(outcome: Outcome, call: Call): boolean | undefined {
  switch (outcome.kind) {
    case "extended":
      return false
    case "input-required":
      return undefined
    case "failure":
      return (
        (outcome.error.code === -32603 &&
          isOfServer(outcome.cause) &&
          !isOfClient(causeOf(call, outcome), call)) ||
        undefined
      )
    case "complete": {
      const { isError, _meta } = outcome.result as { readonly isError?: unknown; readonly _meta?: unknown }
      if (isError !== true) return false
      // What nobody foresaw is logged under an id. The rest is told to the model: invalid arguments, a `ToolError`.
      const isUnforeseen = isObject(_meta) && _meta["fleetmcp/errorId"] !== undefined
      return (isUnforeseen && !isOfClient(causeOf(call, outcome), call)) || undefined
    }
  }
}

/** Whether an error is no answer that was meant for the client, and no way out of a call that was ended. */
function isOfServer(error: unknown): boolean {
  if (error instanceof HandlerFailed) return true
  if (error instanceof CallAborted || isSuspended(error)) return false
  return !(error instanceof FleetError && error.rpc !== undefined)
}

/** What only comes of how a client answers questions. By their codes: who never asks need not load their classes. */
const ofAnswers: ReadonlySet<string> = /* @__PURE__ */ new Set([
  "ASK_REFUSED",
  "ASK_TIMED_OUT",
  "NEEDS_SESSION",
  "NOT_IN_REVISION",
  "TOO_MANY_ROUNDS",
])

/** What may come of it, where the client was asked. */
const ofAsking: ReadonlySet<string> = /* @__PURE__ */ new Set(["HANDLER_TIMEOUT", "UNUSABLE_SAMPLE"])

/** Whether the client can have brought an error about by how it answers, or does not: it must not open a circuit of all. */
function isOfClient(error: unknown, { exchange, round }: Call): boolean {
  const wasAsked = exchange.hasAsked === true || round > 0
  // A handler gave back how a call that it made failed.
  if (error === undefined) return wasAsked
  if (!(error instanceof FleetError)) return false
  return ofAnswers.has(error.code) || (wasAsked && ofAsking.has(error.code))
}

/** Whether a circuit says nothing that a new one would not. */
function isIdle({ state, since }: Circuit, windowMs: number, now: number): boolean {
  return state === "closed" && now - since >= windowMs
}

function shown(circuit: Circuit, rule: CircuitRule, now: number): CircuitState {
  const { state, since, trials, successes } = circuit
  if (state === "closed") {
    shift(circuit, rule.windowMs / 2, now)
    const calls = circuit.calls + circuit.earlierCalls
    return { state, calls, failures: circuit.failures + circuit.earlierFailures, retryAfterMs: 0 }
  }
  const left = Math.max(0, since + rule.openMs - now)
  const isShut = state === "open" || trials >= rule.halfOpenMax
  return {
    state: state === "open" && left === 0 ? "half-open" : state,
    calls: successes,
    failures: 0,
    retryAfterMs: isShut ? left : 0,
  }
}
