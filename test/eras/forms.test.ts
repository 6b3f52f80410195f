import { toStandardJsonSchema } from "@valibot/to-json-schema"
import { type } from "arktype"
import * as v from "valibot"
import { describe, expect, it } from "vitest"
import * as z from "zod"
import type { Context } from "../../src/index.ts"
import { features } from "../../src/spec/features.ts"
import type { ElicitRequestFormParams, ElicitRequestParams, ElicitResult } from "../../src/spec/index.ts"
import { describeEras } from "./eras.ts"
import { places } from "./places.ts"
import { strictErrors } from "./strict-schema.ts"
import { memory } from "./transports.ts"

const json = JSON.stringify

/** What a form of one value asks for, and what comes back when it is filled in so. */
interface Case {
  readonly name: string
  readonly ask: (ctx: Context) => Promise<unknown>
  readonly field: object
  readonly given: unknown
  readonly data?: unknown
}

const size = z.enum(["s", "l"])

const cases: readonly Case[] = [
  { name: "a text", ask: (ctx) => ctx.elicit("?", z.string()), field: { type: "string" }, given: "x" },
  {
    name: "a whole number with limits",
    ask: (ctx) => ctx.elicit("?", z.int().min(1).max(9)),
    field: { type: "integer", minimum: 1, maximum: 9 },
    given: 5,
  },
  { name: "yes or no", ask: (ctx) => ctx.elicit("?", z.boolean()), field: { type: "boolean" }, given: true },
  {
    name: "a text with a label and a format",
    ask: (ctx) => ctx.elicit("?", z.email().meta({ title: "Mail", description: "Where to" })),
    field: { type: "string", format: "email", title: "Mail", description: "Where to" },
    given: "ada@example.com",
  },
  {
    name: "an enum",
    ask: (ctx) => ctx.elicit("?", size),
    field: { type: "string", enum: ["s", "l"] },
    given: "l",
  },
  {
    name: "raw JSON Schema",
    ask: (ctx) => ctx.elicit("?", { type: "number", title: "Price" }),
    field: { type: "number", title: "Price" },
    given: 1.5,
  },
  {
    name: "one of several choices",
    ask: (ctx) => ctx.elicit("?", ["s", "l"]),
    field: { type: "string", enum: ["s", "l"] },
    given: "s",
  },
  {
    name: "what a schema of valibot does",
    ask: (ctx) => ctx.elicit("?", toStandardJsonSchema(v.pipe(v.string(), v.title("Name"), v.maxLength(9)))),
    field: { type: "string", title: "Name", maxLength: 9 },
    given: "x",
  },
  {
    name: "what a schema of arktype does",
    ask: (ctx) => ctx.elicit("?", type("1 <= number.integer <= 9")),
    field: { type: "integer", minimum: 1, maximum: 9 },
    given: 5,
  },
  {
    name: "what a library makes of it",
    ask: (ctx) =>
      ctx.elicit(
        "?",
        z.string().transform((text) => text.length),
      ),
    field: { type: "string" },
    given: "four",
    data: 4,
  },
]

const fullCases: readonly Case[] = [
  {
    name: "choices with titles",
    ask: (ctx) => ctx.elicit("?", { s: { title: "Small" }, l: { title: "Large" } }),
    field: {
      type: "string",
      oneOf: [
        { const: "s", title: "Small" },
        { const: "l", title: "Large" },
      ],
    },
    given: "l",
  },
  {
    name: "several choices",
    ask: (ctx) => ctx.elicit("?", [["s", "l"]]),
    field: { type: "array", items: { type: "string", enum: ["s", "l"] } },
    given: ["s", "l"],
  },
  {
    name: "several choices with titles",
    ask: (ctx) => ctx.elicit("?", [{ s: { title: "Small" }, l: { title: "Large" } }]),
    field: {
      type: "array",
      items: {
        anyOf: [
          { const: "s", title: "Small" },
          { const: "l", title: "Large" },
        ],
      },
    },
    given: ["l"],
  },
  {
    name: "a list of an enum",
    ask: (ctx) => ctx.elicit("?", z.array(size).min(1)),
    field: { type: "array", minItems: 1, items: { type: "string", enum: ["s", "l"] } },
    given: ["s"],
  },
]

const formOf = (params: ElicitRequestParams) => (params as ElicitRequestFormParams).requestedSchema

describeEras(
  "a form of one value",
  (t) => {
    const known = features[t.revision].elicitationSchema === "full" ? [...cases, ...fullCases] : cases
    it.each(known)(
      "asks for $name, in an object that the handler never sees",
      async ({ ask, field, given, data }) => {
        const mcp = t.server()
        mcp.tool({ name: "ask" }, async (_, ctx) => json(await ask(ctx)))
        const asked: ElicitRequestParams[] = []
        const client = await t.connect(mcp, {
          elicitation: (params) => {
            asked.push(params)
            return { action: "accept", content: { value: given as string } }
          },
        })
        expect(await client.callTool("ask")).toMatchObject({
          content: [{ text: json({ action: "accept", data: data ?? given }) }],
        })
        expect(asked.map(formOf)).toEqual([
          { type: "object", properties: { value: field }, required: ["value"] },
        ])
        expect(strictErrors(t.revision, "PrimitiveSchemaDefinition", field)).toEqual([])
      },
    )

    it.each([
      ["with a default of a library", z.string().default("x"), "x"],
      ["with a default of raw JSON Schema", { type: "string", default: "x" }, "x"],
      ["that may be left out", z.string().optional(), undefined],
    ])("%s need not be filled in", async (_, form, data) => {
      const mcp = t.server()
      mcp.tool({ name: "ask" }, async (_, ctx) => json(await ctx.elicit("?", form)))
      const asked: ElicitRequestParams[] = []
      const client = await t.connect(mcp, {
        elicitation: (params) => {
          asked.push(params)
          return { action: "accept", content: {} }
        },
      })
      expect(await client.callTool("ask")).toMatchObject({
        content: [{ text: json({ action: "accept", data }) }],
      })
      expect(asked.map((params) => formOf(params).required)).toEqual([undefined])
    })

    it("of several choices is not answered by one of them twice", async () => {
      const mcp = t.server()
      mcp.tool({ name: "ask" }, async (_, ctx) => json(await ctx.elicit("?", [["s", "l"]])))
      const client = await t.connect(mcp, {
        elicitation: () => ({ action: "accept", content: { value: ["s", "s"] } }),
      })
      const failure = await client.callTool("ask").catch((error: { error: object }) => error.error)
      const isKnown = features[t.revision].elicitationSchema === "full"
      expect(json(failure)).toContain(isKnown ? "does not fit the form" : "a choice of several")
    })

    it.each([
      ["a form of fields", z.object({ value: z.int().optional() }), {}],
      ["a form of one value", z.int().optional(), undefined],
    ])("and %s take `null` for what was left out", async (_, form, data) => {
      const mcp = t.server()
      mcp.tool({ name: "ask" }, async (_, ctx) => json(await ctx.elicit("?", form)))
      const content = JSON.parse('{"value":null}')
      const client = await t.connect(mcp, { elicitation: () => ({ action: "accept", content }) })
      expect(await client.callTool("ask")).toMatchObject({
        content: [{ text: json({ action: "accept", data }) }],
      })
    })

    it.each([
      ["no answer at all", undefined],
      ["a `null`", null],
      ["another type", 5],
      ["none of the choices", "xl"],
    ])("is not answered by %s", async (_, value) => {
      const mcp = t.server()
      mcp.tool({ name: "ask" }, async (_, ctx) => json(await ctx.elicit("?", ["s", "l"])))
      const content = value === undefined ? {} : { value }
      const elicitation = () => ({ action: "accept", content }) as ElicitResult
      const client = await t.connect(mcp, { elicitation })
      await expect(client.callTool("ask")).rejects.toMatchObject({
        error: { code: -32602, message: expect.stringContaining("does not fit the form") },
      })
    })
  },
  { knows: (revision) => features[revision].elicitation.includes("form"), over: [memory] },
)

describeEras(
  "a choice with titles",
  (t) => {
    it("is said by names beside the values", async () => {
      const mcp = t.server()
      mcp.tool({ name: "ask" }, async (_, ctx) => json(await ctx.elicit("?", { s: { title: "Small" } })))
      const asked: ElicitRequestParams[] = []
      const client = await t.connect(mcp, {
        elicitation: (params) => {
          asked.push(params)
          return { action: "accept", content: { value: "s" } }
        },
      })
      expect(await client.callTool("ask")).toMatchObject({
        content: [{ text: '{"action":"accept","data":"s"}' }],
      })
      expect(asked.map((params) => formOf(params).properties.value)).toEqual([
        { type: "string", enum: ["s"], enumNames: ["Small"] },
      ])
    })
  },
  { knows: (revision) => features[revision].elicitationSchema === "basic", over: [memory] },
)

describeEras(
  "a handler that asks",
  (t) => {
    describe.each(places)("in a $name", ({ add, call }) => {
      it("gets the value of a form", async () => {
        const mcp = t.server()
        add(mcp, async (ctx) => {
          const answer = await ctx.elicit("Which size?", ["s", "l"])
          return answer.action === "accept" ? `size ${answer.data}` : answer.action
        })
        const client = await t.connect(mcp, {
          elicitation: () => ({ action: "accept", content: { value: "l" } }),
        })
        expect(await call(client)).toBe("size l")
      })

      it.each(["accept", "decline", "cancel"] as const)("gets yes or no for %s", async (action) => {
        const mcp = t.server()
        add(mcp, async (ctx) => String(await ctx.confirm("Drop it?")))
        const asked: ElicitRequestParams[] = []
        const client = await t.connect(mcp, {
          elicitation: (params) => {
            asked.push(params)
            return { action }
          },
        })
        expect(await call(client)).toBe(String(action === "accept"))
        expect(asked.map(formOf)).toEqual([{ type: "object", properties: {} }])
      })

      it("of a client that cannot be asked is told so", async () => {
        const mcp = t.server()
        add(mcp, async (ctx) => String(await ctx.confirm("Drop it?")))
        const client = await t.connect(mcp)
        expect(await call(client)).toContain("needs the client's capability `elicitation`")
      })

      it("hears of an answer that does not fit", async () => {
        const mcp = t.server()
        add(mcp, async (ctx) => json(await ctx.elicit("How many?", z.int())))
        const client = await t.connect(mcp, {
          elicitation: () => ({ action: "accept", content: { value: "x" } }),
        })
        expect(await call(client)).toContain("does not fit the form")
      })

      it("hears of a form that cannot be asked", async () => {
        const mcp = t.server()
        add(mcp, async (ctx) => json(await ctx.elicit("Who?", z.null())))
        const client = await t.connect(mcp, { elicitation: () => ({ action: "accept", content: {} }) })
        expect(await call(client)).toContain("which a form cannot ask for")
      })
    })
  },
  { knows: (revision) => features[revision].elicitation.includes("form") },
)

const [here] = places

describeEras(
  "a form of fields",
  (t) => {
    it.each([
      ["raw JSON Schema", { type: "object", properties: { name: { type: "string" } } }],
      ["a library", z.looseObject({ name: z.string() })],
    ])("of %s gives nothing but what it asked for", async (_, form) => {
      const mcp = t.server()
      mcp.tool({ name: "ask" }, async (_, ctx) => {
        const answer = await ctx.elicit("?", form as z.ZodObject)
        return json(answer.action === "accept" && Object.entries(answer.data))
      })
      const content = JSON.parse('{"name":"Ada","isAdmin":true,"__proto__":"x"}')
      const client = await t.connect(mcp, { elicitation: () => ({ action: "accept", content }) })
      expect(await client.callTool("ask")).toMatchObject({ content: [{ text: '[["name","Ada"]]' }] })
    })
  },
  { knows: (revision) => features[revision].elicitation.includes("form"), over: [memory] },
)

it.each([undefined, null, "name", 5])("what is no form at all is refused in words: %j", async (form) => {
  const { FleetMCP } = await import("../../src/index.ts")
  const { connect } = await import("../../src/testing/index.ts")
  const mcp = new FleetMCP("Test", { log: () => undefined })
  here?.add(mcp, async (ctx) => json(await ctx.elicit("?", form as unknown as z.ZodString)))
  await using client = await connect(mcp, { elicitation: () => ({ action: "accept", content: {} }) })
  expect(await here?.call(client)).toContain("not a schema")
})

it.each([
  ["no choice at all", []],
  ["several of no choices", [[]]],
  ["a choice of numbers", [1, 2]],
  ["an object with fields of any name", z.record(z.string(), z.string())],
  ["one object or another", z.union([z.object({ a: z.string() }), z.object({ b: z.string() })])],
  ["a list of texts", z.array(z.string())],
  ["any value", {}],
])("no form asks for %s", async (_, form) => {
  const { FleetMCP } = await import("../../src/index.ts")
  const { connect } = await import("../../src/testing/index.ts")
  const mcp = new FleetMCP("Test", { log: () => undefined })
  here?.add(mcp, async (ctx) => json(await ctx.elicit("?", form as z.ZodString)))
  await using client = await connect(mcp, { elicitation: () => ({ action: "accept", content: {} }) })
  expect(await here?.call(client)).toContain("which a form cannot ask for")
})
