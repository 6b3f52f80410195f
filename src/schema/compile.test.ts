import { describe, expect, it } from "vitest"
import * as z from "zod"
import { type CompileOptions, compileSchema } from "./compile.ts"
import { createPeer } from "./peer.ts"
import type { Schema } from "./schema.ts"

const compile = (schema: Schema, options: Partial<CompileOptions> = {}) =>
  compileSchema(schema, { side: "input", subject: "tool `x` input", ...options })

const whole = {
  $schema: "https://json-schema.org/draft/2020-12/schema",
  $id: "https://example.com/person",
  title: "Person",
  type: "object",
  $defs: {
    address: {
      $anchor: "address",
      type: "object",
      properties: { street: { type: "string" }, $ref: { type: "string" } },
    },
  },
  properties: {
    name: { type: "string" },
    address: { $ref: "#/$defs/address" },
    contact: { allOf: [{ anyOf: [{ required: ["phone"] }, { required: ["email"] }] }] },
  },
  if: { properties: { name: { const: "x" } } },
  // biome-ignore lint/suspicious/noThenProperty: the keyword of JSON Schema.
  then: { required: ["address"] },
  else: { required: ["name"] },
  additionalProperties: false,
  "x-vendor": { kept: true },
}

describe("compileSchema of raw JSON Schema", () => {
  it("keeps every keyword and the order of keys when nothing is to be inlined", () => {
    const { json } = compile(whole, { dereference: false, root: "object" })
    expect(JSON.stringify(json)).toBe(JSON.stringify(whole))
  })

  it("inlines references unless told not to", () => {
    expect(compile(whole).json).toHaveProperty("properties.address.type", "object")
    expect(compile(whole).json).not.toHaveProperty("$defs")
  })

  it("gives a frozen copy and leaves the schema it is given as it was", () => {
    const schema = structuredClone(whole)
    const { json } = compile(schema)
    expect(schema).toEqual(whole)
    expect([json, json.properties].map(Object.isFrozen)).toEqual([true, true])
    schema.properties.name.type = "number"
    expect(json).toHaveProperty("properties.name.type", "string")
  })

  it("takes frozen schemas", () => {
    expect(() => compile(Object.freeze({ type: "object" }))).not.toThrow()
  })

  it("gives a root of objects its type, also when it stays a reference", () => {
    const schema = { $ref: "#/$defs/a", $defs: { a: { type: "object", required: ["b"] } } }
    const { json, validate } = compile(schema, { dereference: false, root: "object" })
    expect(json).toEqual({ type: "object", ...schema })
    expect(validate({})).toMatchObject({ ok: false, issues: [{ path: ["b"] }] })
  })

  it("refuses a root that is no object only where one is needed", () => {
    expect(() => compile({ type: "string" }, { root: "object" })).toThrow("is of type `string`")
    expect(compile({ type: "string" }).validate("x")).toEqual({ ok: true, value: "x" })
  })

  it("validates at once, and fills in defaults of what comes in", () => {
    const schema = { type: "object", properties: { a: { type: "number", default: 3 } } }
    expect(compile(schema).validate({})).toEqual({ ok: true, value: { a: 3 } })
    expect(compile(schema, { side: "output" }).validate({})).toEqual({ ok: true, value: {} })
  })

  it("gives handlers defaults of their own, which they may change", () => {
    const { validate } = compile({ type: "object", properties: { a: { default: [] } } })
    const [one, other] = [validate({}), validate({})]
    expect(one).toEqual(other)
    expect(one).not.toBe(other)
    expect(one).toSatisfy((verdict: { value: { a: unknown[] } }) => verdict.value.a.push(1) === 1)
  })

  it("reads draft 7, which other converters write", () => {
    const schema = {
      $schema: "http://json-schema.org/draft-07/schema#",
      type: "object",
      definitions: { n: { type: "number" } },
      properties: { a: { $ref: "#/definitions/n" } },
    }
    expect(compile(schema).json).toEqual({
      $schema: "https://json-schema.org/draft/2020-12/schema",
      type: "object",
      properties: { a: { type: "number" } },
    })
  })

  it("reports a schema that throws when it is looked into", () => {
    const hostile = new Proxy(
      {},
      {
        ownKeys: () => {
          throw new TypeError("no")
        },
      },
    )
    expect(() => compile(hostile)).toThrow(
      expect.objectContaining({ code: "INVALID_SCHEMA", cause: expect.any(TypeError) }),
    )
  })

  it("never fetches anything", () => {
    expect(() => compile({ properties: { a: { $ref: "https://example.com/a.json" } } })).toThrow(
      "never fetched",
    )
  })

  it("names whose schema is wrong", () => {
    expect(() => compile({ type: "strnig" })).toThrow("The schema of tool `x` input is invalid: `#/type`")
  })

  it("checks schemas of peers by the same verdicts", () => {
    const { validate } = compile(
      { type: "object", properties: { e: { type: "string", pattern: "^(a+)+$" } } },
      { origin: createPeer() },
    )
    expect(validate({ e: "aaa" })).toMatchObject({ ok: true })
    expect(validate({ e: `${"a".repeat(30_000)}!` })).toMatchObject({ ok: false })
  })
})

describe("compileSchema with `lenient`", () => {
  const schema = z.object({ n: z.number(), flag: z.boolean().optional(), list: z.array(z.int()).optional() })

  it("reads values of another type, for libraries and raw JSON Schema", () => {
    const raw = {
      type: "object",
      properties: {
        n: { type: "number" },
        flag: { type: "boolean" },
        list: { type: "array", items: { type: "integer" } },
      },
    }
    for (const each of [schema, raw]) {
      expect(compile(each, { lenient: true }).validate({ n: "10", flag: "true", list: "[1, 2]" })).toEqual({
        ok: true,
        value: { n: 10, flag: true, list: [1, 2] },
      })
    }
  })

  it("is off by default", () => {
    expect(compile(schema).validate({ n: "10" })).toMatchObject({ ok: false })
  })

  it("does not touch a value that is valid as it is", () => {
    expect(
      compile({ type: "object", properties: { s: { type: "string" } } }, { lenient: true }).validate({
        s: "10",
      }),
    ).toEqual({ ok: true, value: { s: "10" } })
  })

  it("tells only what stays wrong", () => {
    const verdict = compile(schema, { lenient: true }).validate({ n: "abc", flag: "true" })
    expect(verdict).toMatchObject({ ok: false, issues: [{ path: ["n"], received: 'string "abc"' }] })
    expect(verdict).toSatisfy((each: { issues: unknown[] }) => each.issues.length === 1)
  })

  it("waits for libraries that answer later", async () => {
    const later = z.object({ n: z.number().refine(async (n) => n > 1) })
    expect(await compile(later, { lenient: true }).validate({ n: "2" })).toEqual({
      ok: true,
      value: { n: 2 },
    })
  })

  it("does not change the value it is given", () => {
    const value = Object.freeze({ n: "10" })
    compile(schema, { lenient: true }).validate(value)
    expect(value).toEqual({ n: "10" })
  })
})

describe("compileSchema of `x-mcp-header` and other annotations", () => {
  it("keeps them, from libraries as well", () => {
    const { json } = compile(z.object({ r: z.string().meta({ "x-mcp-header": "Region" }) }))
    expect(json).toHaveProperty(["properties", "r", "x-mcp-header"], "Region")
  })
})

describe("a schema whose references multiply", () => {
  // Too long to be inlined, so that the references stay.
  const description = "x".repeat(2_100)

  /** Definitions that each name the next one several times by `keyword`. */
  function fan(keyword: string, levels: number, last: object): { readonly [name: string]: object } {
    const row = (at: number) => Array.from({ length: 20 }, () => ({ $ref: `#/$defs/a${at + 1}` }))
    const defs = Array.from(
      { length: levels },
      (_, at) => [`a${at}`, { description, [keyword]: row(at) }] as const,
    )
    return Object.fromEntries([...defs, [`a${levels}`, last]])
  }

  async function quickly(run: () => unknown): Promise<unknown> {
    const started = performance.now()
    const result = await run()
    expect(performance.now() - started).toBeLessThan(3_000)
    return result
  }

  it("is put in words at its first value without going every way", async () => {
    const $defs = fan("anyOf", 5, { type: "string" })
    const schema = {
      type: "object",
      properties: { v: { anyOf: [{ $ref: "#/$defs/a0" }, { type: "number" }] } },
      $defs,
    }
    const { validate } = compileSchema(schema, { side: "input", subject: "s" })
    expect(await quickly(() => validate({ v: true }))).toMatchObject({ ok: false })
  })

  it("is known as an object without going every way", async () => {
    const $defs = fan("anyOf", 7, { type: "object" })
    const schema = { anyOf: [{ $ref: "#/$defs/a0" }, { $ref: "#/$defs/a0" }], $defs }
    const compiled = await quickly(() =>
      compileSchema(schema, { side: "input", subject: "s", root: "object" }),
    )
    expect(compiled).toMatchObject({ json: { type: "object" } })
  })

  it("coerces values in a bounded number of steps", async () => {
    const $defs = fan("allOf", 8, { type: "object", required: ["z"] })
    const schema = { type: "object", properties: { v: { $ref: "#/$defs/a0" } }, required: ["q"], $defs }
    const { validate } = compileSchema(schema, { side: "input", subject: "s", lenient: true })
    expect(await quickly(() => validate({ v: {} }))).toMatchObject({ ok: false })
  })

  it("may have a long row of them", async () => {
    const length = 2_400
    const row = Array.from({ length }, (_, at) => [
      `a${at}`,
      { properties: { n: { $ref: `#/$defs/a${at + 1}` } } },
    ])
    const $defs = Object.fromEntries([...row, [`a${length}`, { type: "string" }]])
    const properties = { v: { $ref: "#/$defs/a0" }, w: { $ref: "#/$defs/a0" } }
    const { validate } = compileSchema({ type: "object", properties, $defs }, { side: "input", subject: "s" })
    expect(await validate({ v: { n: { n: {} } } })).toMatchObject({ ok: true })
  })

  it("tells branches apart by few of the properties that they pin", async () => {
    const pinned = Object.fromEntries(Array.from({ length: 2_000 }, (_, at) => [`m${at}`, { const: at }]))
    const oneOf = Array.from({ length: 2_000 }, () => ({ $ref: "#/$defs/T" }))
    const schema = {
      type: "object",
      properties: { v: { oneOf } },
      $defs: { T: { type: "object", properties: pinned } },
    }
    const { validate } = compileSchema(schema, { side: "input", subject: "s" })
    expect(await quickly(() => validate({ v: { m0: 1 } }))).toMatchObject({ ok: false })
  })
})

describe("an integer of zod", () => {
  it("is said without the bounds that all integers of JavaScript have", () => {
    const { json } = compile(z.object({ a: z.int(), b: z.number().int().min(0).optional(), c: z.int32() }))
    expect(json.properties).toEqual({
      a: { type: "integer" },
      b: { type: "integer", minimum: 0 },
      c: { type: "integer", minimum: -2147483648, maximum: 2147483647 },
    })
  })

  it("is checked for them all the same", async () => {
    const { validate } = compile(z.object({ a: z.int() }))
    expect(await validate({ a: 2 ** 60 })).toMatchObject({ ok: false })
  })
})
