import { assertOptions, type KnownOptions } from "../components/options.ts"
import type { Call, Outcome } from "../protocol/call.ts"
import { defineMiddleware } from "../server/define-middleware.ts"
import { handlerFailure } from "../server/handler-failure.ts"
import { hooks, type Middleware } from "../server/middleware.ts"
import type { MiddlewareServer } from "../server/middleware-view.ts"
import type { ServerLog } from "../server/server-log.ts"
import { clip } from "../shared/clip.ts"
import { failureOf } from "./shared-failure.ts"
import { withHandle } from "./shared-handle.ts"
import type { Durations } from "./timing-histogram.ts"
import { createTable, other, type Table, unknown } from "./timing-table.ts"

export type { Durations } from "./timing-histogram.ts"

/** How long one round of a call took, and what it was. */
export interface CallTiming {
  /** The method, such as `tools/call`. */
  readonly method: string
  /** The name or URI it acts on, else the method; as the client wrote it, so of any length. */
  readonly target: string
  /** Milliseconds from its coming to its outcome. */
  readonly ms: number
  /** How it ended: `asked` is a round that ended with questions to the client. */
  readonly outcome: "done" | "failed" | "asked"
  /** How many rounds of questions came before. */
  readonly round: number
}

/** What is done with durations. */
export interface TimingOptions {
  /** Hears how long each round of each call took. Nobody waits for it, and what it throws is logged. Default: nobody. */
  readonly onTiming?: (timing: CallTiming) => unknown
  /** Writes each into the server's log, at the level `info`. Default `false`. */
  readonly log?: boolean
  /** From how many milliseconds on a round is slow. Default: none is. */
  readonly slowMs?: number
  /** Hears of slow rounds, as `onTiming` does. Default: writes a warning into the server's log. */
  readonly onSlow?: (timing: CallTiming) => unknown
  /** Keeps percentiles by method and by target. Default `true`. */
  readonly detailed?: boolean
  /** How many tools, resources, templates and prompts have statistics of their own; about 5 KB each. Default 500. */
  readonly maxTargets?: number
  /** Milliseconds of a clock that does not go back. Default `performance.now`. */
  readonly now?: () => number
}

/** How long calls took, since they were counted. */
export interface TimingStatistics {
  /** By method, such as `tools/call`; methods that do not exist are under `(unknown)`. */
  readonly methods: { readonly [method: string]: Durations }
  /**
   * By method and component, such as `tools/call add`, templates by their URI template. What does not exist is under
   * `(unknown)`, what has no more room under `(other)`.
   */
  readonly targets: { readonly [target: string]: Durations }
}

/** The middleware, and what it measured. */
export interface Timing {
  /** How long calls took, of all servers that have it. */
  statistics(): TimingStatistics
  /** Forgets what was measured. */
  reset(): void
}

const known: KnownOptions = {
  kinds: {
    onTiming: "function",
    log: "boolean",
    slowMs: "graceMs",
    onSlow: "function",
    detailed: "boolean",
    maxTargets: "count",
    now: "function",
  },
}

/**
 * Makes the middleware that measures how long requests take, each for itself and over time. A call that asks is measured
 * by round; what a client of sessions is asked is waited for inside the call, and is part of its time.
 *
 * @param options `onTiming`, `log`, `slowMs`, `onSlow`, `detailed`, `maxTargets` and `now`. Default: statistics only.
 * @throws {InvalidOption}
 * @throws {UnknownOption} FLEET-09
 * @see S28/basic/patterns/mrtr for rounds
 * @example
 * const times = timing({ slowMs: 1000 })
 * const mcp = new FleetMCP("Orders", { middleware: [times] })
 * console.error(times.statistics().methods["tools/call"]?.p99)
 */
export function timing(options: TimingOptions = {}): Middleware & Timing {
  assertOptions("`timing()`", options, known)
  const { detailed = true, maxTargets = 500 } = options
  const methods = createTable(mostMethods)
  const targets = createTable(maxTargets)
  const middleware = defineMiddleware({
    name: "timing",
    after: ["errors"],
    before: [
      ...["logging", "structuredLogging", "audit", "auth", "rateLimit", "slidingWindow", "cache"],
      ...["responseLimit", "validateOutputs"],
    ],
    attach: (server) =>
      hooksFor(options, {
        log: server.log,
        record: detailed ? recorder(server, { methods, targets }) : undefined,
      }),
  })
  return withHandle(middleware, {
    statistics: () => ({ methods: methods.summary(), targets: targets.summary() }),
    reset() {
      methods.clear()
      targets.clear()
    },
  })
}

/** More than there are; plugins have a few of their own. */
const mostMethods = 100

/** Keeps a timing. */
type Record = (call: Call, timing: CallTiming, outcome: Outcome | undefined) => void

interface Sinks {
  readonly log: ServerLog
  readonly record: Record | undefined
}

function hooksFor(options: TimingOptions, { log, record }: Sinks): Pick<Middleware, "request"> {
  const { onTiming, slowMs = Number.POSITIVE_INFINITY, now = () => performance.now() } = options
  const { onSlow = (slow) => log({ level: "warning", message: `Slow: ${lineOf(slow)}` }) } = options

  function tell(hear: (timing: CallTiming) => unknown, timed: CallTiming): void {
    const report = (error: unknown) =>
      log({ level: "error", message: "A function of the middleware `timing` failed", error })
    try {
      Promise.resolve(hear(timed)).catch(report)
    } catch (error) {
      report(error)
    }
  }

  function end(call: Call, started: number, outcome: Outcome | undefined): void {
    const ms = Math.max(now() - started, 0)
    const { method, target, round } = call
    const timed: CallTiming = { method, target, ms, outcome: endOf(call, outcome), round }
    record?.(call, timed, outcome)
    if (options.log === true) log({ level: "info", message: lineOf(timed) })
    if (onTiming !== undefined) tell(onTiming, timed)
    // What listens is open for as long as it likes.
    if (ms >= slowMs && method !== hooks.listen) tell(onSlow, timed)
  }

  return {
    async request(call, next) {
      const started = now()
      let outcome: Outcome | undefined
      try {
        outcome = await next()
        return outcome
      } finally {
        end(call, started, outcome)
      }
    },
  }
}

function endOf(call: Call, outcome: Outcome | undefined): CallTiming["outcome"] {
  if (outcome === undefined) return "failed"
  if (outcome.kind === "input-required") return "asked"
  return failureOf(call, outcome) === undefined ? "done" : "failed"
}

function lineOf({ method, target, ms, outcome }: CallTiming): string {
  const what = target === method ? clip(method) : `${clip(method)} ${clip(target)}`
  return `${what} ${outcome} in ${ms.toFixed(1)} ms`
}

interface Tables {
  readonly methods: Table
  readonly targets: Table
}

/** How many resources are looked for at once that were read; those beyond are not told apart. */
const mostLookups = 100

function recorder(server: MiddlewareServer, { methods, targets }: Tables): Record {
  let lookups = 0

  async function recordRead(call: Call, timed: CallTiming): Promise<void> {
    if (lookups >= mostLookups) return add(targets.of(other), timed)
    lookups++
    try {
      const found = await server.find(call)
      add(targets.of(found === undefined ? unknown : `resources/read ${clip(found.id, 500)}`), timed)
    } catch {
      // The read said so too, if it was for the same reason.
      add(targets.of(unknown), timed)
    } finally {
      lookups--
    }
  }

  return (call, timed, outcome) => {
    const { method, target } = timed
    // Whatever came to an end, or to a handler, exists. Of what failed before nobody knows.
    const isReal =
      (outcome !== undefined && outcome.kind !== "failure") || call.get(handlerFailure) !== undefined
    add(methods.of(isReal || wellKnown.has(method) ? method : unknown), timed)
    // Of a template there are as many URIs as clients can think of.
    if (method === "resources/read" && isReal) return void recordRead(call, timed)
    if (!named.has(method)) return
    const name = `${method} ${clip(target, 500)}`
    add(targets.of(isReal || targets.has(name) ? name : unknown), timed)
  }
}

function add(row: ReturnType<Table["of"]>, { ms, outcome }: CallTiming): void {
  if (outcome === "asked") row.addAsked()
  else row.add(ms, outcome === "failed")
}

/** Methods that act on one component each. */
const named: ReadonlySet<string> = /* @__PURE__ */ new Set(["tools/call", "prompts/get", "resources/read"])

/** Methods that are told apart also where all that was tried of them failed. */
const wellKnown: ReadonlySet<string> = /* @__PURE__ */ new Set(["ping", ...Object.values(hooks)])
