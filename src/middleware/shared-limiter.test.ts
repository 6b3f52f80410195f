import { describe, expect, it } from "vitest"
import { memoryLimiter, type Rule } from "./shared-limiter.ts"

/** One for each key, for a second. */
const once: Rule<number> = {
  wait: (before, _cost, now) => Math.max(0, (before ?? 0) - now),
  take: (_before, _cost, now) => now + 1000,
  freeAt: (until) => until,
  takenAt: (until) => until - 1000,
  lifeMs: 1000,
  isState: (value): value is number => typeof value === "number",
}

describe("memoryLimiter", () => {
  it("stays bounded by a million keys that are all in use", () => {
    const limiter = memoryLimiter(once, { maxKeys: 100_000, now: () => 1 })
    for (let n = 0; n < 1_000_000; n++) limiter.take(`key ${n}`, 1)
    expect([limiter.keys(), limiter.crowded()]).toEqual([100_000, 900_000])
    expect(limiter.take("key 7", 1)).toBe(1000)
  })

  it("forgets keys that are no longer in use while others come", () => {
    let now = 1
    const limiter = memoryLimiter(once, { maxKeys: 100_000, now: () => now })
    for (let n = 0; n < 1_000_000; n++) {
      now++
      limiter.take(`key ${n}`, 1)
    }
    expect(limiter.crowded()).toBe(0)
    expect(limiter.keys()).toBeLessThan(3000)
  })
})
