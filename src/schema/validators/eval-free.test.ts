import { describe, expect, it } from "vitest"
import { describeIssues } from "../issue.ts"
import { createPeer } from "../peer.ts"
import { resolveRefs } from "../refs.ts"
import type { JsonSchema } from "../schema.ts"
import { compileJsonSchema } from "./eval-free.ts"

const compile = (json: JsonSchema) =>
  compileJsonSchema({
    json,
    refs: resolveRefs(json, { subject: "tool `x` input", origin: createPeer() }),
    origin: createPeer(),
  })
const explain = (json: JsonSchema, value: unknown) => {
  const verdict = compile(json)(value)
  return verdict.ok ? "valid" : describeIssues(verdict.issues)
}

describe("the words of the eval-free validator", () => {
  it.each<[JsonSchema, unknown, string]>([
    [{ type: "number" }, "abc", 'expected number, got string "abc"'],
    [{ type: ["number", "null"] }, [1], "expected number or null, got array of 1 item"],
    [{ minimum: 3 }, 1, "expected number >= 3, got number 1"],
    [{ exclusiveMaximum: 3 }, 3, "expected number < 3, got number 3"],
    [{ multipleOf: 5 }, 3, "expected number that is a multiple of 5, got number 3"],
    [{ minLength: 1 }, "", 'expected string of at least 1 character, got string ""'],
    [{ maxLength: 2 }, "abc", 'expected string of at most 2 characters, got string "abc"'],
    [{ pattern: "^a" }, "b", 'expected string matching `^a`, got string "b"'],
    [{ format: "email" }, "b", 'expected string in format `email`, got string "b"'],
    [{ enum: ["a", 1] }, 2, 'expected one of "a", 1, got number 2'],
    [{ const: "a" }, null, 'expected "a", got null'],
    [{ minItems: 2 }, [1], "expected array of at least 2 items, got array of 1 item"],
    [{ uniqueItems: true }, [1, 1], "expected array without duplicates, got array of 2 items"],
    [{ maxProperties: 1 }, { a: 1, b: 1 }, "expected object of at most 1 property, got object"],
    [
      { contains: { type: "string" } },
      [1],
      "expected array with at least 1 item that `contains` describes, got array of 1 item",
    ],
    [{ not: { type: "string" } }, "a", 'expected anything but string, got string "a"'],
    [{ anyOf: [{ type: "string" }, { type: "integer" }] }, null, "expected string or integer, got null"],
    [{ oneOf: [{}, {}] }, 1, "matches 2 alternatives where one must match (got number 1)"],
    [false as unknown as JsonSchema, 1, "expected nothing, got number 1"],
  ])("says of %j and %j what is wrong with the whole value", (schema, value, words) => {
    expect(explain({ allOf: [schema] }, value)).toBe(`the whole value: ${words}`)
  })

  const person = {
    type: "object",
    properties: {
      name: { type: "string" },
      age: { type: "integer", minimum: 0 },
      tags: { items: { type: "string" } },
    },
    required: ["name", "email"],
    additionalProperties: false,
  }

  it("names every path", () => {
    expect(explain(person, { age: -1, tags: ["a", 2], "e mail": 1 })).toBe(
      [
        "`name`: expected string, got nothing",
        "`email`: expected a value, got nothing",
        "`age`: expected number >= 0, got number -1",
        "`tags[1]`: expected string, got number 2",
        '`["e mail"]`: unexpected property',
      ].join("\n"),
    )
  })

  it("says why a property is needed", () => {
    expect(explain({ dependentRequired: { a: ["b"] } }, { a: 1 })).toBe(
      "`b`: expected a value, since `a` is given, got nothing",
    )
  })

  it("names properties that may not be there, by whatever keyword", () => {
    const schemas: JsonSchema[] = [
      { properties: { a: false } },
      { patternProperties: { a: false } },
      { additionalProperties: false },
      { unevaluatedProperties: false },
    ]
    expect(schemas.map((schema) => explain(schema, { a: 1 }))).toEqual(
      schemas.map(() => "`a`: unexpected property"),
    )
  })

  const shape = {
    oneOf: [
      {
        type: "object",
        properties: { kind: { const: "circle" }, radius: { type: "number" } },
        required: ["kind", "radius"],
      },
      {
        type: "object",
        properties: { kind: { const: "square" }, side: { type: "number" } },
        required: ["kind", "side"],
      },
    ],
  }

  it("follows the branch that the literals of a value name", () => {
    expect(explain(shape, { kind: "square" })).toBe("`side`: expected number, got nothing")
  })

  it("lists the literals when a value names no branch", () => {
    expect(explain(shape, { kind: "line" })).toBe(
      '`kind`: expected one of "circle", "square", got string "line"',
    )
  })

  it("follows the branch of the value's type", () => {
    const schema = { anyOf: [{ type: "string" }, { type: "array", items: { type: "number" } }] }
    expect(explain({ properties: { p: schema } }, { p: [1, "x"] })).toBe(
      '`p[1]`: expected number, got string "x"',
    )
  })

  it("keeps a bounded number of issues", () => {
    const verdict = compile({ items: { type: "string" } })(Array.from({ length: 10_000 }, () => 1))
    expect(verdict.ok ? 0 : verdict.issues.length).toBe(50)
  })
})

describe("the bounds of the eval-free validator", () => {
  it("gives up on a schema and a value that multiply the work", () => {
    const again = { properties: { n: { $ref: "#/$defs/a" } }, required: ["n"] }
    const schema = { $ref: "#/$defs/a", $defs: { a: { anyOf: [again, { ...again, minProperties: 1 }] } } }
    let value: unknown = {}
    for (let level = 0; level < 40; level++) value = { n: value }
    expect(explain(schema, value)).toContain("takes too many steps to check")
  })

  it.each([
    ["names that are looked for in every copy", { required: names(1000) }, record(names(1000))],
    [
      "copies of what was looked at",
      { properties: record(names(1000), true), unevaluatedProperties: true },
      record(names(1000)),
    ],
    [
      "items that are compared",
      { uniqueItems: true },
      [record(Array.from({ length: 50 }, (_, at) => "a".repeat(9999) + at)), {}],
    ],
    ["a text whose characters are counted", { minLength: 10, maxLength: 300_000 }, "é😀".repeat(100_000)],
    ["a text in a format", { format: "uri" }, `http://${"a".repeat(200_000)}`],
    ["rows of keys that are counted", { minProperties: 3 }, record(names(20_000))],
  ])("takes no more than some tenths of a second for %s", (_, leaf, value) => {
    const validate = compile(multiplied(leaf))
    const started = performance.now()
    expect(validate(value)).toMatchObject({
      ok: false,
      issues: [{ message: expect.stringContaining("too many steps") }],
    })
    // Unbounded, these take from seconds to minutes.
    expect(performance.now() - started).toBeLessThan(3000)
  })

  it("does not take giving up below `not` for success", () => {
    const again = { properties: { n: { $ref: "#/$defs/a" } }, required: ["n"] }
    const schema = {
      not: { $ref: "#/$defs/a" },
      $defs: { a: { anyOf: [again, { ...again, minProperties: 1 }] } },
    }
    let value: unknown = {}
    for (let level = 0; level < 40; level++) value = { n: value }
    expect(compile(schema)(value).ok).toBe(false)
  })

  it("gives up on a pattern and a text that take too long", () => {
    const value = "a".repeat(4_000_000)
    expect(explain({ pattern: "(a|aa|aaa|aaaa)*b" }, value)).toContain("takes too many steps to check")
  })

  it("gives up on values nested too deeply, without exhausting the stack", () => {
    let value: unknown = []
    for (let level = 0; level < 100_000; level++) value = [value]
    expect(explain({ items: { $ref: "#" } }, value)).toContain("is nested too deeply to check")
    expect(explain({ uniqueItems: true }, [value, value])).toContain("is nested too deeply to check")
    expect(explain({ const: [1] }, value)).toContain("is nested too deeply to check")
  })

  it("survives many subschemas for each level of a deep value", () => {
    let inner: JsonSchema = { properties: { n: { $ref: "#" } } }
    for (let level = 0; level < 50; level++) inner = { allOf: [inner] }
    let value: unknown = {}
    for (let level = 0; level < 500; level++) value = { n: value }
    expect(() => compile(inner)(value)).not.toThrow()
  })

  it("compares the items of a long list in linear time", () => {
    const value = Array.from({ length: 100_000 }, (_, at) => ({ at }))
    expect(explain({ uniqueItems: true }, value)).toBe("valid")
  })
})

function names(count: number): string[] {
  return Array.from({ length: count }, (_, at) => `p${at}`)
}

function record(keys: readonly string[], value: unknown = 1): { readonly [name: string]: unknown } {
  return Object.fromEntries(keys.map((key) => [key, value]))
}

/** A schema that asks the same of a value a billion times. */
function multiplied(leaf: JsonSchema): JsonSchema {
  const { unevaluatedProperties, ...rest } = leaf
  const each = unevaluatedProperties === undefined ? {} : { unevaluatedProperties }
  const $defs: { [name: string]: JsonSchema } = { d0: rest }
  for (let at = 1; at <= 30; at++) {
    const half = { $ref: `#/$defs/d${at - 1}` }
    $defs[`d${at}`] = { allOf: [half, half], ...each }
  }
  return { $defs, $ref: "#/$defs/d30" }
}
