import type { CachedMethod } from "./cache-place.ts"

/** What was done with the calls of one method. */
export interface CacheStatistics {
  /** Calls that were answered from memory, or with what an equal call that ran at the time gave. */
  readonly hits: number
  /** Calls that were run because nothing was kept for them. */
  readonly misses: number
  /** Calls that are not kept at all: of other tools, further rounds, arguments that are no JSON, unknown callers. */
  readonly bypasses: number
  /** Results that were kept. */
  readonly stores: number
  /** Results that had to go before their time, for want of room. */
  readonly evictions: number
  /** Results that are in memory. */
  readonly entries: number
  /** What these take as JSON with their keys, in bytes. */
  readonly bytes: number
}

/** Statistics as they are counted. */
export type Counts = { -readonly [count in keyof CacheStatistics]: number }

/** The counts of each method that is cached. */
export type AllCounts = { readonly [method in CachedMethod]?: Counts }

export function noCounts(): Counts {
  return { hits: 0, misses: 0, bypasses: 0, stores: 0, evictions: 0, entries: 0, bytes: 0 }
}
