import { assertOptions, type KnownOptions } from "../components/options.ts"
import type { Call, Exchange } from "../protocol/call.ts"
import { defineMiddleware } from "../server/define-middleware.ts"
import { causeOf } from "../server/handler-failure.ts"
import type { Hook, Middleware } from "../server/middleware.ts"
import type { MiddlewareServer } from "../server/middleware-view.ts"
import { attempt as attemptTo } from "../shared/maybe-promise.ts"
import { sleep } from "../shared/sleep.ts"
import { errorsIn, isOfConnection } from "./retry-passing.ts"

/** What is tried again, how often and when. */
export interface RetryOptions {
  /** How often a call is tried in all. Default 3. */
  readonly attempts?: number
  /** The longest wait before the second attempt, in milliseconds; it doubles each time. Default 200. */
  readonly delayMs?: number
  /** The longest wait of all, in milliseconds. Default 5,000. */
  readonly maxDelayMs?: number
  /** Whether another attempt may succeed. Default: {@link isPassing}. */
  readonly when?: (error: unknown, call: Call) => boolean
  /** The names of tools that may be tried again, whatever their annotations say. Default: none. */
  readonly tools?: readonly string[]
  /** Whether every tool may be tried again. Default `false`. */
  readonly always?: boolean
  /** The methods whose calls are tried again. Default: tools, resources, prompts, their lists, and completions. */
  readonly methods?: readonly string[]
  /** Hears of each attempt that is followed by another. Default: nobody does. */
  readonly onRetry?: (retry: Retry) => void
  /** Waits; gives up when the signal is aborted. Default: a timer. */
  readonly sleep?: (ms: number, signal: AbortSignal) => Promise<void>
  /** A number from 0 to 1, the share of the longest wait. Default `Math.random`. */
  readonly random?: () => number
}

/** An attempt that failed and is followed by another. */
export interface Retry {
  /** The call. */
  readonly call: Call
  /** What was thrown. */
  readonly error: unknown
  /** Which attempt it was: 1 for the first. */
  readonly attempt: number
  /** How long is waited before the next one, in milliseconds. */
  readonly delayMs: number
}

const known: KnownOptions = {
  kinds: {
    attempts: "count",
    delayMs: "graceMs",
    maxDelayMs: "graceMs",
    when: "function",
    tools: "strings",
    always: "boolean",
    methods: "strings",
    onRetry: "function",
    sleep: "function",
    random: "function",
  },
  foreign: {
    retries: "Use `attempts`, the first one included.",
    maxRetries: "Use `attempts`, the first one included.",
  },
}

/** What changes nothing, by the specification. */
const safeMethods: readonly string[] = [
  "tools/list",
  "resources/list",
  "resources/templates/list",
  "resources/read",
  "prompts/list",
  "prompts/get",
  "completion/complete",
]

/**
 * Tries calls again whose handler failed for the moment, where that can do no harm: lists, reads, prompts, completions,
 * and tools whose annotations say `readOnlyHint` or `idempotentHint`. It waits between attempts, longer each time, a
 * random share of it, so that many callers do not come back at once; the wait ends with the call. Steps of the handler
 * (`ctx.step()`) that were done are not done again. A call that has asked its client something is not tried again, and
 * one that took longer than its time-out is over.
 *
 * @param options Default: three attempts after errors of connections and time-outs.
 * @throws {UnknownOption} FLEET-09
 * @throws {InvalidOption} An option has a value that it cannot have.
 * @see https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/ for "full jitter"
 * @example
 * const mcp = new FleetMCP("Weather", { middleware: [retry({ attempts: 4 })] })
 * mcp.tool({ name: "forecast", annotations: { readOnlyHint: true } }, async () => {
 *   const response = await fetch("https://weather.example.com/today")
 *   return response.text()
 * })
 */
export function retry(options: RetryOptions = {}): Middleware {
  assertOptions("`retry()`", options, known)
  const { methods = [...safeMethods, "tools/call"] } = options
  const tried = new Set(methods)
  return defineMiddleware({
    name: "retry",
    after: ["errors", "timing", "logging", "auth", "rateLimit", "cache"],
    attach: (server) => {
      const attempt = attempts(options, {
        mayRepeat: (call) => mayRepeat(call, server, options),
        onError: (error) => server.log({ level: "error", message: "Error in `onRetry` of `retry()`", error }),
      })
      return {
        repeats: true,
        request: (call, next) => (tried.has(call.method) ? attempt(call, next) : next()),
      }
    },
  })
}

/**
 * Tells whether an error, or one that led to it, is of a connection that failed, of something that took too long, or of a
 * service that is away (502, 503, 504): it may be gone a moment later.
 *
 * @example
 * retry({ when: (error) => isPassing(error) || error instanceof RangeError })
 */
export function isPassing(error: unknown): boolean {
  return errorsIn(error).some(isOfConnection)
}

/** What has to be known of the server. */
interface Surroundings {
  readonly mayRepeat: (call: Call) => Promise<boolean>
  readonly onError: (error: unknown) => void
}

function attempts(options: RetryOptions, { mayRepeat, onError }: Surroundings): Hook {
  const {
    attempts: most = 3,
    delayMs: firstDelay = 200,
    maxDelayMs = 5000,
    when = isPassing,
    onRetry,
    sleep: wait = sleep,
    random = Math.random,
  } = options
  /** Errors after which no attempt was left: a call whose handler passes one on would try all of them again. */
  const spent = new WeakMap<object, Exchange>()

  return async (call, next) => {
    for (let attempt = 1; ; attempt++) {
      const outcome = await next()
      const error = causeOf(call, outcome)
      if (error === undefined || !isOpen(call) || isSpent(spent, error, call) || !when(error, call))
        return outcome
      if (attempt >= most || !(await mayRepeat(call))) {
        if (typeof error === "object" && error !== null) spent.set(error, outermost(call))
        return outcome
      }
      const delayMs = random() * Math.min(firstDelay * 2 ** (attempt - 1), maxDelayMs)
      attemptTo(() => onRetry?.({ call, error, attempt, delayMs }), onError)
      if (!(await waited(call, delayMs, wait))) return outcome
    }
  }
}

/** Whether a call can go on: not once it is over, nor where a person would be asked the same again. */
function isOpen({ exchange, round, parent }: Call): boolean {
  return !exchange.inert && exchange.hasAsked !== true && (round === 0 || parent !== undefined)
}

/** The exchange of the call that a client or the own process made. */
function outermost(call: Call): Exchange {
  let { parent, exchange } = call
  for (; parent !== undefined; parent = parent.parent) exchange = parent.exchange
  return exchange
}

function isSpent(spent: WeakMap<object, Exchange>, error: unknown, call: Call): boolean {
  return errorsIn(error).some((each) => spent.get(each) === outermost(call))
}

async function waited(call: Call, ms: number, wait: NonNullable<RetryOptions["sleep"]>): Promise<boolean> {
  if (!isOpen(call)) return false
  const { signal } = call.exchange
  try {
    await wait(ms, signal)
  } catch (error) {
    if (!signal.aborted) throw error
  }
  return isOpen(call)
}

async function mayRepeat(
  call: Call,
  server: MiddlewareServer,
  { tools, always }: RetryOptions,
): Promise<boolean> {
  if (call.method !== "tools/call") return true
  if (always === true || tools?.includes(call.target)) return true
  // Looked up only after a failure: calls that succeed pay nothing for it.
  const component = await server.find(call)
  if (component?.kind !== "tool") return false
  const { readOnlyHint, idempotentHint } = component.definition.annotations ?? {}
  return readOnlyHint === true || idempotentHint === true
}
