import { toStandardJsonSchema } from "@valibot/to-json-schema"
import { type } from "arktype"
import * as v from "valibot"
import { describe, expect, it } from "vitest"
import * as z from "zod"
import * as mini from "zod/mini"
import * as z3 from "zod3"
import { compileSchema } from "../../src/schema/compile.ts"
import { describeIssues } from "../../src/schema/issue.ts"
import type { Schema } from "../../src/schema/schema.ts"

type Side = "input" | "output"
const compile = (schema: unknown, side: Side = "input") =>
  // `as`: refusals are asked for with values that the types refuse.
  compileSchema(schema as Schema, { side, subject: "tool `x` input" })
const json = (schema: unknown, side?: Side) => compile(schema, side).json

/** The error a schema is refused with. */
const refusal = (schema: unknown, side?: Side): unknown => {
  try {
    compile(schema, side)
  } catch (error) {
    return error
  }
  return undefined
}

const wrapped = (schema: Parameters<typeof toStandardJsonSchema>[0]) => toStandardJsonSchema(schema)

const input = {
  type: "object",
  properties: { a: { type: "number" }, b: { type: "string" } },
  required: ["a"],
}

const libraries: readonly (readonly [string, { readonly plain: unknown; readonly wide: unknown }])[] = [
  [
    "zod",
    {
      plain: z.object({ a: z.number(), b: z.string().default("x") }),
      wide: z.object({
        s: z.string().min(2),
        n: z.number().min(1).max(3),
        i: z.int(),
        l: z.array(z.string()).min(1),
        e: z.enum(["p", "q"]),
        u: z.union([z.string(), z.number()]),
        d: z.discriminatedUnion("k", [z.object({ k: z.literal("one") }), z.object({ k: z.literal("two") })]),
        o: z.object({ in: z.boolean() }),
        r: z.string().regex(/^r/),
        m: z.number(),
      }),
    },
  ],
  [
    "zod/mini",
    {
      plain: mini.toJSONSchema(mini.object({ a: mini.number(), b: mini._default(mini.string(), "x") }), {
        io: "input",
      }),
      wide: mini.toJSONSchema(
        mini.object({
          s: mini.string().check(mini.minLength(2)),
          n: mini.number().check(mini.gte(1), mini.lte(3)),
          i: mini.int(),
          l: mini.array(mini.string()).check(mini.minLength(1)),
          e: mini.enum(["p", "q"]),
          u: mini.union([mini.string(), mini.number()]),
          d: mini.discriminatedUnion("k", [
            mini.object({ k: mini.literal("one") }),
            mini.object({ k: mini.literal("two") }),
          ]),
          o: mini.object({ in: mini.boolean() }),
          r: mini.string().check(mini.regex(/^r/)),
          m: mini.number(),
        }),
      ),
    },
  ],
  [
    "valibot",
    {
      plain: wrapped(v.object({ a: v.number(), b: v.optional(v.string(), "x") })),
      wide: wrapped(
        v.object({
          s: v.pipe(v.string(), v.minLength(2)),
          n: v.pipe(v.number(), v.minValue(1), v.maxValue(3)),
          i: v.pipe(v.number(), v.integer()),
          l: v.pipe(v.array(v.string()), v.minLength(1)),
          e: v.picklist(["p", "q"]),
          u: v.union([v.string(), v.number()]),
          d: v.variant("k", [v.object({ k: v.literal("one") }), v.object({ k: v.literal("two") })]),
          o: v.object({ in: v.boolean() }),
          r: v.pipe(v.string(), v.regex(/^r/)),
          m: v.number(),
        }),
      ),
    },
  ],
  [
    "arktype",
    {
      plain: type({ a: "number", b: "string = 'x'" }),
      wide: type({
        s: "string>=2",
        n: "1<=number<=3",
        i: "number.integer",
        l: "string[]>=1",
        e: "'p'|'q'",
        u: "string|number",
        d: type({ k: "'one'" }).or({ k: "'two'" }),
        o: { in: "boolean" },
        r: /^r/,
        m: "number",
      }),
    },
  ],
]

describe.each(libraries)("a schema of %s", (name, { plain, wide }) => {
  it("is described from its input side, where a default is not required", () => {
    const described = json(plain)
    expect(described).toMatchObject({
      ...input,
      properties: { a: { type: "number" }, b: { type: "string" } },
    })
    expect(described).not.toHaveProperty("$schema")
  })

  it("is described from its output side", () => {
    expect(json(plain, "output")).toMatchObject({ type: "object", properties: input.properties })
  })

  it("gives a frozen description", () => {
    const { properties } = json(plain)
    expect([json(plain), properties].every(Object.isFrozen)).toBe(true)
  })

  it("validates with the library itself, at once, and fills in defaults", () => {
    expect(compile(plain).validate({ a: 1 })).toEqual({ ok: true, value: { a: 1, b: "x" } })
  })

  it("does not change the value it checks", () => {
    const value = Object.freeze({ a: 1 })
    compile(plain).validate(value)
    expect(value).toEqual({ a: 1 })
  })

  it("says of every path what was expected and what came, in the same words as the others", () => {
    const verdict = compile(wide).validate({
      s: "x",
      n: 9,
      i: 1.5,
      l: [],
      e: "z",
      u: null,
      d: { k: "no" },
      o: 3,
      r: "x",
    })
    const lines =
      verdict instanceof Promise || verdict.ok ? [] : describeIssues(verdict.issues).split("\n").sort()
    expect(lines).toEqual(
      [
        '`s`: expected string of at least 2 characters, got string "x"',
        "`n`: expected number <= 3, got number 9",
        "`i`: expected integer, got number 1.5",
        "`l`: expected array of at least 1 item, got array of 0 items",
        '`e`: expected one of "p", "q", got string "z"',
        `\`u\`: expected ${name === "arktype" ? "number or string" : "string or number"}, got null`,
        '`d.k`: expected one of "one", "two", got string "no"',
        "`o`: expected object, got number 3",
        '`r`: expected string matching `^r`, got string "x"',
        `\`m\`: expected ${name === "valibot" ? "a value" : "number"}, got nothing`,
      ].sort(),
    )
  })

  it("names the root when the whole value is wrong", () => {
    const verdict = compile(plain).validate("text")
    expect(verdict).toMatchObject({
      ok: false,
      issues: [{ path: [], expected: "object", received: 'string "text"' }],
    })
  })
})

describe("what JSON Schema cannot say", () => {
  it.each<[string, unknown, string, Side]>([
    ["a date of zod", z.object({ items: z.array(z.object({ when: z.date() })) }), "items[].when", "input"],
    [
      "a date of valibot",
      wrapped(v.object({ items: v.array(v.object({ when: v.date() })) })),
      "items[].when",
      "input",
    ],
    ["a date of arktype", type({ items: type({ when: "Date" }).array() }), "items[].when", "input"],
    [
      "a date of zod/mini",
      mini.toJSONSchema(mini.object({ a: mini.date() }), { unrepresentable: "any" }),
      "a",
      "input",
    ],
    ["a coerced date", z.object({ a: z.coerce.date() }), "a", "input"],
    ["a transform of zod", z.object({ a: z.string().transform(Number) }), "a", "output"],
    [
      "a codec to a date",
      z.object({
        a: z.codec(z.iso.datetime(), z.date(), { decode: (text) => new Date(text), encode: String }),
      }),
      "a",
      "output",
    ],
    [
      "a transform of valibot",
      wrapped(v.object({ a: v.pipe(v.string(), v.transform(Number)) })),
      "a",
      "output",
    ],
    ["a morph of arktype", type({ a: "string.date.parse" }), "a", "output"],
    ["a bigint of zod", z.object({ a: z.bigint() }), "a", "input"],
    ["a bigint of valibot", wrapped(v.object({ a: v.bigint() })), "a", "input"],
    ["a bigint of arktype", type({ a: "bigint" }), "a", "input"],
    ["a literal bigint", z.object({ a: z.literal(1n) }), "a", "input"],
    ["a Map", z.object({ a: z.map(z.string(), z.number()) }), "a", "input"],
    ["a Map of arktype", type({ a: "Map" }), "a", "input"],
    ["a Set", z.object({ a: z.set(z.string()) }), "a", "input"],
    ["a symbol", z.object({ a: z.symbol() }), "a", "input"],
    ["a symbol of arktype", type({ a: "symbol" }), "a", "input"],
    ["a function", z.object({ a: z.function() }), "a", "input"],
    ["a function of valibot", wrapped(v.object({ a: v.function() })), "a", "input"],
    ["a function of arktype", type({ a: "Function" }), "a", "input"],
    ["an instance", z.object({ a: z.instanceof(URL) }), "a", "input"],
    ["an instance of valibot", wrapped(v.object({ a: v.instance(URL) })), "a", "input"],
    ["an instance of arktype", type({ a: type.instanceOf(URL) }), "a", "input"],
    ["a custom type", z.object({ a: z.custom<string>(() => true) }), "a", "input"],
    ["undefined in a union", z.object({ a: z.union([z.string(), z.undefined()]) }), "a", "input"],
    ["undefined in a union of arktype", type({ a: "string|undefined" }), "a", "input"],
    ["void", z.object({ a: z.void() }), "a", "input"],
    ["NaN", z.object({ a: z.nan() }), "a", "input"],
    ["a promise", z.object({ a: z.promise(z.string()) }), "a", "input"],
    ["a file", z.object({ a: z.file() }), "a", "input"],
    ["a tuple with a date", z.object({ a: z.tuple([z.string(), z.date()]) }), "a[1]", "input"],
    ["a record of dates", z.object({ a: z.record(z.string(), z.date()) }), "a.*", "input"],
    ["a date that is optional and nullable", z.object({ a: z.date().nullable().optional() }), "a", "input"],
    ["a date at the root", z.date(), "", "input"],
  ])("is refused, with the path: %s", (...[, schema, path, side]) => {
    expect(refusal(schema, side)).toMatchObject({ code: "FLEET-11", path })
  })

  it("comes with a remedy and, of a library that threw, the cause", () => {
    expect(refusal(z.object({ a: z.date() }))).toMatchObject({
      message: expect.stringContaining("z.iso.datetime()"),
      fix: expect.stringContaining("ISO string"),
      cause: expect.any(Error),
    })
  })

  it("is found in what a library throws without naming a place", () => {
    const jsonSchema = {
      input: () => {
        throw new TypeError("no such thing")
      },
    }
    const schema = { "~standard": { version: 1, vendor: "acme", validate: () => ({ value: 1 }), jsonSchema } }
    expect(refusal(schema)).toMatchObject({
      code: "FLEET-11",
      path: "",
      message: expect.stringContaining("acme says: no such thing"),
    })
  })

  it("is found in a description that is no JSON", () => {
    const describeWith = (described: unknown) => ({
      "~standard": {
        version: 1,
        vendor: "acme",
        validate: () => ({ value: 1 }),
        jsonSchema: { input: () => described },
      },
    })
    expect(refusal(describeWith({ default: new Date(0) }))).toMatchObject({
      code: "FLEET-11",
      path: "#/default",
    })
    expect(refusal(describeWith(null))).toMatchObject({ code: "FLEET-11" })
  })
})

describe("what JSON Schema can say in its own way", () => {
  it("is `{}` for a value that may be anything, and only for that", () => {
    const anything = [
      z.object({ a: z.any(), b: z.unknown() }),
      wrapped(v.object({ a: v.any(), b: v.unknown() })),
      type({ a: "unknown", b: "unknown" }),
    ]
    for (const schema of anything) expect(json(schema)).toMatchObject({ properties: { a: {}, b: {} } })
  })

  it("leaves out checks that only validation can make", () => {
    const checks = [
      z.object({ a: z.string().refine((text) => text !== "no") }),
      wrapped(
        v.object({
          a: v.pipe(
            v.string(),
            v.trim(),
            v.check((text) => text !== "no"),
          ),
        }),
      ),
      type({ a: type("string").narrow((text) => text !== "no") }),
    ]
    for (const schema of checks) {
      expect(json(schema)).toMatchObject({ properties: { a: { type: "string" } } })
      expect(compile(schema).validate({ a: "no" })).toMatchObject({ ok: false })
    }
  })

  it("takes the input side of a transform", () => {
    const transforms = [
      z.object({ a: z.string().transform(Number) }),
      wrapped(v.object({ a: v.pipe(v.string(), v.transform(Number)) })),
      type({ a: "string.numeric.parse" }),
    ]
    for (const schema of transforms) {
      expect(json(schema)).toMatchObject({ properties: { a: { type: "string" } } })
      expect(compile(schema).validate({ a: "3" })).toEqual({ ok: true, value: { a: 3 } })
    }
  })

  it("does not describe a pattern whose flags it would lose", () => {
    const flagged = [
      z.object({ a: z.string().regex(/^x$/i), b: z.string().regex(/^y$/) }),
      wrapped(v.object({ a: v.pipe(v.string(), v.regex(/^x$/i)), b: v.pipe(v.string(), v.regex(/^y$/)) })),
      type({ a: /^x$/i, b: /^y$/ }),
    ]
    for (const schema of flagged)
      expect(json(schema)).toMatchObject({
        properties: { a: { type: "string" }, b: { type: "string", pattern: "^y$" } },
      })
    for (const schema of flagged) expect(json(schema)).not.toHaveProperty("properties.a.pattern")
  })

  const zodNode: z.ZodType = z.object({ v: z.string(), next: z.lazy(() => zodNode).optional() })
  const valibotNode: v.GenericSchema = v.object({
    v: v.string(),
    next: v.optional(v.lazy(() => valibotNode)),
  })
  const arktypeNode = type.module({ node: { v: "string", "next?": "node" } }).node

  it.each([
    ["zod", zodNode],
    ["valibot", wrapped(valibotNode)],
    ["arktype", arktypeNode],
  ])("keeps recursion of %s as a reference", (_, schema) => {
    const described = json(schema)
    expect(described).toMatchObject({ type: "object", properties: { v: { type: "string" } } })
    expect(JSON.stringify(described)).toContain('"$ref"')
    expect(compile(schema).validate({ v: "a", next: { v: "b", next: { v: 3 } } })).toMatchObject({
      ok: false,
      issues: [{ path: ["next", "next", "v"] }],
    })
  })

  it("names the definitions of arktype the same in every process", () => {
    expect(JSON.stringify(json(arktypeNode))).not.toMatch(/intersection\d/)
  })

  it("inlines what zod registers by id", () => {
    const point = z.object({ x: z.number() }).meta({ id: "Point" })
    expect(json(z.object({ a: point, b: point.optional() }))).toEqual({
      type: "object",
      properties: {
        a: { type: "object", properties: { x: { type: "number" } }, required: ["x"] },
        b: { type: "object", properties: { x: { type: "number" } }, required: ["x"] },
      },
      required: ["a"],
    })
  })

  it("rewrites the older dialect of a library that knows no other", () => {
    const jsonSchema = {
      input: ({ target }: { target: string }) => {
        if (target !== "draft-07") throw new RangeError(`Unsupported target: ${target}`)
        return {
          type: "object",
          properties: { a: { $ref: "#/definitions/a" } },
          definitions: { a: { items: [{ type: "string" }] } },
        }
      },
    }
    const schema = { "~standard": { version: 1, vendor: "acme", validate: () => ({ value: 1 }), jsonSchema } }
    expect(json(schema)).toEqual({ type: "object", properties: { a: { prefixItems: [{ type: "string" }] } } })
  })
})

describe("schemas that cannot describe themselves", () => {
  it.each([
    ["zod 3", z3.object({ a: z3.string() }), ""],
    [
      "zod 3 from before Standard Schema",
      Object.assign(Object.create({}), { _def: { typeName: "ZodObject" } }),
      "",
    ],
    ["zod 3 in an object of zod 4", z.object({ a: z.object({ b: z3.string() as never }) }), "a.b"],
    ["zod 3 in a list of zod 4", z.object({ a: z.array(z3.string() as never).optional() }), "a[]"],
    ["zod 3 in a union of zod 4", z.object({ a: z.union([z.string(), z3.number() as never]) }), "a"],
  ])("refuses %s as FLEET-06, saying where", (_, schema, path) => {
    expect(refusal(schema)).toMatchObject({
      code: "FLEET-06",
      path,
      message: expect.stringContaining("npm install zod@^4.2"),
    })
  })

  it.each<[string, unknown, Side, string]>([
    ["zod/mini", mini.object({}), "input", 'z.toJSONSchema(schema, { io: "input" })'],
    ["zod/mini", mini.object({}), "output", "`z.toJSONSchema(schema)`"],
    ["valibot", v.object({}), "input", "npm install @valibot/to-json-schema"],
    ["valibot", v.object({}), "input", 'import { toStandardJsonSchema } from "@valibot/to-json-schema"'],
    [
      "an older zod 4",
      { _zod: { version: { major: 4, minor: 1 } }, "~standard": { vendor: "zod", validate: () => 1 } },
      "input",
      "npm install zod@^4.2",
    ],
    [
      "another library",
      { "~standard": { vendor: "acme", validate: () => 1 } },
      "input",
      "raw JSON Schema 2020-12",
    ],
  ])("refuses %s with what to write", (...[, schema, side, words]) => {
    expect(refusal(schema, side)).toMatchObject({
      code: "SCHEMA_CONVERTER_MISSING",
      message: expect.stringContaining(words),
    })
  })

  it.each([
    ["an object of schemas", { a: z.string() }, "z.object({ … })"],
    ["an object of schemas of zod 3", { a: z3.string() }, "z.object({ … })"],
    ["nothing", undefined, "`undefined`, not a schema"],
    ["null", null, "`null`, not a schema"],
    ["a function", () => 1, "`function`, not a schema"],
    ["text", "string", "`string`, not a schema"],
  ])("refuses %s", (_, schema, words) => {
    expect(refusal(schema)).toMatchObject({ code: "INVALID_SCHEMA", message: expect.stringContaining(words) })
  })
})

describe("issues of libraries", () => {
  const issuesOf = (schema: unknown, value: unknown) => {
    const verdict = compile(schema).validate(value)
    return verdict instanceof Promise || verdict.ok ? [] : verdict.issues
  }

  it("keep the sentence that the author of a schema wrote", () => {
    const said = "Name too short"
    const schemas = [
      z.object({ a: z.string().min(3, said) }),
      wrapped(v.object({ a: v.pipe(v.string(), v.minLength(3, said)) })),
    ]
    for (const schema of schemas)
      expect(issuesOf(schema, { a: "x" })).toMatchObject([
        { path: ["a"], message: 'Name too short (got string "x")' },
      ])
  })

  it("name every property that may not be there", () => {
    const strict = [
      z.strictObject({ a: z.number() }),
      wrapped(v.strictObject({ a: v.number() })),
      type({ "+": "reject", a: "number" }),
    ]
    for (const schema of strict)
      expect(issuesOf(schema, { a: 1, b: 2 })).toMatchObject([
        { path: ["b"], message: "unexpected property" },
      ])
  })

  it("follow the likeliest branch of a union", () => {
    const schema = z.object({ u: z.union([z.string(), z.object({ k: z.object({ n: z.number() }) })]) })
    expect(issuesOf(schema, { u: { k: { n: "x" } } })).toMatchObject([
      { path: ["u", "k", "n"], expected: "number" },
    ])
  })

  it("are bounded in number and size, whatever is sent", () => {
    const huge = "x".repeat(1_000_000)
    const schemas = [z.array(z.number()), wrapped(v.array(v.number())), type("number[]")]
    for (const schema of schemas) {
      const issues = issuesOf(
        schema,
        Array.from({ length: 1_000 }, () => huge),
      )
      expect(issues.length).toBe(50)
      expect(JSON.stringify(issues).length).toBeLessThan(20_000)
    }
  })

  it("are read from paths of keys and of objects with keys", () => {
    const issues = [{ message: "bad", path: ["a", { key: 0 }, Symbol("s")] }, { message: "worse" }]
    const schema = {
      "~standard": {
        version: 1,
        vendor: "acme",
        validate: () => ({ issues }),
        jsonSchema: { input: () => ({}) },
      },
    }
    expect(issuesOf(schema, { a: ["x"] })).toEqual([
      { path: ["a", 0, "Symbol(s)"], message: "bad (got nothing)", received: "nothing" },
      { path: [], message: "worse (got object)", received: "object" },
    ])
  })
})

describe("validators of libraries", () => {
  it("answer with a promise when a check is asynchronous, and only then", async () => {
    const schema = z.object({ a: z.string().refine(async (text) => text === "yes") })
    const verdict = compile(schema).validate({ a: "no" })
    expect(verdict).toBeInstanceOf(Promise)
    expect(await verdict).toMatchObject({ ok: false, issues: [{ path: ["a"] }] })
    expect(await compile(schema).validate({ a: "yes" })).toEqual({ ok: true, value: { a: "yes" } })
  })

  it("refuse values nested too deeply for the stack", async () => {
    const zodNode: z.ZodType = z.object({ next: z.lazy(() => zodNode).optional() })
    const valibotNode: v.GenericSchema = v.object({ next: v.optional(v.lazy(() => valibotNode)) })
    let value: unknown = {}
    for (let level = 0; level < 100_000; level++) value = { next: value }
    for (const schema of [zodNode, wrapped(valibotNode)]) {
      expect(await compile(schema).validate(value)).toMatchObject({
        ok: false,
        issues: [{ path: [], message: expect.stringContaining("too deeply") }],
      })
    }
  })

  it("let errors through that a check throws by accident", async () => {
    const bug = () => {
      throw new TypeError("bug")
    }
    const schemas = [
      z.string().refine(bug),
      wrapped(v.pipe(v.string(), v.check(bug))),
      type("string").narrow(bug),
    ]
    for (const schema of schemas) {
      const check = async () => compile(schema).validate("x")
      await expect(check()).rejects.toThrow("bug")
    }
  })
})
