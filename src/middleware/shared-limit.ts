import type { OptionTest } from "../components/option-kinds.ts"
import { assertOptions, type OptionKind } from "../components/options.ts"
import { Overloaded, RateLimited } from "../errors/limits.ts"
import { StorageUnavailable } from "../errors/storage-backends.ts"
import type { Call, Failure } from "../protocol/call.ts"
import { defineMiddleware } from "../server/define-middleware.ts"
import type { Hook, Middleware } from "../server/middleware.ts"
import type { ServerLog } from "../server/server-log.ts"
import { andThen, type MaybePromise } from "../shared/maybe-promise.ts"
import type { StorageDriver } from "../storage/storage.ts"
import { withHandle } from "./shared-handle.ts"
import { isHandshake, keying, type LimitedCalls, refuse, withLimited } from "./shared-keys.ts"
import {
  checkedCost,
  type ExternalLimiter,
  externalLimiter,
  type MemoryLimiter,
  memoryLimiter,
  type Rule,
  remoteLimiter,
  storedLimiter,
  type Take,
} from "./shared-limiter.ts"

/** What limits of requests have in common. */
export interface LimitOptions extends LimitedCalls {
  /**
   * What a call costs: a number, 0 or more; what costs 0 is not counted. More than can ever be taken at once counts as
   * that much. Default: 1.
   */
  readonly cost?: (call: Call) => number
  /**
   * Whether the rounds of a call that asks its client cost as much as calls. Default `false`: they are counted apart, up
   * to the same limit, so that answers cost no calls, and sending the same answers for ever is limited too.
   */
  readonly countRounds?: boolean
  /** How many keys are known at most. Further ones are counted together. Default 100,000. */
  readonly maxKeys?: number
  /** Counts in a storage that several processes share. It must be `atomic`. Default: in memory. */
  readonly storage?: StorageDriver
  /** Whether calls go on where the storage cannot be asked. Default `"refuse"`. */
  readonly onStoreError?: "allow" | "refuse"
  /** For how many milliseconds the storage is waited for. Default 1,000. */
  readonly storeTimeoutMs?: number
  /** Milliseconds of a clock. Default `performance.now`, and `Date.now` with a storage. */
  readonly now?: () => number
}

/** What a limit has done. */
export interface LimitStatistics {
  /** Calls that went on. */
  readonly allowed: number
  /** Calls that were refused. */
  readonly refused: number
  /** Keys that are known in memory, and are not all in use. */
  readonly keys: number
  /** Calls that were counted together, since more than `maxKeys` keys were in use. */
  readonly crowded: number
  /** How often the storage could not be asked. */
  readonly storeErrors: number
}

/** A limit, and what it has done. */
export type Limit = Middleware & {
  /** Counts what it has done, for all servers that have it. */
  statistics(): LimitStatistics
}

/** How a kind of limit counts. */
export interface LimitKind<State> {
  /** The name of the middleware, which is that of its factory too. */
  readonly name: string
  readonly rule: Rule<State>
  /** Counts in place of the rule. */
  readonly limiter?: ExternalLimiter | undefined
}

/**
 * Checks the options of a limit.
 *
 * @throws {UnknownOption} FLEET-09
 * @throws {InvalidOption}
 */
export function assertLimitOptions(
  name: string,
  options: LimitOptions,
  own: { readonly kinds: { readonly [name: string]: OptionKind }; readonly required?: readonly string[] },
): void {
  const { kinds } = withLimited({ ...shared, ...own.kinds })
  assertOptions(`\`${name}()\``, options, { ...own, kinds: { ...kinds } })
}

const shared: { readonly [option in keyof Required<Omit<LimitOptions, keyof LimitedCalls>>]: OptionKind } = {
  cost: "function",
  countRounds: "boolean",
  maxKeys: "count",
  storage: "object",
  onStoreError: ["allow", "refuse"],
  storeTimeoutMs: "ms",
  now: "function",
}

/** A rate or a length of time that can be counted with. */
export const aboveZero: OptionTest = {
  holds: (value) => typeof value === "number" && value > 0 && value < Number.POSITIVE_INFINITY,
  expected: "a number above 0",
}

/** Makes the middleware of a limit whose options were checked. */
export function createLimit<State>({ name, rule, limiter }: LimitKind<State>, options: LimitOptions): Limit {
  const subject = `\`${name}()\``
  const { cost, countRounds = false, onStoreError = "refuse" } = options
  const counts = { allowed: 0, refused: 0, storeErrors: 0 }
  const { calls, rounds, memory } = limitersOf({ name, rule, limiter }, options)
  const keyOf = keying(options, { subject, by: "principal", hasMethod: (method) => !isHandshake(method) })
  const costOf = cost && ((call: Call) => checkedCost(cost(call), subject))

  /** The key of a call that is to be counted. */
  function countedKey(call: Call): MaybePromise<string | undefined> {
    // The server's own code is no client.
    if (call.isTrusted) return undefined
    const key = keyOf(call)
    return call.parent === undefined ? key : andThen(key, (own) => unlessCounted(call.parent, own))
  }

  /** What a handler calls is counted only where the call that it is made for was not, under the same key. */
  function unlessCounted(outer: Call | undefined, key: string | undefined): MaybePromise<string | undefined> {
    if (outer === undefined || key === undefined) return key
    return andThen(keyOf(outer), (own) =>
      own === key && isCounted(outer) ? undefined : unlessCounted(outer.parent, key),
    )
  }

  /** What is free pays for nothing: else whoever may call it may have it call what costs. */
  function isCounted(outer: Call): boolean {
    return !outer.isTrusted && costOf?.(outer) !== 0
  }

  function decide(call: Call, key: string): MaybePromise<number> {
    const points = costOf === undefined ? 1 : costOf(call)
    if (points === 0) return 0
    return (call.round > 0 && !countRounds ? rounds : calls)(key, points)
  }

  function answer(waitMs: number): Failure | undefined {
    if (waitMs === 0) {
      counts.allowed++
      return undefined
    }
    counts.refused++
    return refuse(new RateLimited(waitMs))
  }

  function hookWith(failed: (error: unknown) => Failure | undefined): Hook {
    const judge = (call: Call, key: string): MaybePromise<Failure | undefined> => {
      const wait = decide(call, key)
      return wait instanceof Promise ? wait.then(answer, failed) : answer(wait)
    }
    return (call, next) => {
      const key = countedKey(call)
      if (key === undefined) return next()
      const failure = andThen(key, (known) => (known === undefined ? undefined : judge(call, known)))
      if (failure === undefined) return next()
      return failure instanceof Promise ? failure.then((refusal) => refusal ?? next()) : failure
    }
  }

  const middleware = defineMiddleware({
    name,
    after: ["errors", "timing", "logging", "auth"],
    before: ["cache"],
    attach(server) {
      const tell = tellSeldom(server.log, `\`${name}\` cannot ask its store, and calls are ${onStoreError}d`)
      return {
        request: hookWith((error) => {
          counts.storeErrors++
          tell(error)
          return onStoreError === "allow"
            ? answer(0)
            : refuse(new Overloaded("It cannot be found out whether this is one request too many.", 1000))
        }),
      }
    },
  })
  return withHandle(middleware, {
    statistics: (): LimitStatistics => ({
      ...counts,
      keys: memory.reduce((sum, each) => sum + each.keys(), 0),
      crowded: memory.reduce((sum, each) => sum + each.crowded(), 0),
    }),
  })
}

interface Limiters {
  /** Counts calls. */
  readonly calls: Take
  /** Counts the rounds that come after the first. */
  readonly rounds: Take
  readonly memory: readonly MemoryLimiter[]
}

function limitersOf<State>({ name, rule, limiter }: LimitKind<State>, options: LimitOptions): Limiters {
  const { storage, maxKeys = 100_000, storeTimeoutMs = 1000 } = options
  const subject = `\`${name}()\``
  const { now = storage === undefined ? () => performance.now() : Date.now } = options
  if (storage === undefined && limiter === undefined) {
    const [calls, rounds] = [memoryLimiter(rule, { maxKeys, now }), memoryLimiter(rule, { maxKeys, now })]
    return { calls: calls.take, rounds: rounds.take, memory: [calls, rounds] }
  }
  const store =
    limiter === undefined
      ? storedLimiter(rule, { storage: storage as StorageDriver, now, subject })
      : externalLimiter(limiter)
  const take = remoteLimiter(store, {
    timeoutMs: storeTimeoutMs,
    now,
    late: () =>
      new StorageUnavailable(`The store of ${subject}`, `it did not answer within ${storeTimeoutMs} ms`),
  })
  return {
    calls: (key, cost) => take(`${name}:call:${key}`, cost),
    rounds: (key, cost) => take(`${name}:round:${key}`, cost),
    memory: [],
  }
}

/** Tells of what goes on and on once a minute. */
function tellSeldom(log: ServerLog, message: string): (error: unknown) => void {
  let last = Number.NEGATIVE_INFINITY
  return (error) => {
    const at = performance.now()
    if (at - last < 60_000) return
    last = at
    log({ level: "error", message: `${message}.`, error })
  }
}
