import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { NotCanonicalJson } from "../errors/canonical-json.ts"
import { canonicalJson } from "./canonical-json.ts"

describe("canonicalJson", () => {
  it("writes the example of RFC 8785 §3.2.3", () => {
    const value = JSON.parse(
      '{"\\u20ac":"Euro Sign","\\r":"Carriage Return","\\ufb33":"Hebrew Letter Dalet With Dagesh","1":"One","\\ud83d\\ude00":"Emoji: Grinning Face","\\u0080":"Control","\\u00f6":"Latin Small Letter O With Diaeresis"}',
    )
    expect(canonicalJson(value)).toBe(
      '{"\\r":"Carriage Return","1":"One","\u0080":"Control","ö":"Latin Small Letter O With Diaeresis","€":"Euro Sign","😀":"Emoji: Grinning Face","\ufb33":"Hebrew Letter Dalet With Dagesh"}',
    )
  })

  it("writes numbers as RFC 8785 §3.2.2.3 does", () => {
    const numbers = JSON.parse(
      "[-0,333333333.33333329,1e30,4.50,2e-3,0.000000000000000000000000001,1e21,1e20]",
    )
    expect(canonicalJson(numbers)).toBe(
      "[0,333333333.3333333,1e+30,4.5,0.002,1e-27,1e+21,100000000000000000000]",
    )
  })

  it("says the same as JSON", () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        expect(JSON.parse(canonicalJson(value))).toEqual(JSON.parse(JSON.stringify(value)))
      }),
    )
  })

  it("does not depend on the order of members", () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue()), fc.infiniteStream(fc.nat()), (value, order) => {
        const shuffled = Object.entries(value)
          .map((entry): [number, [string, unknown]] => [order.next().value ?? 0, entry])
          .sort(([a], [b]) => a - b)
          .map(([, entry]) => entry)
        expect(canonicalJson(Object.fromEntries(shuffled))).toBe(canonicalJson(value))
      }),
    )
  })

  it("tells different values apart", () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.jsonValue(), (a, b) => {
        const same = canonicalJson(a) === canonicalJson(b)
        // A JSON text has no `-0`.
        if (same) expect(JSON.parse(JSON.stringify(a))).toEqual(JSON.parse(JSON.stringify(b)))
      }),
    )
  })

  it("leaves out members that are undefined", () => {
    expect(canonicalJson({ b: undefined, a: 1 })).toBe('{"a":1}')
  })

  it("keeps a member named __proto__", () => {
    expect(canonicalJson(JSON.parse('{"b":1,"__proto__":{"a":2}}'))).toBe('{"__proto__":{"a":2},"b":1}')
  })

  it("accepts the same object twice", () => {
    const shared = { a: 1 }
    expect(canonicalJson([shared, shared])).toBe('[{"a":1},{"a":1}]')
  })

  it("escapes a lone surrogate", () => {
    expect(canonicalJson("\ud800")).toBe('"\\ud800"')
  })

  it.each([
    [undefined, "`$` is `undefined`"],
    [Number.NaN, "`$` is `NaN`"],
    [{ a: [1, Number.POSITIVE_INFINITY] }, "`$.a[1]` is `Infinity`"],
    [{ "a b": 1n }, '`$["a b"]` is a bigint'],
    [[undefined], "`$[0]` is `undefined`"],
    [new Array(1), "`$[0]` is `undefined`"],
    [{ a: () => 1 }, "`$.a` is a function"],
    [Symbol("a"), "`$` is a symbol"],
    [new Date(0), "`$` is no plain object"],
    [{ a: new Map() }, "`$.a` is no plain object"],
    [new Uint8Array(1), "`$` is no plain object"],
  ])("refuses %o", (value, message) => {
    expect(() => canonicalJson(value)).toThrow(message)
    expect(() => canonicalJson(value)).toThrow(NotCanonicalJson)
  })

  it("refuses a cycle", () => {
    const value: Record<string, unknown> = {}
    value.a = [value]
    expect(() => canonicalJson(value)).toThrow("`$.a[0]` is a reference back")
  })

  it("refuses what is nested too deep, without exhausting the stack", () => {
    const deep = JSON.parse("[".repeat(100_000) + "]".repeat(100_000))
    expect(() => canonicalJson(deep)).toThrow("deeper than 256 levels")
    expect(canonicalJson([[[1]]], { maxDepth: 3 })).toBe("[[[1]]]")
    expect(() => canonicalJson([[[1]]], { maxDepth: 2 })).toThrow(NotCanonicalJson)
  })

  it("refuses a value that shared references blow up", () => {
    let value: unknown = 1
    for (let level = 0; level < 60; level++) value = [value, value]
    expect(() => canonicalJson(value, { maxValues: 10_000 })).toThrow("beyond the number of values")
  })
})
