import { describe, expect, it } from "vitest"
import { defaultsOf } from "./defaults.ts"

const schema = {
  type: "object",
  properties: {
    limit: { type: "integer", default: 10 },
    opts: { type: "object", properties: { deep: { default: false } } },
    filled: { type: "object", properties: { deep: { default: true } }, default: {} },
    list: { type: "array", items: { properties: { n: { default: 1 } } } },
    plain: { type: "string" },
  },
}
const fill = (value: unknown) => defaultsOf(schema)?.(value)

describe("defaultsOf", () => {
  it("fills in absent properties, also of objects inside objects and lists", () => {
    expect(fill({ opts: {}, list: [{ n: 2 }, {}], limit: undefined })).toEqual({
      limit: 10,
      opts: { deep: false },
      filled: { deep: true },
      list: [{ n: 2 }, { n: 1 }],
    })
  })

  it("keeps what is there, null included", () => {
    const given = { limit: null, filled: { deep: null }, plain: "x" }
    expect(fill(given)).toBe(given)
  })

  it("does not make an object only to put a default in it", () => {
    expect(fill({})).not.toHaveProperty("opts")
  })

  it("changes neither the value nor the schema it is given", () => {
    const given = Object.freeze({ list: Object.freeze([Object.freeze({})]) })
    const [one, other] = [fill(given), fill(given)] as [{ filled: object }, { filled: object }] // filled in above
    expect(one.filled).not.toBe(other.filled)
    expect(given).toEqual({ list: [{}] })
    expect(schema.properties.filled.default).toEqual({})
  })

  it("gives nothing for a schema without defaults, or with defaults below a choice only", () => {
    expect(
      [{ type: "object" }, { anyOf: [{ properties: { a: { default: 1 } } }] }, true].map(defaultsOf),
    ).toEqual([undefined, undefined, undefined])
  })

  it.each([[null], ["text"], [3], [[1, "x"]]])("passes over values of another type: %j", (value) => {
    expect(fill(value)).toBe(value)
  })

  it("takes names such as `__proto__` in a value for names", () => {
    const filled = fill(JSON.parse('{"__proto__":{"limit":1}}'))
    expect(Object.hasOwn(Object(filled), "__proto__")).toBe(true)
    expect(filled).toHaveProperty("limit", 10)
  })
})
