import { Validator } from "@cfworker/json-schema"
import fc from "fast-check"
import { describe, expect, it } from "vitest"
import type { Origin } from "../../src/schema/pattern.ts"
import { createPeer } from "../../src/schema/peer.ts"
import { resolveRefs } from "../../src/schema/refs.ts"
import type { JsonSchema } from "../../src/schema/schema.ts"
import { checkStructure } from "../../src/schema/structure.ts"
import { compileJsonSchema as compileGenerated } from "../../src/schema/validators/ajv.ts"
import { compileJsonSchema as compileEvalFree } from "../../src/schema/validators/eval-free.ts"
import { plainSchema } from "../../src/schema/validators/plain-schema.ts"
import { jsonSchema, jsonValue } from "./arbitrary.ts"
import { corpus } from "./corpus.ts"

const documentOf = (json: JsonSchema, origin: Origin) => {
  const by = { subject: "tool `x` input", origin }
  checkStructure(json, by)
  return { json, refs: resolveRefs(json, by), origin }
}

const validators = [
  ["the eval-free validator", (json: JsonSchema) => compileEvalFree(documentOf(json, "own"))],
  [
    "the eval-free validator for peers",
    (json: JsonSchema) => compileEvalFree(documentOf(json, createPeer())),
  ],
  ["the validator with generated code", (json: JsonSchema) => compileGenerated(documentOf(json, "own"))],
] as const

for (const [name, compile] of validators) {
  describe(name, () => {
    for (const { title, schema, valid, invalid } of corpus) {
      it(`reads ${title} as the specification says`, () => {
        const validate = compile(schema)
        expect(valid.filter((value) => !validate(value).ok)).toEqual([])
        expect(invalid.filter((value) => validate(value).ok)).toEqual([])
      })
    }

    it("says at least one thing about every value that fails", () => {
      for (const { schema, invalid } of corpus) {
        for (const verdict of invalid.map(compile(schema))) {
          expect(verdict.ok ? 0 : verdict.issues.length).toBeGreaterThan(0)
        }
      }
    })
  })
}

describe("the validators", () => {
  it("give the same verdicts and the same issues for any schema and value", () => {
    let generated = 0
    fc.assert(
      fc.property(
        jsonSchema(false),
        fc.array(jsonValue, { minLength: 4, maxLength: 4 }),
        (schema, values) => {
          if (plainSchema(documentOf(schema, "own")) !== undefined) generated++
          const [evalFree, forPeers, withCode] = validators.map(([, compile]) => values.map(compile(schema)))
          expect(forPeers).toEqual(evalFree)
          expect(withCode).toEqual(evalFree)
        },
      ),
      { numRuns: 100 },
    )
    expect(generated).toBeGreaterThan(0)
  }, 60_000)

  it("give the verdicts of an independent validator for any schema and value", () => {
    fc.assert(
      fc.property(jsonSchema(true), fc.array(jsonValue, { minLength: 4, maxLength: 4 }), (schema, values) => {
        // It reads formats otherwise, and stops at a composed value compared with `const` as we do.
        const other = new Validator(JSON.parse(JSON.stringify(schema)), "2020-12", false)
        const mine = compileEvalFree(documentOf(schema, "own"))
        for (const value of values) expect(mine(value).ok).toBe(other.validate(value).valid)
      }),
      { numRuns: 300 },
    )
  }, 60_000)

  it("leave to the eval-free one what generated code reads otherwise", () => {
    const special = [
      { uniqueItems: true },
      { multipleOf: 0.1 },
      { contains: {} },
      { unevaluatedProperties: false },
      { unevaluatedItems: false },
      { const: {} },
      { enum: [[1]] },
      { properties: { next: { $ref: "#" } } },
    ]
    expect(special.map((schema) => plainSchema(documentOf({ items: schema }, "own")))).toEqual(
      special.map(() => undefined),
    )
  })

  it("hand to the generator only keywords that decide, whatever else a schema says", () => {
    const schema = {
      $id: "https://a/b",
      nullable: true,
      $async: true,
      title: "t",
      type: "string",
      format: "nonsense",
      $comment: "c",
    }
    expect(plainSchema(documentOf(schema, "own"))).toEqual({ type: "string", $defs: {} })
  })
})
