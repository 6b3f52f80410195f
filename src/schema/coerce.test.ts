import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { coerce } from "./coerce.ts"
import { resolveRefs } from "./refs.ts"
import type { JsonSchema } from "./schema.ts"

const read = (schema: JsonSchema, value: unknown) =>
  coerce(schema, value, resolveRefs(schema, { subject: "tool `x` input", origin: "own" }))

describe("coerce", () => {
  it.each<[unknown, string, unknown]>([
    ["number", "10", 10],
    ["number", " 3.14 ", 3.14],
    ["number", "-1e3", -1000],
    ["integer", "10", 10],
    ["integer", "10.0", 10],
    ["boolean", "true", true],
    ["boolean", "False", false],
    ["null", "null", null],
    ["array", "[1,2]", [1, 2]],
    ["object", '{"a":1}', { a: 1 }],
    [["integer", "null"], "3", 3],
    [["number", "boolean"], "true", true],
  ])("reads for %j the text %j", (type, text, value) => {
    expect(read({ type }, text)).toEqual(value)
  })

  it.each<[unknown, unknown]>([
    ["number", "abc"],
    ["number", ""],
    ["number", "0x10"],
    ["number", "1,5"],
    ["number", "NaN"],
    ["number", "1e999"],
    ["number", "01"],
    ["integer", "3.5"],
    ["integer", "9007199254740993"],
    ["boolean", "1"],
    ["boolean", "yes"],
    ["boolean", 1],
    ["string", 10],
    ["array", '{"a":1}'],
    ["array", "[1,"],
    ["object", "[1]"],
    ["array", 3],
    ["object", null],
    [["string", "number"], "10"],
    [undefined, "10"],
  ])("leaves for %j the value %j", (type, value) => {
    expect(read(type === undefined ? {} : { type }, value)).toBe(value)
  })

  it("goes into properties, items and what is in neither", () => {
    const schema = {
      properties: {
        n: { type: "number" },
        list: { prefixItems: [{ type: "boolean" }], items: { type: "integer" } },
      },
      additionalProperties: { type: "number" },
    }
    expect(read(schema, { n: "1", list: ["true", "2", "3"], other: "4" })).toEqual({
      n: 1,
      list: [true, 2, 3],
      other: 4,
    })
  })

  it("reads what was encoded twice, and inside it", () => {
    const schema = { type: "object", properties: { ids: { type: "array", items: { type: "integer" } } } }
    expect(read(schema, '{"ids":"[\\"1\\",2]"}')).toEqual({ ids: [1, 2] })
  })

  it("knows types from enum, const, references and compositions", () => {
    const schema = {
      properties: {
        e: { enum: [1, 2] },
        c: { const: true },
        r: { $ref: "#/$defs/n" },
        a: { allOf: [{ type: "integer" }, { minimum: 1 }] },
        o: { anyOf: [{ type: "number" }, { type: "null" }] },
        d: { $ref: "#/$defs/o" },
      },
      $defs: { n: { type: "number" }, o: { properties: { n: { type: "number" } } } },
    }
    expect(read(schema, { e: "1", c: "true", r: "2", a: "3", o: "4", d: { n: "5" } })).toEqual({
      e: 1,
      c: true,
      r: 2,
      a: 3,
      o: 4,
      d: { n: 5 },
    })
  })

  it("goes into the branch of a choice that the value's literals name", () => {
    const schema = {
      oneOf: [
        { type: "object", properties: { kind: { const: "a" }, v: { type: "number" } } },
        { type: "object", properties: { kind: { const: "b" }, v: { type: "string" } } },
      ],
    }
    expect([read(schema, { kind: "a", v: "1" }), read(schema, { kind: "b", v: "1" })]).toEqual([
      { kind: "a", v: 1 },
      { kind: "b", v: "1" },
    ])
  })

  it("leaves a value alone that could be meant by several branches", () => {
    const value = { v: "1" }
    expect(
      read({ anyOf: [{ type: "object", properties: { v: { type: "number" } } }, { type: "object" }] }, value),
    ).toBe(value)
  })

  it("never changes the value it is given", () => {
    const schema = { properties: { list: { items: { properties: { n: { type: "number" } } } } } }
    const value = { list: [{ n: "1" }] }
    expect(read(schema, value)).toEqual({ list: [{ n: 1 }] })
    expect(value).toEqual({ list: [{ n: "1" }] })
  })

  it("returns the value itself when there is nothing to read", () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        expect(read({ type: "string" }, value)).toBe(value)
      }),
    )
  })

  it("takes names such as `__proto__` for names", () => {
    const value = read({ additionalProperties: { type: "number" } }, JSON.parse('{"__proto__":"1","a":"2"}'))
    expect([Object.getPrototypeOf(value), JSON.stringify(value)]).toEqual([
      Object.prototype,
      '{"__proto__":1,"a":2}',
    ])
  })

  it("stops in values that are nested too deeply", () => {
    let value: unknown = "1"
    for (let level = 0; level < 10_000; level++) value = { next: value }
    expect(() => read({ properties: { next: { $ref: "#" } } }, value)).not.toThrow()
  })

  it("does not read text of enormous length as JSON", () => {
    const text = `[${"1,".repeat(600_000)}1]`
    expect(read({ type: "array" }, text)).toBe(text)
  })
})
