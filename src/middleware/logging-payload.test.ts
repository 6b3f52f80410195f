import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { hidden } from "../shared/characters.ts"
import { argumentsOf, shownPayload } from "./logging-payload.ts"
import { createRedactor } from "./logging-redact.ts"

const redactor = createRedactor()
const show = (value: unknown, most = 1000) => shownPayload(value, "arguments", { most, redactor })

/** What could end a line, hide, or drive a terminal. */
const odd = new RegExp(hidden.source, "u")

describe("a payload", () => {
  it("is JSON", () => {
    const value = { a: 1, b: [true, null, "x"], c: { d: 'q"uote' }, e: 1.5 }
    expect(show(value)).toBe(JSON.stringify(value))
  })

  it("is what JSON would say, where nothing is hidden, deep or wide", () => {
    const json = fc.jsonValue({ maxDepth: 3 })
    fc.assert(
      fc.property(json, (value) => {
        const said = show(value, 1_000_000)
        // What looks secret, or like JSON within a text, is written otherwise.
        fc.pre(!said.includes("[redacted]") && !/"\s*[[{]/.test(said) && !said.includes("__proto__"))
        expect(JSON.parse(said)).toEqual(JSON.parse(JSON.stringify(value)))
      }),
    )
  })

  it("hides secrets before it is cut", () => {
    const value = { password: "hunter2", nested: [{ "X-Api-Key": { of: "hunter2" } }], token: 1234 }
    const all = show(value)
    expect(all).toBe('{"password":"[redacted]","nested":[{"X-Api-Key":"[redacted]"}],"token":"[redacted]"}')
    for (let most = 0; most < all.length; most++) expect(show(value, most)).not.toContain("hunter")
  })

  it("hides secrets in JSON within texts, which tools return", () => {
    const text = JSON.stringify({ user: "ada", password: "hunter2" })
    expect(show({ text })).toBe(JSON.stringify({ text: '{"user":"ada","password":"[redacted]"}' }))
    expect(show({ text: JSON.stringify({ text }) })).not.toContain("hunter2")
    expect(show({ text: text.slice(0, -1) })).not.toContain("hunter2")
    expect(show({ text: text.padEnd(100_000) })).not.toContain("hunter2")
  })

  it("never shows a secret, however deep, at whatever length", () => {
    const secret = "hunter2hunter2"
    const around = fc.letrec((tie) => ({
      value: fc.oneof(
        { maxDepth: 6 },
        fc.constant({ password: secret }),
        fc.constant(JSON.stringify({ password: secret })),
        fc.constant(`token=${secret}`),
        fc.string(),
        fc.array(tie("value"), { maxLength: 3 }),
        fc.dictionary(fc.string({ maxLength: 5 }), tie("value"), { maxKeys: 3 }),
        tie("value").map((value) => JSON.stringify(value)),
      ),
    }))
    fc.assert(
      fc.property(around.value, fc.nat(300), (value, most) => {
        expect(show(value, most)).not.toContain(secret.slice(0, 6))
      }),
      { numRuns: 500 },
    )
  })

  it("is one printable line of whole characters, no longer than it may be", () => {
    const anything = fc.anything({
      withBigInt: true,
      withDate: true,
      withTypedArray: true,
      withSparseArray: true,
    })
    const text = fc.string({ unit: "binary" })
    fc.assert(
      fc.property(fc.oneof(anything, text, fc.dictionary(text, text)), fc.nat(100), (value, most) => {
        const said = show(value, most)
        expect(said.length).toBeLessThanOrEqual(most + 1)
        expect(said).not.toMatch(odd)
        expect(said).not.toMatch(/[\ud800-\udfff]/u)
      }),
      { numRuns: 200 },
    )
  })

  it("is cut between characters, and not within an escape", () => {
    expect(show("👍👍", 4)).toBe('"👍…')
    expect(show("a\u001b", 5)).toBe('"a…')
    expect(show("a\n", 3)).toBe('"a…')
    expect(show({ password: "x".repeat(100_000), a: 1 })).toBe('{"password":"[redacted]","a":1}')
    expect(show(`password=${"x".repeat(100_000)}`)).toBe('"password=[redacted]…')
  })

  it("names what JSON cannot say", () => {
    const cycle: { self?: unknown } = {}
    cycle.self = cycle
    expect(show(cycle)).toBe('{"self":"[circular]"}')
    expect(show([1n, 2n ** 300n, Number.NaN, () => 1, Symbol("s"), undefined])).toBe(
      '["1","[bigint]","NaN","[function]","[symbol]",null]',
    )
    expect(show(new Uint8Array(1500))).toBe('"[1.5 kB]"')
    expect(show(new TypeError("no"))).toBe('"TypeError: no"')
    expect(show(new Date(0))).toBe('"1970-01-01T00:00:00.000Z"')
  })

  it("survives what throws when it is looked at", () => {
    const fail = () => {
      throw new Error("no")
    }
    const getter = Object.defineProperty({ a: 1 }, "b", { enumerable: true, get: fail })
    expect(show([getter, 2])).toBe('[{"a":1,"b":"[unreadable]"},2]')
    expect(show([{ toJSON: fail }, { mimeType: 1, data: "x" }])).toBe(
      '["[unreadable]",{"mimeType":1,"data":"x"}]',
    )
    const handler: ProxyHandler<object> = { ownKeys: fail, get: fail, getPrototypeOf: fail, has: fail }
    expect(show([new Proxy({}, handler), 1])).toBe('["[unreadable]",1]')
    const endless: { toJSON: () => unknown } = { toJSON: () => ({ toJSON: endless.toJSON }) }
    expect(show(endless)).toBe('"[deeper]"')
  })

  it("is bounded in depth and width", () => {
    let deep: unknown = "core"
    for (let level = 0; level < 10_000; level++) deep = [deep]
    expect(show(deep)).toBe('[[[[[[[["[deeper]"]]]]]]]]')
    expect(show(Array.from({ length: 150 }, () => 1))).toContain('1,"[50 more]"]')
    const wide = Object.fromEntries(Array.from({ length: 150 }, (_, at) => [`k${at}`, 1]))
    expect(show(wide, 10_000)).toContain(',"…":"50 more"}')
    expect(show({ ["k".repeat(10_000)]: 1 }).length).toBeLessThan(300)
  })

  it("takes no longer than what is shown is long", () => {
    const started = performance.now()
    const huge = { text: "x".repeat(50_000_000), more: "{".repeat(50_000_000) }
    expect(show(huge)).toHaveLength(1001)
    expect(performance.now() - started).toBeLessThan(1000)
  })

  it("tells the size of what is binary instead of its bytes", () => {
    const data = Buffer.alloc(3000).toString("base64")
    expect(show({ type: "image", mimeType: "image/png", data })).toBe(
      '{"type":"image","mimeType":"image/png","data":"[3.0 kB]"}',
    )
    expect(show({ uri: "a://b", blob: "AAA=" })).toBe('{"uri":"a://b","blob":"[2 B]"}')
  })

  it("has no `_meta` at any depth", () => {
    expect(show({ _meta: { a: 1 }, content: [{ type: "text", text: "x", _meta: {} }] })).toBe(
      '{"content":[{"type":"text","text":"x"}]}',
    )
  })
})

describe("the arguments of a call", () => {
  it("are those, where there is nothing else, or all that is not told elsewhere", () => {
    expect(argumentsOf({ name: "add", arguments: { a: 1 }, _meta: {} })).toEqual({ a: 1 })
    expect(argumentsOf({ uri: "a://b" })).toEqual({})
    expect(argumentsOf({ name: "add", arguments: { a: 1 }, inputResponses: {}, requestState: "x" })).toEqual({
      arguments: { a: 1 },
      inputResponses: {},
    })
    expect(argumentsOf(undefined)).toEqual({})
  })
})
