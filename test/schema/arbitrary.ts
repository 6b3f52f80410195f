import fc from "fast-check"
import type { JsonSchema } from "../../src/schema/schema.ts"

const name: fc.Arbitrary<string> = fc.constantFrom("a", "b", "c", "toString", "constructor")
const text: fc.Arbitrary<string> = fc.constantFrom("", "a", "ab", "abc", "😀", "2026-07-28", "true", "1")
const number: fc.Arbitrary<number> = fc.constantFrom(-1, 0, 0.5, 1, 2, 3, 1e9, -2.5)
const size: fc.Arbitrary<number> = fc.nat({ max: 3 })

/** JSON values small enough that random schemas accept some of them. */
export const jsonValue: fc.Arbitrary<unknown> = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 3, withCrossShrink: true },
    fc.constant(null),
    fc.boolean(),
    number,
    text,
    fc.array(tie("value"), { maxLength: 3 }),
    fc.dictionary(name, tie("value"), { maxKeys: 3, noNullPrototype: true }),
  ),
})).value

const typeName = fc.constantFrom("string", "number", "integer", "boolean", "null", "array", "object")

/** Schemas of the keywords every validator must read alike; `more` adds those that ajv reads in its own way. */
export function jsonSchema(more: boolean): fc.Arbitrary<JsonSchema> {
  return fc.letrec<{ schema: JsonSchema; sub: JsonSchema | boolean; list: unknown; map: unknown }>((tie) => ({
    sub: fc.oneof({ weight: 9, arbitrary: tie("schema") }, { weight: 1, arbitrary: fc.boolean() }),
    list: fc.array(tie("sub"), { minLength: 1, maxLength: 3 }),
    map: fc.dictionary(name, tie("sub"), { maxKeys: 3, noNullPrototype: true }),
    schema: fc.oneof(
      { maxDepth: 3, withCrossShrink: true },
      fc.record(
        {
          type: fc.oneof(typeName, fc.uniqueArray(typeName, { minLength: 1, maxLength: 3 })),
          minimum: number,
          exclusiveMaximum: number,
          minLength: size,
          maxLength: size,
          pattern: fc.constantFrom("^a", "b$", "^[ab]+$", "."),
          format: fc.constantFrom("date", "email", "unknown"),
          enum: fc.array(jsonValue, { minLength: 1, maxLength: 3 }),
        },
        { requiredKeys: [] },
      ),
      fc.record(
        {
          type: typeName,
          properties: tie("map"),
          required: fc.uniqueArray(name, { maxLength: 2 }),
          additionalProperties: tie("sub"),
          patternProperties: fc.dictionary(fc.constantFrom("^a", "o", "^[bc]$"), tie("sub"), {
            maxKeys: 2,
            noNullPrototype: true,
          }),
          propertyNames: tie("sub"),
          minProperties: size,
          maxProperties: size,
          dependentRequired: fc.dictionary(name, fc.uniqueArray(name, { maxLength: 2 }), {
            maxKeys: 2,
            noNullPrototype: true,
          }),
          dependentSchemas: tie("map"),
          ...(more && { unevaluatedProperties: tie("sub") }),
        },
        { requiredKeys: [] },
      ),
      fc.record(
        {
          prefixItems: tie("list"),
          items: tie("sub"),
          minItems: size,
          maxItems: size,
          ...(more && {
            uniqueItems: fc.boolean(),
            contains: tie("sub"),
            minContains: size,
            maxContains: size,
            unevaluatedItems: tie("sub"),
          }),
        },
        { requiredKeys: [] },
      ),
      fc.record(
        {
          allOf: tie("list"),
          anyOf: tie("list"),
          oneOf: tie("list"),
          not: tie("sub"),
          if: tie("sub"),
          // biome-ignore lint/suspicious/noThenProperty: the keyword of JSON Schema.
          then: tie("sub"),
          else: tie("sub"),
          const: jsonValue,
        },
        { requiredKeys: [] },
      ),
    ) as fc.Arbitrary<JsonSchema>, // records of keywords are schemas
  })).schema
}
