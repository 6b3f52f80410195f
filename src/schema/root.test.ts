import { describe, expect, it } from "vitest"
import { resolveRefs } from "./refs.ts"
import { objectRoot } from "./root.ts"
import type { JsonSchema } from "./schema.ts"

const root = (json: JsonSchema) =>
  objectRoot(json, resolveRefs(json, { subject: "tool `x` input", origin: "own" }), "tool `x` input")
const object = { type: "object" }

describe("objectRoot", () => {
  it("returns an object schema as it is", () => {
    const schema = { title: "T", type: "object" }
    expect(root(schema)).toBe(schema)
  })

  it.each<JsonSchema>([
    { anyOf: [object, { type: "object", required: ["a"] }] },
    { oneOf: [object, { anyOf: [object, { properties: {} }] }] },
    { allOf: [{ description: "x" }, object] },
    { $ref: "#/$defs/a", $defs: { a: object } },
    { anyOf: [{ $ref: "#/$defs/a" }], $defs: { a: object } },
    { properties: { a: {} } },
    { required: ["a"] },
    { additionalProperties: false },
    { type: ["object"] },
  ])("says `type: object` for %j", (schema) => {
    expect(root(schema)).toMatchObject({ ...schema, type: "object" })
  })

  it.each<[JsonSchema, string]>([
    [{ type: "string" }, "is of type `string`"],
    [{ type: ["object", "null"] }, "may be of the types `object`, `null`"],
    [{ anyOf: [object, { type: "string" }] }, "a choice in which not every branch is an object"],
    [{ oneOf: [object, {}] }, "a choice in which not every branch is an object"],
    [{ anyOf: [{}], properties: { a: {} } }, "a choice"],
    [{}, "may be anything"],
  ])("refuses %j", (schema, words) => {
    expect(() => root(schema)).toThrow(words)
    expect(() => root(schema)).toThrow(expect.objectContaining({ code: "FLEET-11", path: "" }))
  })
})
