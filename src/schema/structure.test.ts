import { describe, expect, it } from "vitest"
import type { Origin } from "./pattern.ts"
import { createPeer } from "./peer.ts"
import { schemaLimits } from "./snapshot.ts"
import { checkStructure } from "./structure.ts"

const check = (schema: { readonly [keyword: string]: unknown }, origin: Origin = "own") =>
  checkStructure(schema, { subject: "tool `x` input", origin })

describe("checkStructure", () => {
  it("tells the keywords used anywhere, and accepts what it does not know", () => {
    const schema = { properties: { a: { type: "string" } }, "x-vendor": { maximum: 3 }, discriminator: {} }
    expect([...check(schema)]).toEqual(["properties", "type", "x-vendor", "discriminator"])
  })

  it("takes properties named like keywords for properties", () => {
    const names = [
      "$ref",
      "title",
      "default",
      "type",
      "items",
      "required",
      "pattern",
      "$defs",
      "x-mcp-header",
    ]
    const properties = Object.fromEntries(names.map((name) => [name, { type: "string" }]))
    expect(() => check({ type: "object", properties })).not.toThrow()
  })

  it.each([
    [{ properties: { a: { type: "text" } } }, "#/properties/a/type"],
    [{ type: ["string", "string"] }, "#/type"],
    [{ required: "a" }, "#/required"],
    [{ required: ["a", "a"] }, "#/required"],
    [{ properties: [] }, "#/properties"],
    [{ properties: { a: "string" } }, "#/properties"],
    [{ anyOf: [] }, "#/anyOf"],
    [{ anyOf: { type: "string" } }, "#/anyOf"],
    [{ not: 1 }, "#/not"],
    [{ minLength: -1 }, "#/minLength"],
    [{ minLength: 1.5 }, "#/minLength"],
    [{ multipleOf: 0 }, "#/multipleOf"],
    [{ uniqueItems: "yes" }, "#/uniqueItems"],
    [{ enum: "a" }, "#/enum"],
    [{ dependentRequired: { a: "b" } }, "#/dependentRequired"],
    [{ description: 3 }, "#/description"],
    [{ $ref: 3 }, "#/$ref"],
    [{ pattern: "(" }, "#/pattern"],
    [{ patternProperties: { "[": {} } }, "#/patternProperties/["],
    [{ allOf: [{ "a/b": 1, items: { pattern: "+" } }] }, "#/allOf/0/items/pattern"],
  ])("refuses %o at its place", (schema, pointer) => {
    expect(() => check(schema)).toThrow(expect.objectContaining({ code: "INVALID_SCHEMA", pointer }))
  })

  it.each([
    [{ items: [{ type: "string" }] }, "prefixItems"],
    [{ properties: { a: { type: "string", required: true } } }, "beside `properties`"],
    [{ exclusiveMinimum: true }, "the bound itself"],
  ])("answers the common mistake %o with the remedy", (schema, remedy) => {
    expect(() => check(schema)).toThrow(remedy)
  })

  it("forgives a peer what decides nothing", () => {
    expect(() => check({ description: 3, examples: "x" }, createPeer())).not.toThrow()
    expect(() => check({ minLength: "3" }, createPeer())).toThrow("#/minLength")
  })

  it("reads patterns of the older syntax", () => {
    expect(() => check({ pattern: "^[\\w-.]+$" })).not.toThrow()
  })

  it("refuses patterns of a peer that cannot be matched in bounded time", () => {
    expect(() => check({ pattern: "(a)\\1" }, createPeer())).toThrow("bounded time")
    expect(() => check({ pattern: "a".repeat(5_000) }, createPeer())).toThrow("4096")
    expect(() => check({ pattern: "(a)\\1" })).not.toThrow()
  })

  it("refuses patterns of a peer that are small each and too large together", () => {
    const many = Object.fromEntries(Array.from({ length: 100 }, (_, at) => [`a{1${at + 100}}`, true]))
    expect(() => check({ patternProperties: many }, createPeer())).toThrow("too many")
  })

  it("refuses more levels than the limit", () => {
    let schema: { readonly [keyword: string]: unknown } = { type: "string" }
    for (let level = 1; level < schemaLimits.depth; level++) schema = { items: schema }
    expect(() => check(schema)).not.toThrow()
    expect(() => check({ items: schema })).toThrow("64 levels")
  })

  it("refuses more subschemas than the limit", () => {
    const properties = Object.fromEntries(
      Array.from({ length: schemaLimits.subschemas }, (_, at) => [`p${at}`, {}]),
    )
    expect(() => check({ properties })).toThrow("5000 subschemas")
  })
})
