import { describe, expect, it } from "vitest"
import * as z from "zod"
import { FleetMCP } from "../fleet-mcp.ts"
import { toolsOf } from "./tools-of.ts"

class Cart {
  readonly #items: string[] = []
  add({ item }: { item: string }): number {
    return this.#items.push(item)
  }
  count(): number {
    return this.#items.length
  }
}

describe("toolsOf()", () => {
  it("calls methods on their object", async () => {
    const tools = toolsOf(new Cart(), {
      add: { input: z.object({ item: z.string() }), description: "Adds" },
      count: { name: "count_items" },
    })
    const mcp = new FleetMCP("Test", { tools })
    expect((await mcp.callTool("add", { item: "pen" } as never)).structuredContent).toBe(1)
    expect((await mcp.callTool("count_items")).structuredContent).toBe(1)
    expect(await mcp.callTool("add", {} as never)).toMatchObject({ isError: true })
  })

  it.each<object>([
    { add: {} },
    { missing: {} },
    { toString: {} },
    { constructor: {} },
    { count: { desc: "x" } },
    { count: { name: "a b" } },
  ])("refuses %j", (methods) => expect(() => toolsOf(new Cart(), methods as never)).toThrow(/\w/))

  it("knows the methods", () => {
    // @ts-expect-error There is no such method.
    expect(() => toolsOf(new Cart(), { cuont: {} })).toThrow("cuont")
  })
})
