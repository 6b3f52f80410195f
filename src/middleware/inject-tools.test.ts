import { describe, expect, it } from "vitest"
import { loggedServer, quietServer } from "../../test/support/server.ts"
import { settled } from "../../test/support/timing.ts"
import { prompt } from "../components/prompt.ts"
import { tool } from "../components/tool.ts"
import { defineProvider } from "../server/provider.ts"
import { injectTools } from "./inject-tools.ts"

const named = (name: string, text = "injected", version?: string) =>
  tool({ name, ...(version !== undefined && { version }) }, () => text)

describe("injectTools()", () => {
  it("adds to each server that has it", async () => {
    const both = injectTools([named("one")])
    for (const mcp of [quietServer({ middleware: [both] }), quietServer({ middleware: [both] })])
      expect(await mcp.callTool("one")).toMatchObject({ content: [{ text: "injected" }] })
  })

  it("leaves a tool that the server has itself, and logs that once", async () => {
    const { mcp, log } = loggedServer({ middleware: [injectTools([named("one")])] })
    mcp.tool({ name: "one" }, () => "own")
    mcp.tool({ name: "two" }, () => "own")
    expect(await mcp.callTool("one")).toMatchObject({ content: [{ text: "own" }] })
    await settled()
    mcp.tool({ name: "three" }, () => "own")
    expect((await mcp.listTools()).map(({ name }) => name)).toEqual(["one", "two", "three"])
    await settled()
    const warnings = log.filter(({ message }) => message.includes("is not offered"))
    expect(warnings).toHaveLength(1)
  })

  it("asks other providers once for all of its tools", async () => {
    let asked = 0
    const counted = defineProvider({
      name: "counted",
      list() {
        asked++
        return []
      },
    })
    const many = Array.from({ length: 100 }, (_, at) => named(`n${at}`))
    const mcp = quietServer({ providers: [counted], middleware: [injectTools(many)] })
    await mcp.listTools()
    await settled()
    expect(asked).toBeLessThan(10)
  })

  it("survives a provider that throws when it is asked again", async () => {
    let asked = 0
    const flaky = defineProvider({
      name: "flaky",
      list() {
        if (asked++ > 0) throw new RangeError("gone")
        return []
      },
    })
    const { mcp, log } = loggedServer({ providers: [flaky], middleware: [injectTools([named("one")])] })
    expect(await mcp.listTools()).toHaveLength(1)
    await settled()
    expect(log).toContainEqual(expect.objectContaining({ level: "error", error: new RangeError("gone") }))
  })

  it("offers the highest of several versions", async () => {
    const mcp = quietServer({ middleware: [injectTools([named("one", "second", "2")])] })
    mcp.tool({ name: "one", version: "1" }, () => "first")
    expect(await mcp.callTool("one")).toMatchObject({ content: [{ text: "second" }] })
  })

  it("tells clients when it is added while the server runs", async () => {
    const mcp = quietServer()
    expect(await mcp.listTools()).toEqual([])
    mcp.use(injectTools([named("late")]))
    expect(await mcp.listTools()).toHaveLength(1)
  })

  it.each([
    [undefined, "Give a list of tools."],
    [named("one"), "Give a list of tools."],
    [[1], "Make it with `tool"],
    [[prompt({ name: "p" }, () => "p")], "a prompt"],
    [[named("one"), named("one")], "registered already"],
  ])("refuses %o", (tools, problem) => {
    expect(() => injectTools(tools as never)).toThrow(problem)
  })
})
