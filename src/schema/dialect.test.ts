import { describe, expect, it } from "vitest"
import { toCurrentDialect } from "./dialect.ts"

const current = "https://json-schema.org/draft/2020-12/schema"
const seven = "http://json-schema.org/draft-07/schema#"
const upgrade = (schema: { readonly [keyword: string]: unknown }) =>
  toCurrentDialect(schema, "tool `x` input")

describe("toCurrentDialect", () => {
  it("returns a schema without `$schema`, and one of 2020-12, as it is", () => {
    for (const schema of [{ items: {} }, { $schema: current }, { $schema: `${current}#` }]) {
      expect(upgrade(schema)).toBe(schema)
    }
  })

  it("moves `definitions`, and the references to them", () => {
    const schema = {
      $schema: seven,
      $ref: "#/definitions/a",
      definitions: { a: { $ref: "#/definitions/b" }, b: {} },
    }
    expect(upgrade(schema)).toEqual({
      $schema: current,
      $ref: "#/$defs/a",
      $defs: { a: { $ref: "#/$defs/b" }, b: {} },
    })
  })

  it("turns lists under `items` into `prefixItems`, and `additionalItems` into `items`", () => {
    expect(upgrade({ $schema: seven, items: [{ type: "string" }], additionalItems: false })).toEqual({
      $schema: current,
      prefixItems: [{ type: "string" }],
      items: false,
    })
  })

  it("drops an `additionalItems` that said nothing", () => {
    expect(upgrade({ $schema: seven, items: {}, additionalItems: false })).toEqual({
      $schema: current,
      items: {},
    })
  })

  it("splits `dependencies`", () => {
    expect(upgrade({ $schema: seven, dependencies: { a: ["b"], c: { required: ["d"] } } })).toEqual({
      $schema: current,
      dependentRequired: { a: ["b"] },
      dependentSchemas: { c: { required: ["d"] } },
    })
  })

  it("drops what a `$ref` of draft 7 hides, but not what describes", () => {
    const property = { $ref: "#/definitions/a", type: "string", description: "kept" }
    const schema = { $schema: seven, properties: { p: property }, definitions: { a: {} } }
    expect(upgrade(schema)).toHaveProperty("properties.p", { $ref: "#/$defs/a", description: "kept" })
  })

  it("keeps the neighbours of a `$ref` of 2019-09", () => {
    const schema = {
      $schema: "https://json-schema.org/draft/2019-09/schema",
      properties: { p: { $ref: "#/$defs/a", minimum: 1 } },
      $defs: { a: {} },
    }
    expect(upgrade(schema)).toHaveProperty("properties.p", { $ref: "#/$defs/a", minimum: 1 })
  })

  it("turns a `$recursiveRef` of 2019-09 into a `$ref`", () => {
    const schema = { $schema: "https://json-schema.org/draft/2019-09/schema", items: { $recursiveRef: "#" } }
    expect(upgrade(schema)).toHaveProperty("items.$ref", "#")
  })

  it("leaves properties alone that are named like keywords", () => {
    const schema = {
      $schema: seven,
      properties: { definitions: { type: "string" }, items: { type: "string" } },
    }
    expect(upgrade(schema)).toHaveProperty("properties", schema.properties)
  })

  it("does not change the schema it is given", () => {
    const schema = { $schema: seven, definitions: { a: { items: [{}] } } }
    const before = structuredClone(schema)
    upgrade(schema)
    expect(schema).toEqual(before)
  })

  it.each(["http://json-schema.org/draft-04/schema#", "https://spec.openapis.org/oas/3.1/dialect/base", 7])(
    "refuses the dialect %s by name",
    (dialect) => {
      expect(() => upgrade({ $schema: dialect })).toThrow(
        expect.objectContaining({ code: "UNSUPPORTED_DIALECT" }),
      )
      expect(() => upgrade({ $schema: dialect })).toThrow(String(dialect))
    },
  )
})
