import { type Call, type FleetError, FleetMCP, type Middleware, tool } from "fleetmcp"
import { type Audit, type AuditHead, type AuditOptions, audit } from "fleetmcp/middleware/audit"
import {
  type CachedMethod,
  type CacheOptions,
  type CacheStatistics,
  type CacheStatus,
  cache,
  cacheStatus,
} from "fleetmcp/middleware/cache"
import {
  type CircuitBreakerOptions,
  type CircuitState,
  circuitBreaker,
} from "fleetmcp/middleware/circuit-breaker"
import {
  type ConcurrencyOptions,
  type ConcurrencyStatistics,
  concurrency,
} from "fleetmcp/middleware/concurrency"
import { dereference } from "fleetmcp/middleware/dereference"
import { type ErrorsOptions, errors } from "fleetmcp/middleware/errors"
import { injectTools } from "fleetmcp/middleware/inject-tools"
import { type LoggingOptions, logging, structuredLogging } from "fleetmcp/middleware/logging"
import { type DeadSession, type PingOptions, ping } from "fleetmcp/middleware/ping"
import { promptTools } from "fleetmcp/middleware/prompt-tools"
import { type LimitStatistics, type RateLimitOptions, rateLimit } from "fleetmcp/middleware/rate-limit"
import { resourceTools } from "fleetmcp/middleware/resource-tools"
import { type ResponseLimitOptions, responseLimit } from "fleetmcp/middleware/response-limit"
import { type Retry, type RetryOptions, retry } from "fleetmcp/middleware/retry"
import { type SlidingWindowOptions, slidingWindow } from "fleetmcp/middleware/sliding-window"
import { type TimeoutOptions, timeout } from "fleetmcp/middleware/timeout"
import { type TimingOptions, type TimingStatistics, timing } from "fleetmcp/middleware/timing"
import { type ValidateOutputsOptions, validateOutputs } from "fleetmcp/middleware/validate-outputs"
import { memoryStorage } from "fleetmcp/storage"
import { same } from "./same.ts"

const storage = memoryStorage()

// Each is middleware, as a server takes it.
new FleetMCP("All", {
  middleware: [
    errors(),
    timing(),
    logging(),
    structuredLogging(),
    rateLimit(),
    slidingWindow({ limit: 1 }),
    cache({ listTools: true }),
    injectTools([tool({ name: "a" }, () => "a")]),
    promptTools(),
    resourceTools(),
    retry(),
    timeout({ ms: 1 }),
    responseLimit(),
    ping(),
    audit({ to: storage }),
    concurrency({ max: 1 }),
    circuitBreaker(),
    dereference(),
    validateOutputs(),
  ],
})
same<Middleware>()(retry())
same<Middleware>()(timeout({ ms: 1 }))
same<Middleware & Audit>()(audit({ to: storage }))

// What handles give.
same<() => { readonly [typeAndMethod: string]: number }>()(errors().counts)
same<() => void>()(errors().reset)
same<() => TimingStatistics>()(timing().statistics)
same<() => void>()(timing().reset)
same<() => LimitStatistics>()(rateLimit().statistics)
same<() => LimitStatistics>()(slidingWindow({ limit: 1 }).statistics)
same<() => ConcurrencyStatistics>()(concurrency({ max: 1 }).statistics)
same<() => ReadonlyMap<string, CircuitState>>()(circuitBreaker().states)
same<() => { readonly [method in CachedMethod]?: CacheStatistics }>()(cache({ listTools: true }).statistics)
same<() => Promise<void>>()(cache({ listTools: true }).clear)
same<() => readonly AuditHead[]>()(audit({ to: storage }).heads)

// @ts-expect-error statistics are read
concurrency({ max: 1 }).statistics().running = 0
// @ts-expect-error statistics are read
rateLimit().statistics().allowed = 0
// @ts-expect-error there is nothing to set back
concurrency({ max: 1 }).reset()
// @ts-expect-error a method that is not cached
cache({ listTools: true }).statistics().initialize
// @ts-expect-error it is `uri`
void cache({ listTools: true }).invalidate({ url: "a://b" })

// What keys and callbacks are given.
export const status = (call: Call) => same<CacheStatus | undefined>()(call.get(cacheStatus))
retry({ onRetry: (each) => same<Retry>()(each) })
retry({
  when(error, call) {
    same<unknown>()(error)
    same<Call>()(call)
    return true
  },
})
ping({ onDead: (dead) => same<DeadSession>()(dead) })
rateLimit({
  by(call) {
    same<Call>()(call)
    return "key"
  },
})
errors({ rules: [{ when: (error): error is FleetError => error instanceof Error }] })

// Options are not changed, and may be given as constants.
const bounds = { max: 4, tools: ["render"] } as const
concurrency(bounds)
retry({ tools: ["a"] as const, methods: ["tools/call"] as const })
export const changes = [
  // @ts-expect-error read-only
  (options: ConcurrencyOptions) => (options.max = 1),
  // @ts-expect-error read-only
  (options: CircuitBreakerOptions) => (options.windowMs = 1),
  // @ts-expect-error read-only
  (options: RateLimitOptions) => (options.burst = 1),
  // @ts-expect-error read-only
  (options: SlidingWindowOptions) => (options.limit = 1),
  // @ts-expect-error read-only
  (options: RetryOptions) => (options.attempts = 1),
  // @ts-expect-error read-only
  (options: RetryOptions) => options.tools?.push("a"),
  // @ts-expect-error read-only
  (options: TimeoutOptions) => (options.ms = 1),
  // @ts-expect-error read-only
  (options: TimingOptions) => (options.slowMs = 1),
  // @ts-expect-error read-only
  (options: LoggingOptions) => (options.level = "info"),
  // @ts-expect-error read-only
  (options: ErrorsOptions) => (options.mask = true),
  // @ts-expect-error read-only
  (options: CacheOptions) => (options.maxBytes = 1),
  // @ts-expect-error read-only
  (options: ResponseLimitOptions) => (options.maxBytes = 1),
  // @ts-expect-error read-only
  (options: PingOptions) => (options.failures = 1),
  // @ts-expect-error read-only
  (options: AuditOptions) => (options.chain = true),
  // @ts-expect-error read-only
  (options: ValidateOutputsOptions) => (options.unusable = "pass"),
]

// What is misspelt, of the wrong type, or not there does not compile.
// @ts-expect-error `max` is required
concurrency({})
// @ts-expect-error it is `queueTimeoutMs`
concurrency({ max: 1, timeout: 1 })
// @ts-expect-error `limit` is required
slidingWindow({ windowMs: 1 })
// @ts-expect-error `ms` is required
timeout({ tools: { a: 1 } })
// @ts-expect-error milliseconds are a number
timeout({ ms: "10s" })
// @ts-expect-error it is `attempts`
retry({ retries: 3 })
// @ts-expect-error names are texts
retry({ tools: [1] })
// @ts-expect-error no such way to tell calls apart
rateLimit({ by: "ip" })
// @ts-expect-error a limiter consumes
rateLimit({ limiter: {} })
// @ts-expect-error it is `perSecond`
rateLimit({ perMinute: 1 })
// @ts-expect-error a share
circuitBreaker({ failureRate: "half" })
// @ts-expect-error tools say which of them are cached
cache({ callTool: {} })
// @ts-expect-error shared by whom
cache({ readResource: { sharedBy: "all" } })
// @ts-expect-error a method that is not limited
responseLimit({ methods: ["tools/list"] })
// @ts-expect-error refuse or drop
responseLimit({ structured: "cut" })
// @ts-expect-error `to` is required
audit({ chain: true })
// @ts-expect-error log or refuse
audit({ to: storage, onFailure: "ignore" })
// @ts-expect-error no such level
logging({ level: "loud" })
// @ts-expect-error it takes none
dereference({})
// @ts-expect-error tools are what `tool()` makes
injectTools([{ name: "a" }])
// @ts-expect-error pass or refuse
validateOutputs({ unusable: "drop" })
// @ts-expect-error a function
errors({ onError: true })
// @ts-expect-error a function
timing({ onSlow: 5 })
// @ts-expect-error a number
ping({ intervalMs: "30s" })
// @ts-expect-error a number
promptTools({ pageSize: "all" })
// @ts-expect-error a number
resourceTools({ pageSize: "all" })
