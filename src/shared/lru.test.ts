import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { createLru } from "./lru.ts"

describe("createLru", () => {
  it("keeps and forgets values", () => {
    const lru = createLru<string, number>({ max: 2 })
    lru.set("a", 1)
    lru.set("a", 2)
    expect([lru.get("a"), lru.get("b"), lru.size]).toEqual([2, undefined, 1])
    expect([lru.delete("a"), lru.delete("a"), lru.get("a")]).toEqual([true, false, undefined])
  })

  it("forgets what was not used for the longest time", () => {
    const lru = createLru<string, number>({ max: 2 })
    lru.set("a", 1)
    lru.set("b", 2)
    lru.get("a")
    lru.set("c", 3)
    expect(["a", "b", "c"].map((key) => lru.has(key))).toEqual([true, false, true])
  })

  it("does not count a question by has() as use", () => {
    const lru = createLru<string, number>({ max: 2 })
    lru.set("a", 1)
    lru.set("b", 2)
    lru.has("a")
    lru.set("c", 3)
    expect(lru.has("a")).toBe(false)
  })

  it("forgets as many as needed for a heavy value", () => {
    const lru = createLru<string, string>({ max: 9, maxWeight: 10, weigh: (value) => value.length })
    for (const key of ["a", "b", "c"]) lru.set(key, "xxx")
    lru.set("d", "xxxxxx")
    expect([lru.weight, lru.has("b"), lru.has("c"), lru.has("d")]).toEqual([9, false, true, true])
  })

  it("does not keep a value that is too heavy, nor what it was to replace", () => {
    const lru = createLru<string, string>({ max: 9, maxWeight: 3, weigh: (value) => value.length })
    lru.set("a", "x")
    lru.set("b", "x")
    lru.set("a", "xxxx")
    expect([lru.has("a"), lru.has("b"), lru.weight]).toEqual([false, true, 1])
  })

  it("forgets a value when its time is over, however often it was used", () => {
    let now = 0
    const lru = createLru<string, number>({ max: 9, ttlMs: 10, now: () => now })
    lru.set("a", 1)
    now = 9
    expect(lru.get("a")).toBe(1)
    now = 10
    expect([lru.get("a"), lru.has("a"), lru.size, lru.weight]).toEqual([undefined, false, 0, 0])
  })

  it("keeps undefined and falsy keys like others", () => {
    const lru = createLru<unknown, number>({ max: 3 })
    for (const key of [undefined, 0, ""]) lru.set(key, 1)
    expect([undefined, 0, ""].map((key) => lru.get(key))).toEqual([1, 1, 1])
  })

  it("keeps nothing when it may keep nothing", () => {
    const lru = createLru<string, number>({ max: 0 })
    lru.set("a", 1)
    expect(lru.size).toBe(0)
  })

  it("is empty after clear()", () => {
    const lru = createLru<string, number>({ max: 3 })
    lru.set("a", 1)
    lru.clear()
    expect([lru.size, lru.weight, lru.has("a")]).toEqual([0, 0, false])
  })

  it("stays within its bounds, and gives only what was set last", () => {
    const step = fc.record({
      key: fc.nat(5),
      value: fc.nat(6),
      kind: fc.constantFrom("set", "get", "delete"),
    })
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const lru = createLru<number, number>({ max: 4, maxWeight: 9, weigh: (value) => value })
        const model = new Map<number, number>()
        for (const { key, value, kind } of steps) {
          if (kind === "set") {
            lru.set(key, value)
            model.set(key, value)
          } else if (kind === "delete") {
            lru.delete(key)
            model.delete(key)
          }
          expect([undefined, model.get(key)]).toContain(lru.get(key))
          expect(lru.size <= 4 && lru.weight <= 9 && lru.weight >= 0).toBe(true)
        }
      }),
    )
  })
})
