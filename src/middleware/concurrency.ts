import { type ContextKey, contextKey } from "../components/context.ts"
import { assertOptions } from "../components/options.ts"
import { Overloaded } from "../errors/limits.ts"
import { CallAborted } from "../errors/protocol.ts"
import { aborted, type Call, type Exchange, type Outcome } from "../protocol/call.ts"
import { defineMiddleware } from "../server/define-middleware.ts"
import type { Middleware, Next } from "../server/middleware.ts"
import { quietInterval, quietTimeout } from "../shared/quiet-timer.ts"
import { createPlaces, type Waited } from "./concurrency-places.ts"
import { withHandle } from "./shared-handle.ts"
import { isHandshake, keying, type LimitedCalls, refuse, withLimited } from "./shared-keys.ts"

export type { LimitBy, LimitedCalls } from "./shared-keys.ts"

/** How many calls may run at once. */
export interface ConcurrencyOptions extends LimitedCalls {
  /** How many calls run at once, under each key. */
  readonly max: number
  /** How many more wait for their turn, under each key. Default 100; 0 for none. */
  readonly queue?: number
  /** For how many milliseconds they wait. Default 10,000. */
  readonly queueTimeoutMs?: number
}

/** What runs and waits, and what was turned away. */
export interface ConcurrencyStatistics {
  /** Calls that have a place. */
  readonly running: number
  /** Calls that wait for one. */
  readonly waiting: number
  /** Calls that were refused, since as many waited as may. */
  readonly refused: number
  /** Calls that waited too long. */
  readonly timedOut: number
}

/** A bound of calls at once, and what it has done. */
export type Concurrency = Middleware & {
  /** Counts what runs and waits, and what was turned away, in all servers that have it. */
  statistics(): ConcurrencyStatistics
}

/**
 * Makes middleware that lets so many calls run at once. Further ones wait, in the order they came, until a place is free;
 * a call that is cancelled stops waiting at once. Those for whom there is no room, and those who waited too long, get error
 * 503 and HTTP 503 with `Retry-After`. A call has its place until it ends or asks its client by being called again; where it
 * was given up, or asks, its handler keeps it for as long as it goes on, up to 30 seconds. What a handler calls shares the place of its
 * call. `subscriptions/listen`, `initialize`, `ping` and `server/discover` take none, unless `methods` names them.
 *
 * @param options `max`, `queue` (default 100), `queueTimeoutMs` (default 10,000), `by` (default `"global"`), `methods`,
 *   `tools`.
 * @throws {UnknownOption} FLEET-09
 * @throws {InvalidOption} A value that cannot be meant.
 * @see https://www.rfc-editor.org/rfc/rfc9110#section-15.6.4
 * @example
 * mcp.use(concurrency({ max: 4, queue: 20, tools: ["render"] }))
 */
export function concurrency(options: ConcurrencyOptions): Concurrency {
  const known = withLimited({ max: "count", queue: "size", queueTimeoutMs: "ms" })
  assertOptions("`concurrency()`", options, { ...known, required: ["max"] })
  const { max, queue = 100, queueTimeoutMs = 10_000 } = options
  const places = createPlaces({ max, queue, queueTimeoutMs })
  const counts = { refused: 0, timedOut: 0 }
  /** What has a place: for the calls that its handler makes. */
  const holders = new Set<Exchange>()
  const keyOf = keying(options, {
    subject: "`concurrency()`",
    by: "global",
    hasMethod: (method) => !isHandshake(method) && method !== "subscriptions/listen",
  })

  function turnedAway(call: Call, how: Waited): Outcome | undefined {
    switch (how) {
      case "entered":
        return undefined
      case "left":
        call.set(hasLeft, true)
        return abortedOutcome(call)
      case "late":
        counts.timedOut++
        return refuse(new Overloaded(`All ${max} places stayed taken.`, 1000))
      case "full":
        counts.refused++
        return refuse(new Overloaded(`All ${max} places are taken, and ${queue} calls wait.`, 1000))
    }
  }

  async function run(key: string, call: Call, next: Next): Promise<Outcome> {
    const { exchange } = call
    if (!places.tryEnter(key)) {
      const refusal = turnedAway(call, await places.wait(key, exchange.signal))
      if (refusal !== undefined) return refusal
    }
    holders.add(exchange)
    const leave = () => {
      holders.delete(exchange)
      places.leave(key)
    }
    let isSuspended = false
    try {
      const outcome = await next()
      isSuspended = outcome.kind === "input-required"
      return outcome
    } finally {
      if (isSuspended ? call.isHandled !== false : !isAbandoned(call)) leave()
      else if (isSuspended) soonHandled(call, leave)
      else whenHandled(call, leave)
    }
  }

  const middleware = defineMiddleware({
    name: "concurrency",
    after: ["errors", "timing", "logging", "auth", "rateLimit", "slidingWindow", "cache"],
    request(call, next) {
      const key = keyOf(call)
      // Waiting for a place while having one is how two calls wait for each other for ever.
      if (key === undefined || hasPlace(holders, call.parent)) return next()
      if (typeof key === "string") return run(key, call, next)
      return key.then((known) => (known === undefined ? next() : run(known, call, next)))
    },
  })
  return withHandle(middleware, {
    statistics: () => ({ running: places.running, waiting: places.waiting, ...counts }),
  })
}

function hasPlace(holders: ReadonlySet<Exchange>, outer: Call | undefined): boolean {
  return outer !== undefined && (holders.has(outer.exchange) || hasPlace(holders, outer.parent))
}

function abortedOutcome({ exchange }: Call): Outcome {
  const reason: unknown = exchange.signal.reason
  return aborted(reason instanceof CallAborted ? reason.reason : "cancel")
}

/** Whether a call was answered without its handler, which may go on all the same. */
function isAbandoned(call: Call): boolean {
  const { exchange, isHandled, method } = call
  return exchange.inert && !isHandled && call.get(hasLeft) !== true && ofHandlers.has(method)
}

/** Left in a call that was given up while it waited for its turn further in: there is no handler to wait for. */
const hasLeft: ContextKey<boolean> = /* @__PURE__ */ contextKey("hasLeft")

const ofHandlers: ReadonlySet<string> = /* @__PURE__ */ new Set([
  "tools/call",
  "resources/read",
  "prompts/get",
])

/**
 * Waits until the handler of a call that was given up is done. Were its place free at once, a client could have any number
 * of handlers run that do not heed their signal, by calling and cancelling. A handler that never ends must not keep it for
 * ever, nor one of whose end nobody tells, since other middleware went on with another call.
 */
function whenHandled(call: Call, leave: () => void): void {
  let left = longestLinger / lingerStep
  const stop = quietInterval(() => {
    if (--left > 0 && !call.isHandled) return
    stop()
    leave()
  }, lingerStep)
}

/** Most handlers end with their questions, a moment after the call does. */
function soonHandled(call: Call, leave: () => void): void {
  quietTimeout(() => {
    if (call.isHandled) leave()
    else whenHandled(call, leave)
  }, 0)
}

const lingerStep = 50
const longestLinger = 30_000
