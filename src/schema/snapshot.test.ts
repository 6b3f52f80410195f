import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { deepFreeze, schemaLimits, snapshot } from "./snapshot.ts"

const show = (value: object): string => JSON.stringify(value)

const isFrozen = (value: unknown): boolean =>
  typeof value !== "object" ||
  value === null ||
  (Object.isFrozen(value) && Object.values(value).every(isFrozen))

const take = (schema: object) => snapshot(schema, "tool `x` input")

describe("snapshot", () => {
  it("copies, so that later changes of the caller's object change nothing", () => {
    const schema = { type: "object", properties: { a: { type: "string" } } }
    const copy = take(schema)
    schema.properties.a.type = "number"
    expect(copy).toEqual({ type: "object", properties: { a: { type: "string" } } })
  })

  it("keeps the order of keys and drops those that are undefined", () => {
    expect(Object.keys(take({ z: 1, description: undefined, a: 2 }))).toEqual(["z", "a"])
  })

  it("ignores symbols, which libraries hang on their schemas", () => {
    expect(take({ type: "string", [Symbol("kind")]: "String" })).toEqual({ type: "string" })
  })

  it("copies a part that is used twice twice", () => {
    const shared = { type: "string" }
    const copy = take({ properties: { a: shared, b: shared } })
    expect(copy).toEqual({ properties: { a: { type: "string" }, b: { type: "string" } } })
  })

  it("takes objects without a prototype", () => {
    expect(take(Object.assign(Object.create(null), { type: "string" }))).toEqual({ type: "string" })
  })

  const cyclic: { properties: { [name: string]: unknown } } = { properties: {} }
  cyclic.properties.self = cyclic

  it.each([
    ["a cycle", cyclic, "#/properties/self` contains itself"],
    ["a function", { default: () => 1 }, "#/default` is of type `function`"],
    ["a bigint", { enum: [1n] }, "#/enum/0` is of type `bigint`"],
    ["a symbol", { const: Symbol("s") }, "#/const` is of type `symbol`"],
    ["NaN", { minimum: Number.NaN }, "#/minimum` is the number `NaN`"],
    ["a Date", { default: new Date(0) }, "#/default` is a class instance"],
    ["a Map", { properties: new Map() }, "#/properties` is a class instance"],
    ["undefined in a list", { enum: [undefined] }, "#/enum/0` is of type `undefined`"],
    ["a __proto__ key", JSON.parse('{"properties":{"__proto__":{}}}'), "#/properties/__proto__` has a name"],
  ])("refuses %s, naming the place", (_, schema, words) => {
    expect(() => take(schema)).toThrow(words)
    expect(() => take(schema)).toThrow(expect.objectContaining({ code: "FLEET-11" }))
  })

  it("refuses a getter without running it", () => {
    let ran = false
    const schema = {
      get type() {
        ran = true
        return "string"
      },
    }
    expect(() => take(schema)).toThrow("#/type` is a getter")
    expect(ran).toBe(false)
  })

  it("refuses a getter in a list", () => {
    const list = Object.defineProperty(["a"], 1, { get: () => "b", enumerable: true })
    expect(() => take({ enum: list })).toThrow("#/enum/1` is a getter")
  })

  it("refuses a hole in a list", () => {
    expect(() => take({ enum: new Array(2) })).toThrow("#/enum/0` is of type `undefined`")
  })

  it("gives what JSON would, frozen", () => {
    const schemas = fc
      .dictionary(fc.string(), fc.jsonValue())
      .filter((schema) => !show(schema).includes("__proto__"))
    fc.assert(
      fc.property(schemas, (schema) => {
        const copy = take(schema)
        expect(show(copy)).toBe(show(schema))
        expect(isFrozen(copy)).toBe(true)
      }),
    )
  })

  it("refuses more bytes than the limit, counting them as UTF-8", () => {
    const text = "é".repeat(schemaLimits.bytes / 2)
    expect(() => take({ description: text })).toThrow("256 KiB")
    expect(() => take({ description: text.slice(0, -100) })).not.toThrow()
  })

  it("refuses values nested too deeply", () => {
    let value: unknown = 1
    for (let level = 0; level < schemaLimits.nesting + 1; level++) value = [value]
    expect(() => take({ default: value })).toThrow("inside one another")
  })

  it("refuses a list of enormous length before copying it", () => {
    expect(() => take({ enum: new Array(2 ** 31) })).toThrow("values")
  })

  it("refuses a small graph that unfolds to an enormous tree", () => {
    let value: unknown = { type: "string" }
    for (let level = 0; level < 40; level++) value = { anyOf: [value, value] }
    expect(() => take(Object(value))).toThrow(expect.objectContaining({ code: "SCHEMA_TOO_LARGE" }))
  })
})

describe("deepFreeze", () => {
  it("freezes every level", () => {
    const value = deepFreeze({ a: [{ b: 1 }] })
    expect([value, value.a, value.a[0]].every(Object.isFrozen)).toBe(true)
  })
})
