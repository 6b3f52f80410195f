import { expect, it } from "vitest"
import { deadlineOf, toKvSeconds, toLife } from "./deadline.ts"

it.each([
  [1000, undefined, undefined],
  [1000, 1, 1001],
  [1000, 0.5, 1001],
  [1000, Number.NaN, 0],
  [1000, -5000, 0],
  [1000, Number.POSITIVE_INFINITY, 8.64e15],
  [1000, Number.MAX_VALUE, 8.64e15],
])("at %d, a life of %s ends at %s", (now, ttl, end) => {
  expect(deadlineOf(now, ttl)).toBe(end)
})

it("makes whole lives that a server can count and JSON can say", () => {
  const lives = [undefined, Number.NaN, -1, 0.1, 1, 1.5, Number.POSITIVE_INFINITY]
  expect(lives.map(toLife)).toEqual([undefined, 1, 1, 1, 1, 2, 31_556_952_000_000])
})

it("makes seconds that Workers KV takes", () => {
  expect([1, 60_001, 8.64e15].map(toKvSeconds)).toEqual([60, 61, 2_147_483_647])
})
