import { describe, expect, it } from "vitest"
import * as z from "zod"
import { answering, fronting } from "../support/proxying.ts"
import { quietServer } from "../support/server.ts"

const eras = ["session", "stateless"] as const
const orders = eras.flatMap((a) => eras.flatMap((b) => eras.map((c) => [a, b, c] as const)))

describe.each(orders)("a chain of proxies that speak %s, %s and %s", (first, second, third) => {
  it.each(eras)("asks a %s client", async (frontend) => {
    const mcp = quietServer()
    let runs = 0
    mcp.tool({ name: "ask" }, async (_, ctx) => {
      runs++
      const answer = await ctx.elicit("Name?", z.object({ name: z.string() }))
      const sure = await ctx.confirm("Sure?")
      return answer.action === "accept" ? `${answer.data.name} ${sure}` : answer.action
    })
    const one = fronting(mcp, { era: first })
    const two = fronting(one, { era: second })
    const three = fronting(two, { era: third })
    const client = await answering(
      three,
      (_, { message }) => ({
        action: "accept",
        content: message === "Name?" ? { name: "Ada" } : {},
      }),
      { era: frontend },
    )
    const result = await client.request("tools/call", { name: "ask", arguments: {} })
    expect(result).toMatchObject({ content: [{ text: "Ada true" }] })
    if (first === "session") expect(runs).toBe(1)
  })
})

describe("a tool that a handler calls", () => {
  it.each(eras)("asks the %s client of its caller, and runs once", async (frontend) => {
    const mcp = quietServer()
    let runs = 0
    mcp.tool({ name: "ask" }, async (_, ctx) => {
      runs++
      return `${await ctx.confirm("Sure?")}`
    })
    const front = fronting(mcp, { era: "session" })
    front.tool({ name: "outer" }, async (_, ctx) => {
      const [one, other] = await Promise.all([ctx.callTool("ask"), ctx.callTool("ask")])
      const last = await ctx.callTool("ask")
      return [one, other, last].map(({ content }) => content[0]?.type === "text" && content[0].text).join(" ")
    })
    const client = await answering(front, () => ({ action: "accept", content: {} }), { era: frontend })
    const result = await client.request("tools/call", { name: "outer", arguments: {} })
    expect(result).toMatchObject({ content: [{ text: "true true true" }] })
    expect(runs).toBe(3)
  })

  it("asks by rounds where both sides have no sessions", async () => {
    const mcp = quietServer()
    mcp.tool(
      { name: "ask" },
      async (_, ctx) => `${await ctx.confirm("Sure?")} ${await ctx.confirm("Really?")}`,
    )
    const front = fronting(mcp, { era: "stateless" })
    front.tool({ name: "outer" }, async (_, ctx) => {
      const before = await ctx.confirm("Before?")
      const { content } = await ctx.callTool("ask")
      return `${before} ${content[0]?.type === "text" && content[0].text} ${await ctx.confirm("After?")}`
    })
    const client = await answering(front, () => ({ action: "accept", content: {} }), { era: "stateless" })
    const result = await client.request("tools/call", { name: "outer", arguments: {} })
    expect(result).toMatchObject({ content: [{ text: "true true true true" }] })
  })
})
