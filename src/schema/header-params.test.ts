import { describe, expect, it } from "vitest"
import { headerParams, withHeaderParams } from "./header-params.ts"
import type { JsonSchema } from "./schema.ts"

const region = { type: "string", "x-mcp-header": "Region" }
const object = (properties: JsonSchema): JsonSchema => ({ type: "object", properties })

describe("headerParams", () => {
  it("lists annotations with their path and type", () => {
    const schema = object({
      region,
      target: object({
        zone: { type: "integer", "x-mcp-header": "Zone" },
        dry: { type: "boolean", "x-mcp-header": "Dry-Run" },
      }),
      plain: { type: "string" },
    })
    expect(headerParams(schema)).toEqual([
      { path: ["region"], header: "Region", type: "string" },
      { path: ["target", "zone"], header: "Zone", type: "integer" },
      { path: ["target", "dry"], header: "Dry-Run", type: "boolean" },
    ])
  })

  it("takes a property named `x-mcp-header` for a property, and annotations inside data for data", () => {
    expect(
      headerParams({ ...object({ "x-mcp-header": { type: "string" } }), default: { "x-mcp-header": "A" } }),
    ).toEqual([])
  })

  it.each([[""], ["a b"], ["a\r\nX: y"], ["Région"], ["a:b"], [3], [null], ["a,b"], ["(a)"]])(
    "refuses the header %j",
    (header) => {
      expect(() => headerParams(object({ a: { type: "string", "x-mcp-header": header } }))).toThrow(
        "is no name for a header",
      )
    },
  )

  it.each([
    [{ type: "number" }, '`"number"`'],
    [{ type: "object" }, '`"object"`'],
    [{ type: "array" }, '`"array"`'],
    [{ type: ["string", "null"] }, '`["string","null"]`'],
    [{ enum: ["a"] }, "not stated"],
    [{ $ref: "#/$defs/a" }, "behind a `$ref`"],
  ])("refuses a parameter of %j", (property, words) => {
    expect(() => headerParams(object({ a: { ...property, "x-mcp-header": "A" } }))).toThrow(
      `its type is ${words}`,
    )
  })

  it.each<[string, JsonSchema]>([
    ["items", object({ a: { type: "array", items: region } })],
    ["oneOf", { type: "object", oneOf: [object({ a: region })] }],
    ["anyOf", object({ a: { anyOf: [region] } })],
    ["allOf", { type: "object", allOf: [object({ a: region })] }],
    ["not", object({ a: { not: region } })],
    ["if", { type: "object", if: object({ a: region }) }],
    // biome-ignore lint/suspicious/noThenProperty: the keyword of JSON Schema.
    ["then", { type: "object", then: object({ a: region }) }],
    ["else", { type: "object", else: object({ a: region }) }],
    ["$defs", { type: "object", $defs: { a: region } }],
    ["additionalProperties", { type: "object", additionalProperties: region }],
    ["patternProperties", { type: "object", patternProperties: { a: region } }],
    ["dependentSchemas", { type: "object", dependentSchemas: { a: object({ a: region }) } }],
  ])("refuses an annotation reached through `%s`", (keyword, schema) => {
    expect(() => headerParams(schema)).toThrow(`it is reached through \`${keyword}\``)
  })

  it("refuses an annotation of the root, which is no parameter", () => {
    expect(() => headerParams({ type: "object", "x-mcp-header": "A" })).toThrow(
      expect.objectContaining({ property: "" }),
    )
  })

  it("refuses two parameters whose headers differ in case alone", () => {
    const schema = object({ a: region, b: { type: "string", "x-mcp-header": "REGION" } })
    expect(() => headerParams(schema)).toThrow("already belongs to `a`")
    expect(() => headerParams(schema)).toThrow(
      expect.objectContaining({ code: "INVALID_HEADER_PARAM", property: "b" }),
    )
  })
})

describe("withHeaderParams", () => {
  const schema = object({
    region: { type: "string" },
    target: object({ zone: { type: "integer" } }),
    "a.b": { type: "string" },
  })

  it("annotates a frozen copy by property, dots leading inside", () => {
    const annotated = withHeaderParams(schema, { region: "Region", "target.zone": "Zone", "a.b": "AB" })
    expect(headerParams(annotated).map(({ path }) => path)).toEqual([["region"], ["target", "zone"], ["a.b"]])
    expect(Object.isFrozen(annotated)).toBe(true)
    expect(headerParams(schema)).toEqual([])
  })

  it("names the properties there are when one is not", () => {
    expect(() => withHeaderParams(schema, { regoin: "Region" })).toThrow(
      "Use one of `region`, `target`, `a.b`.",
    )
    expect(() => withHeaderParams({ type: "object" }, { a: "A" })).toThrow("Give the tool an `input` schema.")
    expect(() => withHeaderParams(schema, { "target.nope": "A" })).toThrow("has no such property")
    expect(() => withHeaderParams(schema, { constructor: "A" })).toThrow("has no such property")
  })

  it("checks the rules of the result", () => {
    expect(() => withHeaderParams(schema, { region: "not good" })).toThrow("is no name for a header")
  })
})
