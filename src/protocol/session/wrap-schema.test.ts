import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { jsonSchema, jsonValue } from "../../../test/schema/arbitrary.ts"
import { resolveRefs } from "../../schema/refs.ts"
import type { JsonSchema } from "../../schema/schema.ts"
import { checkStructure } from "../../schema/structure.ts"
import { compileJsonSchema } from "../../schema/validators/eval-free.ts"
import { wrapSchema } from "./wrap-schema.ts"

function validator(json: JsonSchema): (value: unknown) => boolean {
  const by = { subject: "a schema", origin: "own" } as const
  checkStructure(json, by)
  const validate = compileJsonSchema({ json, refs: resolveRefs(json, by), origin: "own" })
  return (value) => validate(value).ok
}

function resolves(json: JsonSchema): boolean {
  try {
    return validator(json) !== undefined
  } catch {
    // References that lead only to one another, which the generator makes now and then.
    return false
  }
}

/** A resource within the document: its references count from its own root. */
const embedded: JsonSchema = {
  $id: "https://example.com/embedded",
  items: { $ref: "#/$defs/a" },
  $defs: { a: { type: "number" } },
}

const refs = ["#", "", "#/$defs/a", "#/$defs/b~1c", "#/$defs/enum", "#named", "https://example.com/embedded"]

const referring: fc.Arbitrary<JsonSchema> = fc.letrec<{ schema: JsonSchema }>((tie) => ({
  schema: fc.oneof(
    { maxDepth: 4, withCrossShrink: true },
    jsonSchema(true),
    fc.constantFrom(...refs.map(($ref) => ({ $ref }))),
    fc.record({
      type: fc.constant("object"),
      properties: fc.dictionary(fc.constantFrom("a", "$ref", "enum", "const"), tie("schema"), {
        maxKeys: 3,
        noNullPrototype: true,
      }),
    }),
    fc.record({ items: tie("schema"), minItems: fc.nat({ max: 1 }) }),
    fc.record({ anyOf: fc.array(tie("schema"), { minLength: 1, maxLength: 2 }) }),
    fc.record({ not: tie("schema") }),
    fc.record({ const: fc.record({ $ref: fc.constantFrom(...refs) }) }),
    fc.record({
      enum: fc.tuple(fc.record({ $ref: fc.constantFrom(...refs) }), jsonValue),
      default: fc.record({ $ref: fc.constant("#") }),
    }),
  ),
})).schema

const document: fc.Arbitrary<JsonSchema> = fc
  .tuple(referring, referring, referring, referring, referring)
  .map(([root, a, b, byKeyword, named]) => ({
    ...root,
    $defs: { a, "b/c": b, enum: byKeyword, named: { $anchor: "named", ...named }, embedded },
  }))
  .filter(resolves)

const value: fc.Arbitrary<unknown> = fc.oneof(
  jsonValue,
  fc.record({ $ref: fc.constantFrom(...refs) }),
  fc.dictionary(fc.constantFrom("a", "$ref", "enum", "const"), jsonValue, { noNullPrototype: true }),
  fc.array(jsonValue, { maxLength: 2 }),
)

describe("a schema under `result`", () => {
  it("fits a value there that fits the schema, and no other", () => {
    const seen = { fits: 0, fails: 0 }
    fc.assert(
      fc.property(document, fc.array(value, { minLength: 4, maxLength: 4 }), (schema, values) => {
        const plain = validator(schema)
        const wrapped = validator(wrapSchema(schema))
        for (const one of values) {
          const fits = plain(one)
          seen[fits ? "fits" : "fails"]++
          expect(wrapped({ result: one })).toBe(fits)
        }
      }),
      { numRuns: 300 },
    )
    expect(Math.min(seen.fits, seen.fails)).toBeGreaterThan(50)
  }, 60_000)

  it("is demanded", () => {
    const fits = validator(wrapSchema({ type: "number" }))
    expect([{ result: 1 }, {}, 1, { result: "1" }].map(fits)).toEqual([true, false, false, false])
  })

  it("keeps its dialect at the root", () => {
    const $schema = "https://json-schema.org/draft/2020-12/schema"
    expect(wrapSchema({ $schema, type: "number" })).toEqual({
      $schema,
      type: "object",
      properties: { result: { type: "number" } },
      required: ["result"],
      "x-fastmcp-wrap-result": true,
    })
  })

  it("keeps its references where it is a document of its own", () => {
    const schema = { $id: "https://example.com/tree", type: "array", items: { $ref: "#" } }
    expect(wrapSchema(schema)).toMatchObject({ properties: { result: schema } })
  })

  it("keeps the references of a document within it", () => {
    const fits = validator(
      wrapSchema({ type: "array", items: { $ref: "#/$defs/e" }, $defs: { e: embedded } }),
    )
    expect([[[1]], [["1"]]].map((result) => fits({ result }))).toEqual([true, false])
  })

  it.each(["const", "enum", "default", "examples"])(
    "keeps what only looks like a reference in `%s`",
    (keyword) => {
      const schema = { [keyword]: [{ $ref: "#/a" }] }
      expect(wrapSchema(schema)).toMatchObject({ properties: { result: schema } })
    },
  )

  it.each(["const", "enum", "default", "examples", "$ref", "$id"])(
    "moves references of a property named `%s`",
    (name) => {
      const properties = { [name]: { $ref: "#/$defs/a" } }
      expect(wrapSchema({ type: ["object", "null"], properties })).toMatchObject({
        properties: { result: { properties: { [name]: { $ref: "#/properties/result/$defs/a" } } } },
      })
    },
  )

  it("keeps anchors, whole documents, and members named `__proto__`", () => {
    const inner = JSON.parse(
      '{"$ref":"#a","items":{"$ref":"https://example.com/x#/y"},"properties":{"__proto__":true}}',
    )
    expect(JSON.stringify(wrapSchema(inner))).toContain(JSON.stringify(inner))
  })
})
