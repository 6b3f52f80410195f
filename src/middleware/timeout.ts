import { optionKinds } from "../components/option-kinds.ts"
import { assertOptions, type KnownOptions } from "../components/options.ts"
import { HandlerTimeout } from "../errors/tool.ts"
import type { Call, Outcome } from "../protocol/call.ts"
import { isObject } from "../protocol/jsonrpc.ts"
import { defineMiddleware } from "../server/define-middleware.ts"
import type { Middleware, Next } from "../server/middleware.ts"
import { longestTimer } from "../shared/longest-timer.ts"
import { quietTimeout } from "../shared/quiet-timer.ts"

/** How long what may take. */
export interface TimeoutOptions {
  /** Milliseconds that a call may take. */
  readonly ms: number
  /** Milliseconds for single tools, by name; `Infinity` is no limit. Default: `ms` for all. */
  readonly tools?: { readonly [name: string]: number }
  /** The methods that are bounded. Default: all but `subscriptions/listen`, which never is. */
  readonly methods?: readonly string[]
  /** Whether the time in which a client with a session is asked counts. Default `false`. */
  readonly countsAsking?: boolean
  /** Milliseconds of a clock that nobody sets. Default `performance.now()`. */
  readonly now?: () => number
  /** Calls `run` after so many milliseconds, unless what is returned is called. Default: a timer that keeps no process. */
  readonly after?: (run: () => void, ms: number) => () => void
}

const known: KnownOptions = {
  kinds: {
    ms: "timeout",
    tools: {
      holds: (value) => isObject(value) && Object.values(value).every(optionKinds.timeout.holds),
      expected: "numbers of milliseconds by the names of tools",
    },
    methods: "strings",
    countsAsking: "boolean",
    now: "function",
    after: "function",
  },
  required: ["ms"],
}

/**
 * Bounds how long a call may take, with all that lies further in: middleware, lookups, the handler. A call that takes
 * longer is answered with the error of a handler's own time-out, and its `ctx.signal` is aborted; what still comes of it
 * is dropped. Each round of a call that asks is timed by itself, and the wait for a person does not count.
 *
 * @param options `ms`, `tools`, `methods` and `countsAsking`.
 * @throws {UnknownOption} FLEET-09
 * @throws {InvalidOption} `ms` is missing, or an option has a value that it cannot have.
 * @see S28/basic/patterns/cancellation
 * @example
 * const mcp = new FleetMCP("Reports", {
 *   middleware: [timeout({ ms: 10_000, tools: { build_report: 60_000 } })],
 * })
 */
export function timeout(options: TimeoutOptions): Middleware {
  assertOptions("`timeout()`", options, known)
  const { ms, tools, methods } = options
  const bounded = methods && new Set(methods)

  function limitOf({ method, target }: Call): number {
    if (method === "subscriptions/listen" || bounded?.has(method) === false) return Number.POSITIVE_INFINITY
    const own = method === "tools/call" && tools !== undefined && Object.hasOwn(tools, target)
    return own ? (tools[target] ?? ms) : ms
  }

  return defineMiddleware({
    name: "timeout",
    after: ["errors", "timing", "logging"],
    attach: (server) => ({
      request(call, next) {
        const limit = limitOf(call)
        if (limit > longestTimer) return next()
        return timed({ call, limit, options }, next, () =>
          server.fail(call, new HandlerTimeout(call.target, limit)),
        )
      },
    }),
  })
}

interface Timed {
  readonly call: Call
  readonly limit: number
  readonly options: TimeoutOptions
}

function timed(
  { call, limit, options }: Timed,
  next: Next,
  late: () => Outcome | Promise<Outcome>,
): Promise<Outcome> {
  const { now = () => performance.now(), after = quietTimeout, countsAsking = false } = options
  const { exchange } = call
  return new Promise((resolve, reject) => {
    let left = limit
    let since = 0
    let stop: (() => void) | undefined
    const pause = () => {
      stop?.()
      stop = undefined
    }
    const start = () => {
      since = now()
      stop = after(expire, left)
    }
    const stopListening = countsAsking
      ? undefined
      : exchange.onAsking?.((isAsking) => {
          if (isAsking) {
            left = Math.max(0, left - (now() - since))
            pause()
          } else start()
        })
    const over = () => {
      pause()
      stopListening?.()
    }
    start()
    next().then(resolve, reject).finally(over)

    function expire(): void {
      stopListening?.()
      // Answered or given up before: it is late for nothing.
      if (exchange.inert && exchange.settling === undefined) return
      const answer = new Promise<Outcome>((settle) => settle(late()))
      exchange.abort("timeout", answer)
      answer.then(resolve, reject)
    }
  })
}
