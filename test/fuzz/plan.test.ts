import { describe, expect, it } from "vitest"
import { makePlan } from "./plan.ts"
import { Random } from "./random.ts"
import { RawJson, toText } from "./values.ts"

const plan = (...seeds: readonly number[]) => makePlan(new Random(...seeds))

describe("makePlan", () => {
  it("makes the same of the same seed", () => {
    for (let index = 0; index < 50; index++) expect(plan(7, 1, index)).toEqual(plan(7, 1, index))
  })

  it("makes something else of another", () => {
    const texts = Array.from({ length: 50 }, (_, index) => JSON.stringify(plan(7, 1, index)))
    expect(new Set(texts).size).toBe(50)
  })

  it("leaves most requests whole and breaks some", () => {
    const all = Array.from({ length: 300 }, (_, index) => plan(3, 0, index).requests).flat()
    const broken = all.filter(({ isWhole }) => !isWhole).length
    expect(broken).toBeGreaterThan(all.length * 0.02)
    expect(broken).toBeLessThan(all.length * 0.3)
  })

  it("sends nothing after a broken request", () => {
    for (let index = 0; index < 300; index++) {
      expect(
        plan(4, 0, index)
          .requests.slice(0, -1)
          .every(({ isWhole }) => isWhole),
      ).toBe(true)
    }
  })
})

describe("Random", () => {
  it("spreads evenly", () => {
    const random = new Random(1)
    const counts = Array.from({ length: 10 }, () => 0)
    for (let n = 0; n < 10_000; n++) {
      const place = random.below(10)
      counts[place] = (counts[place] ?? 0) + 1
    }
    for (const count of counts) expect(Math.abs(count - 1000)).toBeLessThan(200)
  })
})

describe("toText", () => {
  it("writes raw pieces as they are, at any depth", () => {
    expect(toText({ a: [new RawJson('{"x":1,"x":2}'), null], b: "c" })).toBe(
      '{"a":[{"x":1,"x":2},null],"b":"c"}',
    )
  })
})
