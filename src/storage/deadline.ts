/** The last moment that a `Date` can say. */
const endOfTime = 8.64e15

/** Says when a life ends, in whole milliseconds since 1970; `undefined` for never. */
export function deadlineOf(now: number, ttl: number | undefined): number | undefined {
  if (ttl === undefined) return undefined
  // A life that is not a number is none: it is over at once.
  return Math.min(Math.max(Math.ceil(now + ttl) || 0, 0), endOfTime)
}
