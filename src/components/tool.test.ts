import { toStandardJsonSchema } from "@valibot/to-json-schema"
import { type } from "arktype"
import * as v from "valibot"
import { afterEach, describe, expect, it, vi } from "vitest"
import * as z from "zod"
import * as zm from "zod/mini"
import { InvalidName, MissingHandler } from "../errors/components.ts"
import { UnknownOption } from "../errors/server.ts"
import { ToolError } from "../errors/tool.ts"
import { FleetMCP } from "../fleet-mcp.ts"
import type { FleetMCPOptions } from "../fleet-mcp-options.ts"
import { connect } from "../testing/connect.ts"
import { image, text } from "./content.ts"
import { inputRequired } from "./input-required.ts"
import { ToolResult } from "./result.ts"
import { type Tool, tool } from "./tool.ts"

/** Calls a tool as a client does. */
async function call(
  one: Tool,
  args: { readonly [name: string]: unknown } = {},
  options: FleetMCPOptions = {},
) {
  const mcp = new FleetMCP("test", { log: () => undefined, ...options, tools: [one] })
  await using client = await connect(mcp)
  return await client.callTool(one.name, args)
}

function textOf(result: { readonly content: readonly unknown[] }): string {
  return result.content.map((block) => (block as { readonly text?: string }).text ?? "").join("\n")
}

/** Runs what should not compile. */
const loose = tool as unknown as (config: object, handler?: unknown) => Tool

describe("a tool", () => {
  it("is a frozen value that lists what it says of itself", () => {
    const add = tool(
      {
        name: "add",
        description: "Adds",
        input: z.object({ a: z.number().default(1) }),
        output: z.object({ sum: z.number() }),
        annotations: { readOnlyHint: true },
        tags: ["math"],
        version: "2",
        meta: { "com.example/a": 1 },
      },
      ({ a }) => ({ sum: a }),
    )
    expect(Object.isFrozen(add)).toBe(true)
    expect(add.definition).toEqual({
      name: "add",
      title: "Add",
      description: "Adds",
      inputSchema: { type: "object", properties: { a: { type: "number", default: 1 } } },
      outputSchema: {
        type: "object",
        properties: { sum: { type: "number" } },
        required: ["sum"],
        additionalProperties: false,
      },
      annotations: { readOnlyHint: true },
      _meta: { "com.example/a": 1, "fleetmcp/tags": ["math"], "fleetmcp/version": "2" },
    })
  })

  it("takes nothing when it has no input", async () => {
    const one = tool({ name: "t" }, (args) => Object.keys(args).length)
    expect(one.inputSchema).toEqual({ type: "object", additionalProperties: false })
    expect(await call(one)).toMatchObject({ structuredContent: 0 })
    expect(await call(one, { a: 1 })).toMatchObject({ isError: true })
  })

  it("needs a name that hosts accept", () => {
    expect(() => tool({ name: "find products" }, () => 1)).toThrow(InvalidName)
  })

  it("needs a function", () => {
    expect(() => loose({ name: "t" })).toThrow(MissingHandler)
  })

  it.each([
    [{ inputSchema: {} }, "Use `input`."],
    [{ parameters: {} }, "Use `input`."],
    [{ outputSchema: {} }, "Use `output`."],
    [{ execute: () => 1 }, "Give the function as the second argument: `tool({ … }, handler)`."],
    [{ handler: () => 1 }, "Give the function as the second argument"],
    [{ canAccess: () => true }, "Use `auth`."],
    [{ _meta: {} }, "Use `meta`."],
    [{ descripton: "x" }, "Did you mean `description`?"],
    [{ zzz: 1 }, "The tool `t` has no option `zzz`."],
  ])("refuses an option that it does not have: %o", (option, advice) => {
    const make = () => loose({ name: "t", ...option }, () => 1)
    expect(make).toThrow(UnknownOption)
    expect(make).toThrow(advice)
  })
})

describe("arguments", () => {
  const zodOne = tool(
    { name: "t", input: z.object({ n: z.number(), s: z.string().default("d") }) },
    (args) => args,
  )

  it("that are wrong are a result that names each path, as text and in a stable form", async () => {
    const nested = tool(
      { name: "t", input: z.object({ user: z.object({ age: z.number().min(18), email: z.email() }) }) },
      () => 1,
    )
    const result = await call(nested, { user: { age: 3, email: "x" } })
    expect(result.isError).toBe(true)
    expect(textOf(result)).toContain("Invalid arguments for tool `t`:")
    expect(textOf(result)).toContain("`user.age`: ")
    expect(textOf(result)).toContain("`user.email`: ")
    expect(result._meta?.["fleetmcp/issues"]).toMatchObject([
      { path: ["user", "age"], received: "number 3" },
      { path: ["user", "email"], received: 'string "x"' },
    ])
  })

  it("never reach the handler when they are wrong", async () => {
    const handler = vi.fn(() => 1)
    await call(tool({ name: "t", input: z.object({ a: z.number() }) }, handler), { a: "x" })
    expect(handler).not.toHaveBeenCalled()
  })

  it("come with defaults filled in", async () => {
    expect(await call(zodOne, { n: 1 })).toMatchObject({ structuredContent: { n: 1, s: "d" } })
  })

  it("are strict by default, and coerced where the tool or the server is lenient", async () => {
    expect(await call(zodOne, { n: "1" })).toMatchObject({ isError: true })
    expect(await call(zodOne, { n: "1" }, { lenient: true })).toMatchObject({ structuredContent: { n: 1 } })
    const lenient = tool({ name: "t", lenient: true, input: z.object({ n: z.number() }) }, ({ n }) => n)
    expect(await call(lenient, { n: "1" })).toMatchObject({ structuredContent: 1 })
    const strict = tool({ name: "t", lenient: false, input: z.object({ n: z.number() }) }, ({ n }) => n)
    expect(await call(strict, { n: "1" }, { lenient: true })).toMatchObject({ isError: true })
  })

  it.each([
    ["zod/mini", zm.toJSONSchema(zm.object({ n: zm.number() }), { io: "input" }) as object],
    ["valibot", toStandardJsonSchema(v.object({ n: v.number() }))],
    ["arktype", type({ n: "number" })],
    ["JSON Schema", { type: "object", properties: { n: { type: "number" } }, required: ["n"] }],
  ])("are checked by %s", async (_, input) => {
    const one = tool({ name: "t", input: input as { readonly [keyword: string]: unknown } }, ({ n }) => n)
    expect(await call(one, { n: 5 })).toMatchObject({ structuredContent: 5 })
    expect(await call(one, { n: "x" })).toMatchObject({
      isError: true,
      _meta: { "fleetmcp/issues": [{ path: ["n"] }] },
    })
  })

  it("may be checked by a schema that takes its time", async () => {
    const input = z.object({ id: z.string().refine(async (id) => id === "known") })
    const one = tool({ name: "t", input }, ({ id }) => id)
    expect(await call(one, { id: "known" })).toMatchObject({ content: [{ text: "known" }] })
    expect(await call(one, { id: "other" })).toMatchObject({ isError: true })
  })
})

describe("results under an output schema", () => {
  const json = { type: "object", properties: { at: { type: "string" } }, required: ["at"] } as const
  const refused = { isError: true, content: [{ text: expect.stringContaining("its output schema refuses") }] }

  it("are what the schema makes of the value", async () => {
    const one = tool({ name: "t", output: z.object({ n: z.number().default(5) }) }, () => ({}))
    expect(await call(one)).toMatchObject({ structuredContent: { n: 5 }, content: [{ text: '{"n":5}' }] })
  })

  it("are refused where they do not fit, with the path", async () => {
    const one = loose({ name: "t", output: z.object({ n: z.number() }) }, () => ({ n: "x" }))
    const result = await call(one)
    expect(result).toMatchObject(refused)
    expect(textOf(result)).toContain('`n`: expected number, got string "x"')
  })

  it("are checked as JSON where the schema knows JSON only", async () => {
    const one = loose({ name: "t", output: json }, () => ({ at: new Date(0), more: undefined }))
    expect(await call(one)).toMatchObject({ structuredContent: { at: "1970-01-01T00:00:00.000Z" } })
  })

  it("may have members that are `undefined`, whatever the library says of them", async () => {
    const one = loose({ name: "t", output: type({ "a?": "string" }) }, () => ({ a: undefined }))
    expect((await call(one)).structuredContent).toStrictEqual({})
  })

  it("go to a library as they are, before JSON", async () => {
    const at = z.date().transform((date) => date.getTime())
    const one = tool({ name: "t", output: z.object({ at: at.pipe(z.number()) }) }, () => ({
      at: new Date(7),
    }))
    expect(await call(one)).toMatchObject({ structuredContent: { at: 7 } })
  })

  it.each([
    ["nothing", undefined],
    ["content", text("a")],
    ["a list of content", [text("a")]],
    ["a `ToolResult` without structured content", new ToolResult({ content: "a" })],
  ])("cannot be %s, even where the schema allows anything", async (_, value) => {
    for (const output of [z.unknown(), {}]) {
      expect(await call(loose({ name: "t", output }, () => value))).toMatchObject(refused)
    }
  })

  it("may be a `ToolResult`, whose structured content is checked and whose text is its own", async () => {
    const output = z.object({ n: z.number().default(5) })
    const own = tool({ name: "t", output }, () => new ToolResult({ content: "mine", structuredContent: {} }))
    expect(await call(own)).toMatchObject({ structuredContent: { n: 5 }, content: [{ text: "mine" }] })
    const plain = tool({ name: "t", output }, () => new ToolResult({ structuredContent: {} }))
    expect(await call(plain)).toMatchObject({ structuredContent: { n: 5 }, content: [{ text: '{"n":5}' }] })
    const wrong = loose({ name: "t", output }, () => new ToolResult({ structuredContent: { n: "x" } }))
    expect(await call(wrong)).toMatchObject(refused)
  })

  it("need not fit when they say that the call failed", async () => {
    const one = tool(
      { name: "t", output: z.object({ n: z.number() }) },
      () => new ToolResult({ isError: true, content: "no" }),
    )
    expect(await call(one)).toMatchObject({ isError: true, content: [{ text: "no" }] })
  })

  it("may be yielded, one item after the other", async () => {
    const one = tool({ name: "t", output: z.array(z.number()) }, async function* () {
      yield 1
      yield 2
    })
    expect(await call(one)).toMatchObject({ structuredContent: [1, 2] })
  })

  it("are rendered for the model from what the schema gave", async () => {
    const one = tool(
      {
        name: "t",
        output: z.object({ n: z.number().default(5) }),
        render: ({ n }) => `n is ${n.toFixed(1)}`,
      },
      () => ({}),
    )
    expect(await call(one)).toMatchObject({
      structuredContent: { n: 5 },
      content: [{ text: "n is 5.0" }],
    })
  })

  it("may be checked by a schema that takes its time", async () => {
    const output = z.object({ n: z.number().refine(async (n) => n > 1) })
    expect(await call(tool({ name: "t", output }, () => ({ n: 2 })))).toMatchObject({
      structuredContent: { n: 2 },
    })
    expect(await call(tool({ name: "t", output }, () => ({ n: 1 })))).toMatchObject(refused)
  })
})

describe("results without an output schema", () => {
  it("are content where content was returned", async () => {
    const png = Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a)
    const { content, structuredContent } = await call(tool({ name: "t" }, () => [text("a"), image(png)]))
    expect(content).toMatchObject([{ type: "text" }, { type: "image", mimeType: "image/png" }])
    expect(structuredContent).toBeUndefined()
  })

  it("may ask for input from inside a generator", async () => {
    const one = tool({ name: "t" }, function* (_, { inputState }) {
      yield inputState === undefined ? inputRequired({ state: 1 }) : 2
    })
    expect(await call(one)).toMatchObject({ structuredContent: [2] })
  })

  it("name the path of what JSON cannot say", async () => {
    const result = await call(loose({ name: "t" }, () => ({ rows: [{ id: 1n }] })))
    expect(result.isError).toBe(true)
    expect(textOf(result)).toContain("`result.rows[0].id`")
  })

  it("name a promise that was left in them", async () => {
    const result = await call(loose({ name: "t" }, () => ({ user: Promise.resolve(1) })))
    expect(textOf(result)).toContain("a promise that was not awaited: `result.user`")
  })
})

describe("failing", () => {
  it("passes a `ToolError` to the model and masks all else where the server says so", async () => {
    const options = { maskErrors: true }
    const spoken = tool({ name: "t" }, () => {
      throw new ToolError("Try a smaller number.")
    })
    expect(await call(spoken, {}, options)).toMatchObject({
      isError: true,
      content: [{ text: "Try a smaller number." }],
    })
    const secret = tool({ name: "t" }, async () => {
      throw new RangeError("password is 1234")
    })
    expect(textOf(await call(secret, {}, options))).toBe("Error calling tool 't'")
  })
})

describe("time-outs", () => {
  afterEach(() => vi.useRealTimers())

  it("end the call, tell the handler why, and prefer the tool's own", async () => {
    vi.useFakeTimers()
    const reasons: unknown[] = []
    const mcp = new FleetMCP("test", { log: () => undefined, timeout: 60_000 })
    mcp.tool(
      { name: "slow", timeout: 1000 },
      (_, { signal }) =>
        new Promise<string>(() => signal.addEventListener("abort", () => reasons.push(signal.reason))),
    )
    await using client = await connect(mcp)
    const pending = client.callTool("slow")
    await vi.advanceTimersByTimeAsync(999)
    expect(reasons).toEqual([])
    await vi.advanceTimersByTimeAsync(1)
    expect(textOf(await pending)).toContain("did not finish within 1000 ms")
    expect(reasons).toMatchObject([{ reason: "timeout" }])
  })

  it("are the server's where the tool has none", async () => {
    vi.useFakeTimers()
    const mcp = new FleetMCP("test", { log: () => undefined, timeout: 500 })
    mcp.tool({ name: "slow" }, () => new Promise<string>(() => undefined))
    await using client = await connect(mcp)
    const pending = client.callTool("slow")
    await vi.advanceTimersByTimeAsync(500)
    expect(await pending).toMatchObject({ isError: true })
  })

  it("leave no timer behind", async () => {
    vi.useFakeTimers()
    await call(tool({ name: "quick", timeout: 1000 }, async () => 1))
    expect(vi.getTimerCount()).toBe(0)
  })
})

describe("versions", () => {
  const versions = ["1.2", "1.10", "0.9"].map((version) =>
    tool({ name: "v", version, description: version }, () => version),
  )
  const mcp = new FleetMCP("test", { tools: versions })

  it("show the highest in lists", async () => {
    await using client = await connect(mcp)
    expect(await client.listTools()).toMatchObject([
      { name: "v", description: "1.10", _meta: { "fleetmcp/version": "1.10" } },
    ])
  })

  it("are called by `_meta`, and unknown ones do not exist", async () => {
    await using client = await connect(mcp)
    const wanted = (version: string) => client.callTool("v", {}, { meta: { "fleetmcp/version": version } })
    expect(await wanted("0.9")).toMatchObject({ content: [{ text: "0.9" }] })
    await expect(wanted("3")).rejects.toMatchObject({ error: { code: -32602 } })
  })
})

describe("headers that repeat arguments", () => {
  it("stand in the schema that is listed", () => {
    const one = tool(
      { name: "t", input: z.object({ region: z.string() }), headers: { region: "Region" } },
      () => 1,
    )
    expect(one.definition.inputSchema).toMatchObject({ properties: { region: { "x-mcp-header": "Region" } } })
    expect(one.headerParams).toEqual([{ path: ["region"], header: "Region", type: "string" }])
  })
})
