import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { FleetError } from "../../src/errors/fleet-error.ts"
import { compileSchema } from "../../src/schema/compile.ts"
import { headerParams } from "../../src/schema/header-params.ts"
import { describeIssues } from "../../src/schema/issue.ts"
import { createPeer } from "../../src/schema/peer.ts"
import type { JsonSchema, Schema } from "../../src/schema/schema.ts"
import { jsonSchema, jsonValue } from "./arbitrary.ts"

const keywords = [
  ...[
    "type",
    "enum",
    "const",
    "properties",
    "required",
    "items",
    "prefixItems",
    "anyOf",
    "allOf",
    "oneOf",
    "not",
  ],
  ...[
    "if",
    "then",
    "$ref",
    "$defs",
    "$id",
    "$anchor",
    "$dynamicRef",
    "$dynamicAnchor",
    "$schema",
    "definitions",
  ],
  ...[
    "additionalProperties",
    "patternProperties",
    "pattern",
    "minimum",
    "default",
    "discriminator",
    "x-mcp-header",
  ],
]

/** What looks like a schema and mostly is none. */
const almostSchema: fc.Arbitrary<unknown> = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 4 },
    fc.constantFrom<unknown>(
      "object",
      "string",
      "#",
      "#/$defs/a",
      "#a",
      "a",
      "^a*$",
      "(",
      null,
      true,
      false,
      0,
      1.5,
      -1,
    ),
    fc.array(tie("value"), { maxLength: 3 }),
    fc.dictionary(fc.constantFrom(...keywords, "a", "__proto__"), tie("value"), {
      maxKeys: 4,
      noNullPrototype: true,
    }),
  ),
})).value

const options = fc.record({
  side: fc.constantFrom("input" as const, "output" as const),
  subject: fc.constant("tool `x` input"),
  root: fc.constantFrom("object" as const, "any" as const),
  dereference: fc.boolean(),
  lenient: fc.boolean(),
  origin: fc.boolean().map((isOwn) => (isOwn ? ("own" as const) : createPeer())),
})

/** Compiles and uses a schema; everything thrown must be one of our errors. */
function use(schema: unknown, chosen: Parameters<typeof compileSchema>[1], values: readonly unknown[]): void {
  try {
    // `as`: hostile on purpose.
    const { json, validate } = compileSchema(schema as Schema, chosen)
    expect(JSON.parse(JSON.stringify(json))).toEqual(json)
    for (const value of values) {
      const verdict = validate(value)
      if (!(verdict instanceof Promise) && !verdict.ok) expect(describeIssues(verdict.issues)).not.toBe("")
    }
    headerParams(json)
  } catch (error) {
    expect(error).toBeInstanceOf(FleetError)
  }
}

describe("hostile schemas and values", () => {
  it("give errors of ours or a validator, whatever is given as a schema", () => {
    fc.assert(
      fc.property(
        fc.anything({
          withBigInt: true,
          withDate: true,
          withMap: true,
          withSet: true,
          withTypedArray: true,
          withNullPrototype: true,
        }),
        options,
        (schema, chosen) => use(schema, chosen, [1]),
      ),
      { numRuns: 200 },
    )
  }, 60_000)

  it("give errors of ours or a validator for what is almost a schema", () => {
    fc.assert(
      fc.property(almostSchema, options, fc.array(jsonValue, { maxLength: 3 }), (schema, chosen, values) =>
        use(schema, chosen, values),
      ),
      { numRuns: 1_000 },
    )
  }, 60_000)

  it("never change the schema or the values, in any way of use", () => {
    fc.assert(
      fc.property(
        jsonSchema(true),
        options,
        fc.array(jsonValue, { maxLength: 3 }),
        (schema, chosen, values) => {
          const before = JSON.stringify([schema, values])
          use(schema, chosen, values)
          expect(JSON.stringify([schema, values])).toBe(before)
        },
      ),
      { numRuns: 200 },
    )
  }, 60_000)

  it("describe the same values with references inlined and without", () => {
    const compile = (schema: JsonSchema, dereference: boolean) =>
      compileSchema(schema, { side: "output", subject: "tool `x` output", dereference })
    fc.assert(
      fc.property(
        jsonSchema(false),
        jsonSchema(false),
        fc.array(jsonValue, { maxLength: 4 }),
        (part, root, values) => {
          const schema = {
            allOf: [root],
            properties: { a: { $ref: "#/$defs/p" }, b: { $ref: "#/$defs/p", title: "B" } },
            $defs: { p: part },
          }
          const [kept, inlined] = [compile(schema, false), compile(schema, true)]
          for (const value of values) {
            expect(inlined.validate({ a: value })).toHaveProperty(
              "ok",
              Object(kept.validate({ a: value })).ok,
            )
          }
        },
      ),
      { numRuns: 100 },
    )
  }, 60_000)
})
