import { describe, expect, it } from "vitest"
import { resolveRefs } from "./refs.ts"
import type { JsonSchema } from "./schema.ts"

const by = { subject: "tool `x` input", origin: "own" } as const
const resolve = (schema: JsonSchema) => resolveRefs(schema, by)
/** What the reference under `property` of a schema points to. */
const at = (schema: JsonSchema, property = "p") => {
  const holder = (schema.properties as { readonly [name: string]: JsonSchema })[property] // written so in each test
  return resolve(schema).targets.get(holder ?? {})?.schema
}

describe("resolveRefs", () => {
  const text = { type: "string" }

  it.each([
    ["a definition", "#/$defs/text", { $defs: { text } }],
    ["an older definition", "#/definitions/text", { definitions: { text } }],
    ["an escaped name", "#/$defs/a~1b~0c%25", { $defs: { "a/b~c%": text } }],
    ["an anchor", "#text", { $defs: { text: { $anchor: "text", type: "string" } } }],
    ["a dynamic anchor", "#text", { $defs: { text: { $dynamicAnchor: "text", type: "string" } } }],
    ["a resource by its relative id", "text.json", { $defs: { t: { $id: "text.json", type: "string" } } }],
    ["a resource by a bare name", "T0", { $defs: { t: { $id: "T0", type: "string" } } }],
    [
      "a place in a resource",
      "text.json#/$defs/t",
      { $defs: { t: { $id: "text.json", $defs: { t: text } } } },
    ],
    [
      "the document by its own id",
      "https://example.com/s#/$defs/text",
      { $id: "https://example.com/s", $defs: { text } },
    ],
    ["a place that is none of schemas", "#/components/schemas/text", { components: { schemas: { text } } }],
  ])("finds %s", (_, $ref, rest) => {
    expect(at({ properties: { p: { $ref } }, ...rest })).toMatchObject({ type: "string" })
  })

  it("reads a dynamic reference with one anchor as a plain one", () => {
    const schema = {
      properties: { p: { $dynamicRef: "#n" } },
      $defs: { n: { $dynamicAnchor: "n", type: "string" } },
    }
    expect(at(schema)).toMatchObject({ type: "string" })
    expect(resolve(schema).entangled).toBe(true)
  })

  it("resolves `true` and `false`", () => {
    expect(at({ properties: { p: { $ref: "#/$defs/no" } }, $defs: { no: false } })).toBe(false)
  })

  it("takes a property named `$ref` for a property", () => {
    expect(resolve({ properties: { $ref: { type: "string" } } }).targets.size).toBe(0)
  })

  it("takes a `$ref` inside a default or an example for data", () => {
    expect(resolve({ default: { $ref: "#/nope" }, enum: [{ $ref: "#/nope" }] }).targets.size).toBe(0)
  })

  it.each([
    "https://example.com/schema.json",
    "//example.com/s",
    "file:///etc/passwd",
    "other.json#/a",
    "http://[bad",
  ])("refuses to look outside the document: %s", ($ref) => {
    expect(() => resolve({ properties: { p: { $ref } } })).toThrow("points outside the schema")
    expect(() => resolve({ properties: { p: { $ref } } })).toThrow(
      expect.objectContaining({ code: "UNRESOLVED_REF" }),
    )
  })

  it.each(["#/$defs/nope", "#nope", "#/properties/p/$ref", "#/$defs/__proto__", "#/constructor", "#/%zz"])(
    "refuses a reference to nothing: %s",
    ($ref) => {
      expect(() => resolve({ properties: { p: { $ref } }, $defs: {} })).toThrow(
        `that points to nothing: \`${$ref}\``,
      )
    },
  )

  it("checks what it reaches outside the places of schemas", () => {
    const schema = { properties: { p: { $ref: "#/components/bad" } }, components: { bad: { type: "text" } } }
    expect(() => resolve(schema)).toThrow("#/components/bad/type")
  })

  it.each([
    ["the root referring to itself", { $ref: "#" }],
    [
      "two definitions referring to one another",
      { $ref: "#/$defs/a", $defs: { a: { $ref: "#/$defs/b" }, b: { $ref: "#/$defs/a" } } },
    ],
    ["a composition of itself", { $defs: { a: { allOf: [{ $ref: "#/$defs/a" }] } } }],
    ["a condition on itself", { $defs: { a: { if: { not: { $ref: "#/$defs/a" } } } } }],
  ])("refuses %s, which no value could be checked against", (_, schema) => {
    expect(() => resolve(schema)).toThrow("only leads back to itself")
  })

  it("accepts recursion that goes deeper into the value", () => {
    expect(() => resolve({ properties: { next: { $ref: "#" } } })).not.toThrow()
  })

  it("refuses chains long enough to exhaust the stack", () => {
    const $defs = Object.fromEntries(
      Array.from({ length: 1_000 }, (_, at) => [`d${at}`, at === 999 ? {} : { $ref: `#/$defs/d${at + 1}` }]),
    )
    expect(() => resolve({ $ref: "#/$defs/d0", $defs })).toThrow("references in a row")
  })

  it("refuses a dynamic reference that depends on the way taken", () => {
    const schema = {
      $defs: {
        a: { $id: "a", $dynamicAnchor: "n", items: { $dynamicRef: "#n" } },
        b: { $id: "b", $dynamicAnchor: "n" },
      },
    }
    expect(() => resolve(schema)).toThrow("dynamic over several anchors")
  })

  it("refuses an `$id` that is no URI", () => {
    expect(() => resolve({ $defs: { a: { $id: "http://[" } } })).toThrow("is not a URI")
  })
})
