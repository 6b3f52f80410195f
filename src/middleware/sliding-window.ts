import { aboveZero, assertLimitOptions, createLimit, type Limit, type LimitOptions } from "./shared-limit.ts"
import { isTime, type Rule } from "./shared-limiter.ts"

export type { LimitBy } from "./shared-keys.ts"
export type { Limit, LimitOptions, LimitStatistics } from "./shared-limit.ts"

/** How many requests may be made in any stretch of time. */
export interface SlidingWindowOptions extends LimitOptions {
  /** How many in any `windowMs`. */
  readonly limit: number
  /** The length of the window in milliseconds. Default 60,000. */
  readonly windowMs?: number
}

/**
 * Makes middleware that lets each caller make so many requests in any stretch of time. Others get error 429, and HTTP 429
 * with `Retry-After`. Requests are counted in sixteenths of the window: there are never more than `limit` in any `windowMs`,
 * and a request is forgotten up to a sixteenth of the window late. `initialize`, `ping`, `server/discover` and the calls of
 * the own process are free, unless `methods` names them.
 *
 * @param options `limit`, `windowMs`, `by` (default `"principal"`), `methods`, `tools`, `cost`, `countRounds`, `maxKeys`, and
 *   where the count is shared by processes `storage`, `onStoreError` and `storeTimeoutMs`.
 * @throws {UnknownOption} FLEET-09
 * @throws {InvalidOption} A value that cannot be meant.
 * @throws {StorageNotAtomic} FLEET-16: the `storage` cannot count for several.
 * @see https://www.rfc-editor.org/rfc/rfc6585#section-4
 * @example
 * mcp.use(slidingWindow({ limit: 1000, windowMs: 3_600_000 }))
 */
export function slidingWindow(options: SlidingWindowOptions): Limit {
  assertLimitOptions("slidingWindow", options, {
    kinds: { limit: "count", windowMs: aboveZero },
    required: ["limit"],
  })
  const { limit, windowMs = 60_000 } = options
  return createLimit({ name: "slidingWindow", rule: window(limit, windowMs) }, options)
}

/** What was taken in each part of the window in which something was, from the oldest: the part's number, then how much. */
type Taken = readonly number[]

const parts = 16

/** Any stretch as long as the window touches 17 of its 16 parts: what lies in all of them is what may be in one. */
function window(limit: number, windowMs: number): Rule<Taken> {
  const partMs = windowMs / parts
  const partOf = (now: number) => Math.floor(now / partMs)
  const isOver = (part: number, current: number) => part < current - parts
  return {
    wait(before, cost, now) {
      if (before === undefined) return 0
      const current = partOf(now)
      // What was taken in the last part goes first.
      let sum = Math.min(cost, limit)
      for (let at = before.length - 2; at >= 0; at -= 2) {
        const part = before[at] ?? 0
        if (isOver(part, current)) return 0
        sum += before[at + 1] ?? 0
        if (sum > limit) return Math.max(1, (part + parts + 1) * partMs - now)
      }
      return 0
    },
    take(before = [], cost, now) {
      const taken = Math.min(cost, limit)
      // A clock that goes back puts nothing before what is there.
      const current = Math.max(partOf(now), before.at(-2) ?? Number.NEGATIVE_INFINITY)
      const first = before.findIndex((part, at) => at % 2 === 0 && !isOver(part, current))
      const kept = first === -1 ? [] : before.slice(first)
      if (kept.at(-2) === current) kept[kept.length - 1] = (kept.at(-1) ?? 0) + taken
      else kept.push(current, taken)
      return kept
    },
    freeAt: (taken) => ((taken.at(-2) ?? 0) + parts + 1) * partMs,
    takenAt: (taken) => (taken.at(-2) ?? Number.NEGATIVE_INFINITY) * partMs,
    lifeMs: windowMs + partMs,
    isState: (value): value is Taken =>
      Array.isArray(value) &&
      value.length % 2 === 0 &&
      value.every((each) => typeof each === "number") &&
      isTime((value.at(-2) ?? 0) * partMs),
  }
}
