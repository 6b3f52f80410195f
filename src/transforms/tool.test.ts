import * as fc from "fast-check"
import { describe, expect, it } from "vitest"
import * as z from "zod"
import { quietServer } from "../../test/support/server.ts"
import { inputRequired } from "../components/input-required.ts"
import { ToolResult } from "../components/result.ts"
import { tool } from "../components/tool.ts"
import type { FleetMCP } from "../fleet-mcp.ts"
import type { LogRecord } from "../server/server-log.ts"
import { transformTool, transformTools } from "./tool.ts"

const search = tool(
  {
    name: "search",
    description: "Searches",
    tags: ["net"],
    input: z.object({
      q: z.string(),
      limit: z.number().default(10),
      key: z.string(),
      mode: z.enum(["fast", "deep"]).optional(),
    }),
    annotations: { readOnlyHint: true },
  },
  (args) => ({ ...args }),
)

const structured = async (mcp: FleetMCP, name: string, args: object) => {
  const { structuredContent, isError, content } = await mcp.callTool(name, { ...args })
  return isError ? content : structuredContent
}

const find = transformTool(search, {
  name: "find",
  arguments: {
    q: { name: "query", description: "What" },
    key: { hide: true, default: "k" },
    limit: { default: 3 },
  },
})

describe("transformTool()", () => {
  it("renames, describes, hides and gives defaults", async () => {
    const mcp = quietServer({ tools: [find] })
    const [listed] = await mcp.listTools()
    expect(listed).toMatchObject({
      name: "find",
      title: "Find",
      description: "Searches",
      annotations: { readOnlyHint: true },
      _meta: { "fleetmcp/tags": ["net"] },
      inputSchema: {
        type: "object",
        properties: { query: { type: "string", description: "What" }, limit: { default: 3 }, mode: {} },
        required: ["query"],
      },
    })
    expect(JSON.stringify(listed)).not.toContain("key")
    expect(await structured(mcp, "find", { query: "x" })).toEqual({ q: "x", limit: 3, key: "k" })
    expect(await structured(mcp, "find", { query: "x", limit: 7, mode: "deep" })).toEqual({
      q: "x",
      limit: 7,
      key: "k",
      mode: "deep",
    })
  })

  it.each([[{ query: "x", key: "mine" }], [{ query: "x", q: "y" }], [{ q: "x" }], [{ query: 1 }], [{}]])(
    "refuses the arguments %j",
    async (args) => {
      const mcp = quietServer({ tools: [find] })
      expect(await structured(mcp, "find", args)).toMatchObject([
        { text: expect.stringContaining("Invalid arguments for tool `find`") },
      ])
    },
  )

  it("lets no hidden argument through a tool that takes any", async () => {
    const open = tool(
      { name: "open", input: { type: "object", properties: { a: {}, b: {} }, additionalProperties: true } },
      (args) => ({ ...args }),
    )
    const mcp = quietServer({
      tools: [transformTool(open, { arguments: { a: { hide: true, default: 1 }, b: { name: "c" } } })],
    })
    expect(await structured(mcp, "open", { c: 2, more: 3 })).toEqual({ a: 1, b: 2, more: 3 })
    expect(await structured(mcp, "open", { a: 2 })).toMatchObject([{ type: "text" }])
    expect(await structured(mcp, "open", { b: 2 })).toMatchObject([{ type: "text" }])
  })

  it("does not change the tool that it is made of", () => {
    const before = JSON.stringify(search.definition)
    transformTool(search, { arguments: { q: { name: "x", examples: ["y"], schema: z.string().max(3) } } })
    expect(JSON.stringify(search.definition)).toBe(before)
  })

  it("constrains, by JSON Schema or by a library, and the tool checks as well", async () => {
    const mcp = quietServer({
      tools: [
        transformTool(search, {
          arguments: {
            q: {
              schema: z
                .string()
                .transform((text) => text.trim())
                .refine((text) => text !== "no", "not that"),
            },
            limit: { schema: { type: "integer", maximum: 5 } },
          },
        }),
      ],
    })
    const call = (args: object) => structured(mcp, "search", { key: "k", ...args })
    expect(await call({ q: " a ", limit: 5 })).toEqual({ q: "a", limit: 5, key: "k" })
    expect(await call({ q: "a", limit: 6 })).toMatchObject([{ text: expect.stringContaining("limit") }])
    expect(await call({ q: " no" })).toMatchObject([{ text: expect.stringContaining("`q`: ") }])
  })

  it("takes the value of a hidden argument from the call", async () => {
    const own = transformTool(search, {
      arguments: { key: { hide: true, default: async (ctx: { callId?: string }) => typeof ctx } },
    })
    expect(await structured(quietServer({ tools: [own] }), "search", { q: "a" })).toMatchObject({
      key: "object",
    })
  })

  it("makes an argument required", async () => {
    const strict = transformTool(search, { arguments: { limit: { required: true } } })
    expect(strict.inputSchema).toMatchObject({ required: ["q", "limit", "key"] })
    expect((strict.inputSchema.properties as { limit: object }).limit).not.toHaveProperty("default")
  })

  it.each([
    [{ arguments: { limt: { name: "x" } } }, "Did you mean `limit`?"],
    [{ arguments: { q: { name: "limit" } } }, "Give each a name of its own."],
    [{ arguments: { key: { hide: true } } }, "hidden without a default"],
    [{ arguments: { key: { hide: true, default: 1, required: true } } }, "Leave out `required`."],
    [{ arguments: { key: { required: true, default: "k" } } }, "Leave out `required`."],
    [{ arguments: { key: { default: () => "k" } } }, "clients see defaults"],
    [{ arguments: { key: { required: false } } }, "Give a `default`."],
    [{ arguments: { key: { type: "string" } } }, "Use `schema`."],
    [{ transform_fn: () => 1 }, "Use `handler`."],
    [{ name: "a b" }, "only A-Z"],
  ])("refuses %j", (change, remedy) => {
    expect(() => transformTool(search, change as never)).toThrow(remedy)
  })

  it("keeps the definitions that are still used, and no others", () => {
    const tree = tool(
      {
        name: "tree",
        dereference: false,
        input: {
          type: "object",
          properties: { root: { $ref: "#/$defs/Node" }, other: { $ref: "#/$defs/Other" } },
          $defs: {
            Node: { type: "object", properties: { next: { $ref: "#/$defs/Node" } } },
            Other: { type: "string" },
          },
        },
      },
      () => 1,
    )
    const made = transformTool(tree as never, { arguments: { other: { hide: true } } } as never)
    expect(Object.keys((made as typeof tree).inputSchema.$defs as object)).toEqual(["Node"])
  })

  it("runs a handler that calls the tool, by new names or by its own", async () => {
    const made = transformTool(search, {
      name: "twice",
      arguments: { q: { name: "query" }, key: { hide: true, default: "k" } },
      handler: async ({ query }, _ctx, original) => {
        const one = await original({ query: query.toUpperCase() })
        const two = await original.raw({ q: query, key: "own" })
        return { one: one.structuredContent, two: two.structuredContent }
      },
    })
    expect(await structured(quietServer({ tools: [made] }), "twice", { query: "a" })).toEqual({
      one: { q: "A", limit: 10, key: "k" },
      two: { q: "a", limit: 10, key: "own" },
    })
  })

  it("gives what the tool gave as it is, where the handler returns it", async () => {
    const inner = tool({ name: "t" }, () => new ToolResult({ content: ["x"], meta: { "com.example/a": 1 } }))
    const made = transformTool(inner, { handler: (_args, _ctx, original) => original({}) })
    expect(await quietServer({ tools: [made] }).callTool("t")).toMatchObject({
      content: [{ text: "x" }],
      _meta: { "com.example/a": 1 },
    })
  })

  it("passes on the questions of the tool", async () => {
    const asking = tool({ name: "t" }, () => inputRequired({ state: 1 }))
    const made = transformTool(asking, {
      handler: async (_args, _ctx, original) => {
        await original({})
        return "never"
      },
    })
    const asked = await made.invoke({}, {} as never)
    expect(asked).toEqual(await asking.invoke({}, {} as never))
  })

  it("checks against another output, which clients see", async () => {
    const shorter = transformTool(search, { output: z.object({ q: z.string() }), description: "Short" })
    const wrong = transformTool(search, { name: "wrong", output: z.object({ none: z.string() }) })
    const mcp = quietServer({ tools: [shorter, wrong] })
    expect((await mcp.listTools())[0]).toMatchObject({ outputSchema: { properties: { q: {} } } })
    expect(await structured(mcp, "search", { q: "a", key: "k" })).toEqual({ q: "a" })
    expect((await mcp.callTool("wrong", { q: "a", key: "k" })).isError).toBe(true)
  })

  it("is coerced under the defaults of a lenient server", async () => {
    const mcp = quietServer({ lenient: true })
    mcp.add(find)
    expect(await structured(mcp, "find", { query: "x", limit: "4" })).toMatchObject({ limit: 4 })
  })

  it("maps whatever names arguments are given to, and back", async () => {
    const names = ["a", "b", "c", "d"]
    await fc.assert(
      fc.asyncProperty(
        fc.uniqueArray(fc.stringMatching(/^[a-z_]{1,6}$/), { minLength: 4, maxLength: 4 }),
        fc.subarray(names),
        async (to, hidden) => {
          const inner = tool(
            {
              name: "t",
              input: z.object(Object.fromEntries(names.map((name) => [name, z.number().optional()]))),
            },
            (args) => ({ ...args }),
          )
          const changes = Object.fromEntries(
            names.map((name, at) => [
              name,
              hidden.includes(name) ? { hide: true, default: at } : { name: to[at] ?? name },
            ]),
          )
          const mcp = quietServer({ tools: [transformTool(inner, { arguments: changes as never })] })
          const args = Object.fromEntries(
            names.flatMap((name, at) => (hidden.includes(name) ? [] : [[to[at] ?? name, at]])),
          )
          expect(await structured(mcp, "t", args)).toEqual({ a: 0, b: 1, c: 2, d: 3 })
        },
      ),
      { numRuns: 40 },
    )
  })
})

describe("transformTools()", () => {
  it("changes tools wherever they come from, in lists and calls", async () => {
    const mcp = quietServer({
      transforms: [
        transformTools({ search: { name: "find", arguments: { key: { hide: true, default: "k" } } } }),
      ],
      tools: [search],
    })
    expect((await mcp.listTools()).map(({ name }) => name)).toEqual(["find"])
    expect(await structured(mcp, "find", { q: "a" })).toEqual({ q: "a", limit: 10, key: "k" })
    await expect(mcp.callTool("search", { q: "a", key: "b" })).rejects.toThrow("No tool named")
  })

  it("leaves out a tool that the change does not fit, and says so", async () => {
    const log: LogRecord[] = []
    const mcp = quietServer({
      transforms: [transformTools({ search: { arguments: { nope: { name: "x" } } } })],
      tools: [search, tool({ name: "other" }, () => 1)],
      log: (record) => void log.push(record),
    })
    expect((await mcp.listTools()).map(({ name }) => name)).toEqual(["other"])
    await expect(mcp.callTool("search", {})).rejects.toThrow("No tool named")
    expect(log.filter(({ level }) => level === "error")).toMatchObject([
      { message: expect.stringContaining("`search` is left out") },
    ])
  })

  it.each([
    [{ a: { name: "x" }, b: { name: "x" } }, "Give each a name of its own."],
    [{ a: { naem: "x" } }, "Did you mean `name`?"],
    ["a", "Give an object."],
  ])("refuses %j", (changes, remedy) => {
    expect(() => transformTools(changes as never)).toThrow(remedy)
  })
})
