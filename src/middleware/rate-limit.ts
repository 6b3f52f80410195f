import type { OptionKind } from "../components/options.ts"
import { InvalidOption, quoted } from "../errors/server.ts"
import { aboveZero, assertLimitOptions, createLimit, type Limit, type LimitOptions } from "./shared-limit.ts"
import { type ExternalLimiter, isTime, type Rule } from "./shared-limiter.ts"

export type { LimitBy } from "./shared-keys.ts"
export type { Limit, LimitOptions, LimitStatistics } from "./shared-limit.ts"
export type { ExternalLimiter } from "./shared-limiter.ts"

/** How many requests may be made. */
export interface RateLimitOptions extends LimitOptions {
  /** How many each second, on average; `10 / 60` are ten a minute. Default 10. */
  readonly perSecond?: number
  /** How many at once, after a while without any. Default: twice `perSecond`, and 1 at least. */
  readonly burst?: number
  /** Counts in place of all that: a limiter of `rate-limiter-flexible`, or another with its `consume()`. */
  readonly limiter?: ExternalLimiter
}

/**
 * Makes middleware that lets each caller make so many requests a second, by a token bucket: `perSecond` on average and up to
 * `burst` at once. Others get error 429, and HTTP 429 with `Retry-After`. `initialize`, `ping`, `server/discover` and the
 * calls of the own process are free, unless `methods` names them.
 *
 * @param options `perSecond`, `burst`, `by` (default `"principal"`), `methods`, `tools`, `cost`, `countRounds`, `maxKeys`,
 *   and where the count is shared by processes `storage` or `limiter`, `onStoreError` and `storeTimeoutMs`.
 * @throws {UnknownOption} FLEET-09
 * @throws {InvalidOption} A value that cannot be meant.
 * @throws {StorageNotAtomic} FLEET-16: the `storage` cannot count for several.
 * @see https://www.rfc-editor.org/rfc/rfc6585#section-4
 * @example
 * const limit = rateLimit({ perSecond: 5, burst: 20 })
 * mcp.use(limit)
 * console.error(limit.statistics()) // { allowed: 0, refused: 0, keys: 0, crowded: 0, storeErrors: 0 }
 */
export function rateLimit(options: RateLimitOptions = {}): Limit {
  assertLimitOptions("rateLimit", options, { kinds: own })
  const { limiter, perSecond = 10, burst = Math.max(1, 2 * perSecond) } = options
  if (limiter !== undefined) assertAlone(options)
  return createLimit({ name: "rateLimit", rule: tokenBucket(perSecond, burst), limiter }, options)
}

const own: { readonly [name: string]: OptionKind } = {
  perSecond: aboveZero,
  burst: { holds: (value) => aboveZero.holds(value) && Number(value) >= 1, expected: "a number, 1 or more" },
  limiter: {
    holds: (value) => typeof (value as Partial<ExternalLimiter> | null)?.consume === "function",
    expected: "an object with `consume(key, points)`",
  },
}

/** What would silently be without effect. */
function assertAlone(options: RateLimitOptions): void {
  for (const name of ["perSecond", "burst", "maxKeys", "storage"] as const) {
    if (options[name] === undefined) continue
    const what = `The option \`${name}\` of \`rateLimit()\``
    throw new InvalidOption(what, quoted(options[name]), "Leave it out: `limiter` counts, as it was told.")
  }
}

/**
 * A token bucket as one number: when it will be full again. Each token puts that off by the time it takes to grow one;
 * it is empty where that lies as far ahead as a whole bucket takes.
 */
function tokenBucket(perSecond: number, burst: number): Rule<number> {
  const perToken = 1000 / perSecond
  const depth = burst * perToken
  const take = (before: number | undefined, cost: number, now: number) =>
    Math.max(before ?? now, now) + Math.min(cost, burst) * perToken
  return {
    take,
    wait(before, cost, now) {
      const wait = take(before, cost, now) - depth - now
      return wait > rounding ? wait : 0
    },
    freeAt: (full) => full,
    takenAt: (full) => full - depth,
    lifeMs: depth,
    isState: isTime,
  }
}

/** Milliseconds by which sums of fractions may be off. */
const rounding = 0.001
