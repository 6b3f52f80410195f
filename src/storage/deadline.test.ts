import { expect, it } from "vitest"
import { deadlineOf } from "./deadline.ts"

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
