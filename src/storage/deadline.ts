/** The last moment that a `Date` can say. */
const endOfTime = 8.64e15

/** Says when a life ends, in whole milliseconds since 1970; `undefined` for never. */
export function deadlineOf(now: number, ttl: number | undefined): number | undefined {
  if (ttl === undefined) return undefined
  // A life that is not a number is none: it is over at once.
  return Math.min(Math.max(Math.ceil(now + ttl) || 0, 0), endOfTime)
}

/** A thousand years, which every server can add to now. */
const longestLife = 31_556_952_000_000

/** Makes a life of whole milliseconds, which every server can count and JSON can say. */
export function toLife(ttl: number | undefined): number | undefined {
  // One that is not a number is the shortest there is.
  return ttl === undefined ? undefined : Math.min(Math.max(Math.ceil(ttl) || 0, 1), longestLife)
}

/** Makes seconds of a life in milliseconds, as Workers KV takes them: no fewer than 60, and no more than 32 bits say. */
export function toKvSeconds(life: number): number {
  return Math.min(Math.max(Math.ceil(life / 1000), 60), 2 ** 31 - 1)
}
