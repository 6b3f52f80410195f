import { readFileSync } from "node:fs"
import { FleetMCP } from "fleetmcp"
import { describe, expect, it, onTestFinished } from "vitest"
import * as z from "zod"
import { converse, serve } from "./demo.ts"

const silent = () => undefined

describe("the demo", () => {
  it("finds nothing wrong with the quickstart", { timeout: 60_000 }, async () => {
    const server = await serve(["--import", "tsx", "src/cli/bin.ts", "run", "examples/quickstart.ts"])
    onTestFinished(server.stop)
    const said: string[] = []
    expect(await converse(server.url, (line) => said.push(line))).toEqual([])
    expect(said.some((line) => /tools\/call add .*→ 5$/.test(line))).toBe(true)
  })

  it("names the answer that is wrong", async () => {
    const mcp = new FleetMCP("Wrong")
    const numbers = z.object({ a: z.number(), b: z.number() })
    mcp.tool({ name: "add", input: numbers }, ({ a, b }) => a - b)
    mcp.tool({ name: "greet" }, async (_, ctx) => {
      await ctx.elicit("What is your name?", z.object({ name: z.string() }))
      ctx.progress(1, 1, "Your name is known")
      return "Hello, Ada!"
    })
    mcp.resource("config://settings", () => ({ theme: "dark" }))
    mcp.resource("users://{id}", ({ id }) => `This is user ${id}.`)
    mcp.prompt(
      { name: "review", args: z.object({ code: z.string() }) },
      ({ code }) => `Review this:\n${code}`,
    )
    const { url } = await mcp.run({ transport: "http", port: 0, inTests: true })
    onTestFinished(() => mcp.close({ graceMs: 0 }))
    expect(await converse(url, silent)).toEqual(["tools/call add a=2 b=3"])
  })

  it("starts a server of at most fifteen lines", () => {
    expect(readFileSync("examples/quickstart.ts", "utf8").trimEnd().split("\n").length).toBeLessThanOrEqual(
      15,
    )
  })

  it("says so when the server does not start", async () => {
    await expect(serve(["-e", "process.exit(3)"])).rejects.toThrow("its exit code is 3")
  })
})
