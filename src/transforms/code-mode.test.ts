import { describe, expect, it } from "vitest"
import * as z from "zod"
import { describeEras } from "../../test/eras/eras.ts"
import { quietServer } from "../../test/support/server.ts"
import type { FleetMCP } from "../fleet-mcp.ts"
import { connect } from "../testing/index.ts"
import { type CodeModeOptions, codeMode, type Sandbox } from "./code-mode.ts"
import { quickjsSandbox } from "./quickjs.ts"

function serverOf(options: CodeModeOptions = {}): FleetMCP<never> {
  const mcp = quietServer({ transforms: [codeMode(options)] }) as FleetMCP<never>
  mcp.tool(
    {
      name: "add",
      description: "Adds",
      tags: ["math"],
      input: z.object({ a: z.number(), b: z.number().describe("*/ evil") }),
    },
    ({ a, b }) => ({ sum: a + b }),
  )
  mcp.tool({ name: "greet", description: "Greets\npeople" }, () => "hello")
  mcp.tool({ name: "fail" }, () => {
    throw new Error("it broke")
  })
  mcp.tool({ name: "drop", auth: { scopes: ["admin"] } as never }, () => "dropped")
  return mcp
}
const texts = async (mcp: FleetMCP<never>, name: string, args: object) => {
  const result = await (await connect(mcp)).callTool(name as never, args as never)
  return `${result.isError === true ? "error: " : ""}${(result.content as unknown as { text: string }[]).map(({ text }) => text).join("\n")}`
}
const sandbox = quickjsSandbox()
const run = (code: string, options: CodeModeOptions = {}) =>
  texts(serverOf({ sandbox, ...options }), "execute", { code })

describe("codeMode()", () => {
  it("lists three tools", async () => {
    expect((await (await connect(serverOf())).listTools()).map(({ name }) => name)).toEqual([
      "search",
      "get_schema",
      "execute",
    ])
  })

  it("searches, briefly or not, what its caller sees", async () => {
    const mcp = serverOf()
    expect(await texts(mcp, "search", {})).toBe("3 of 3 tools:\n- add: Adds\n- greet: Greets\n- fail")
    expect(await texts(mcp, "search", { query: "adds", detail: "detailed" })).toContain(
      'callTool("add", args: { a: number',
    )
    expect(await texts(mcp, "search", { tags: ["math"], detail: "full" })).toContain('"inputSchema"')
    expect(await texts(mcp, "search", { limit: 1 })).toContain("1 of 3 tools:")
  })

  it("shows how tools are called, and no comment is left by a description", async () => {
    const text = await texts(serverOf(), "get_schema", { names: ["add", "drop"] })
    expect(text).toContain("/** * / evil */ b: number")
    expect(text).toContain("No tool named `drop`")
  })

  it.each([
    ["const { sum } = await callTool('add', { a: 1, b: 2 }); return sum", "3"],
    ["return await tools.greet()", "hello"],
    ["try { await callTool('fail') } catch (e) { return e.message }", "it broke"],
    ["await callTool('drop')", "No tool named `drop`"],
    ["await callTool('execute', { code: 'return 1' })", "cannot be called by a program"],
    ["await callTool('add', { a: 'x' })", "Invalid arguments"],
    ["console.log('here'); return 1", "Logs:\nhere"],
    ["1", "returned nothing"],
  ])("runs %j", async (code, text) => expect(await run(code)).toContain(text), 20_000)

  it.each([
    ["for (let i = 0; i < 9; i++) await callTool('greet')", { calls: 3 }, "3 times"],
    [
      "return [].indexOf.call({ length: 2 ** 53 - 1 }, 1)",
      { limits: { cpuMs: 100 } },
      "computed for more than",
    ],
    ["while (true) {}", { limits: { cpuMs: 100 } }, "computed for more than"],
    ["await new Promise(() => {})", {}, "never comes"],
    ["let o = {}; for (let i = 0; i < 1e5; i++) o = { o }; return o", {}, "error"],
  ])(
    "ends %j",
    async (code, options, text) => expect(await run(code, options as CodeModeOptions)).toContain(text),
    20_000,
  )

  it("ends with its call", async () => {
    const mcp = serverOf({ sandbox })
    const ending = new AbortController()
    const call = mcp.callTool("execute", { code: "while (true) {}" } as never, { signal: ending.signal })
    setTimeout(() => ending.abort(), 50)
    await expect(call).rejects.toThrow()
  }, 20_000)

  it("runs in any sandbox, which gets no error but for its program", async () => {
    const own: Sandbox = {
      run: async (code, { callTool }) => ({ ok: true, value: [code, await callTool("greet", {})], logs: [] }),
    }
    expect(await run("x", { sandbox: own })).toBe('["x","hello"]')
  })

  it.each([
    { calls: -1 },
    { limits: { cpu: 1 } },
    { sandbox: {} },
    { names: { search: "a", execute: "a" } },
    { maxToolCalls: 1 },
  ])("refuses %j", (options) => expect(() => codeMode(options as never)).toThrow(/\w/))
})

describeEras("codeMode()", (t) => {
  it("asks the person for a tool that a program calls, and charges once", async () => {
    let charged = 0
    const seen: unknown[] = []
    const own: Sandbox = {
      async run(_, { callTool, now, seed }) {
        seen.push(`${now} ${seed}`)
        await callTool("charge", {})
        return { ok: true, value: await callTool("ask", {}), logs: [] }
      },
    }
    const mcp = t.server({ transforms: [codeMode({ sandbox: own })] })
    mcp.tool({ name: "charge" }, () => `${++charged}`)
    mcp.tool({ name: "ask" }, async (_, ctx) => ((await ctx.confirm("Sure?")) ? "yes" : "no"))
    const client = await t.connect(mcp, { elicitation: () => ({ action: "accept", content: {} }) } as never)
    const result = await client.callTool("execute" as never, { code: "x" } as never).catch(String)
    // Clients of the first revisions cannot be asked.
    if (t.revision < "2025-06-18") return expect(JSON.stringify(result)).not.toContain("yes")
    expect(result).toMatchObject({ content: [{ text: expect.stringMatching(/yes|no/) }] })
    expect(charged).toBe(1)
    expect(new Set(seen).size).toBe(1)
    expect(seen.length).toBe(t.revision === "2026-07-28" ? 2 : 1)
  })
})
