import { describe, expect, it } from "vitest"
import { InvalidSchema } from "../errors/schema.ts"
import { compileSchema } from "./compile.ts"
import { createPeer } from "./peer.ts"

const compile = (property: object, options: object = {}) =>
  compileSchema(
    { type: "object", properties: { a: property } },
    { side: "input", subject: "tool `t` input", ...options },
  )

describe("a default of a raw schema", () => {
  it.each([
    { type: "number", default: "five" },
    { type: "integer", default: 1.5 },
    { type: "string", default: null },
    { type: ["string", "null"], default: 1 },
    { enum: ["a", "b"], default: "c" },
    { const: 1, default: 2 },
    { type: "number", minimum: 1, default: 0 },
    { type: "number", maximum: 1, default: 2 },
    { type: "string", minLength: 2, default: "😀" },
    { type: "array", items: { type: "string" }, default: [1] },
    { type: "array", minItems: 1, default: [] },
    { type: "object", properties: { b: { type: "string" } }, default: { b: 1 } },
    { anyOf: [{ type: "string" }, { type: "null" }], default: 1 },
    { allOf: [{ type: "string" }], default: 1 },
  ])("is refused when its own schema refuses it: %j", (property) => {
    expect(() => compile(property)).toThrow(InvalidSchema)
    expect(() => compile(property)).toThrow("`#/properties/a/default`")
  })

  it.each([
    { type: "number", default: 5 },
    { type: "integer", default: 5 },
    { type: ["string", "null"], default: null },
    { enum: ["a", { b: 1 }], default: { b: 1 } },
    { type: "object", properties: { b: { type: "number", default: 1 } }, required: ["b"], default: {} },
    { anyOf: [{ type: "string" }, { type: "null" }], default: null },
    { type: "string", format: "date", default: "today" },
    { $ref: "#/properties/a/x", x: { description: "x".repeat(3_000) }, default: 1 },
    { default: [1, "a"] },
  ])("is taken when nothing is known against it: %j", (property) => {
    expect(() => compile(property)).not.toThrow()
  })

  it("is found inside of objects and lists, with its place", () => {
    const inner = {
      type: "array",
      items: { type: "object", properties: { n: { type: "number", default: "x" } } },
    }
    expect(() => compile(inner)).toThrow('`#/properties/a/items/properties/n/default` is `"x"`')
  })

  it("may be anything where nothing is filled in: in outputs and schemas of peers", () => {
    const property = { type: "number", default: "five" }
    expect(() => compile(property, { side: "output" })).not.toThrow()
    expect(() => compile(property, { origin: createPeer() })).not.toThrow()
  })
})
