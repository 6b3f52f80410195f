import { FleetMCP, inputRequired } from "fleetmcp"
import { describe, expect, it, vi } from "vitest"
import * as z from "zod"
import { connect } from "./sdk-v2-client.ts"

const quiet = () => new FleetMCP("interop", { log: () => undefined })

const name = z.object({ name: z.string() })

describe("asking", () => {
  it("takes accepted, declined and cancelled forms", async () => {
    const mcp = quiet()
    mcp.tool({ name: "greet" }, async (_, ctx) => {
      const answer = await ctx.elicit("Your name?", name)
      return answer.action === "accept" ? `Hello, ${answer.data.name}!` : answer.action
    })
    const client = await connect(mcp, { capabilities: { elicitation: {} } })
    const answers = [
      { action: "accept" as const, content: { name: "Ada" } },
      { action: "decline" as const },
      { action: "cancel" as const },
    ]
    client.setRequestHandler("elicitation/create", ({ params }) => {
      expect(params).toMatchObject({
        message: "Your name?",
        requestedSchema: { type: "object", properties: { name: { type: "string" } }, required: ["name"] },
      })
      return answers.shift() ?? { action: "cancel" }
    })
    const greet = async () => (await client.callTool({ name: "greet" })).content
    expect(await greet()).toEqual([{ type: "text", text: "Hello, Ada!" }])
    expect(await greet()).toEqual([{ type: "text", text: "decline" }])
    expect(await greet()).toEqual([{ type: "text", text: "cancel" }])
  })

  it("sends the user to a page", async () => {
    const mcp = quiet()
    mcp.tool(
      { name: "pay" },
      async (_, ctx) => (await ctx.elicitUrl("Please pay", "https://pay.test/1")).action,
    )
    const client = await connect(mcp, { capabilities: { elicitation: { url: {} } } })
    client.setRequestHandler("elicitation/create", ({ params }) => {
      expect(params).toMatchObject({ mode: "url", url: "https://pay.test/1" })
      return { action: "accept" }
    })
    expect((await client.callTool({ name: "pay" })).content).toEqual([{ type: "text", text: "accept" }])
  })

  it("asks the model, the folders and the user in one round", async () => {
    const mcp = quiet()
    const runs = vi.fn()
    mcp.tool({ name: "ask" }, async (_, ctx) => {
      runs(ctx.request.round)
      const [sampled, roots, form] = await Promise.all([
        ctx.sample("Say hi"),
        ctx.roots(),
        ctx.elicit("Your name?", name),
      ])
      return { sampled: sampled.content, roots, form }
    })
    const client = await connect(mcp, { capabilities: { elicitation: {}, sampling: {}, roots: {} } })
    client.setRequestHandler("sampling/createMessage", () => ({
      role: "assistant",
      model: "m",
      content: { type: "text", text: "hi" },
    }))
    client.setRequestHandler("roots/list", () => ({ roots: [{ uri: "file:///home" }] }))
    client.setRequestHandler("elicitation/create", () => ({ action: "accept", content: { name: "Ada" } }))
    expect((await client.callTool({ name: "ask" })).structuredContent).toEqual({
      sampled: { type: "text", text: "hi" },
      roots: [{ uri: "file:///home" }],
      form: { action: "accept", data: { name: "Ada" } },
    })
    expect(runs.mock.calls).toEqual([[0], [1]])
  })

  it("asks again after an answer, round by round", async () => {
    const mcp = quiet()
    mcp.tool({ name: "sum" }, async (_, ctx) => {
      let sum = 0
      for (const nth of ["first", "second", "third"]) {
        const answer = await ctx.elicit(`The ${nth} number?`, z.object({ n: z.number() }))
        if (answer.action === "accept") sum += answer.data.n
      }
      return sum
    })
    const client = await connect(mcp, { capabilities: { elicitation: {} } })
    let n = 0
    client.setRequestHandler("elicitation/create", () => ({ action: "accept", content: { n: ++n } }))
    expect((await client.callTool({ name: "sum" })).structuredContent).toBe(6)
  })

  it("keeps questions of tools that call tools apart", async () => {
    const mcp = quiet()
    mcp.tool({ name: "ask", input: z.object({ what: z.string() }) }, async ({ what }, ctx) => {
      const answer = await ctx.elicit("Which one?", name, { key: "one" })
      return answer.action === "accept" ? `${what} ${answer.data.name}` : "none"
    })
    mcp.tool({ name: "both" }, async (_, ctx) => {
      const results = await Promise.all([
        ctx.callTool("ask", { what: "first" }),
        ctx.callTool("ask", { what: "second" }),
      ])
      return results.flatMap(({ content }) =>
        content.map((block) => (block.type === "text" ? block.text : "")),
      )
    })
    const client = await connect(mcp, { capabilities: { elicitation: {} } })
    let asked = 0
    client.setRequestHandler("elicitation/create", () => ({
      action: "accept",
      content: { name: `${++asked}` },
    }))
    const { structuredContent } = await client.callTool({ name: "both" })
    expect(structuredContent).toEqual([
      expect.stringMatching(/^first \d$/),
      expect.stringMatching(/^second \d$/),
    ])
    expect(asked).toBe(2)
  })

  it("works from prompts and resources too", async () => {
    const mcp = quiet()
    mcp.prompt("greet", async (_, ctx) => (await ctx.elicit("Your name?", name)).action)
    mcp.resource("docs://secret", async (_, ctx) => (await ctx.elicit("Your name?", name)).action)
    const client = await connect(mcp, { capabilities: { elicitation: {} } })
    client.setRequestHandler("elicitation/create", () => ({ action: "decline" }))
    const { messages } = await client.getPrompt({ name: "greet" })
    expect(messages).toEqual([{ role: "user", content: { type: "text", text: "decline" } }])
    const { contents } = await client.readResource({ uri: "docs://secret" })
    expect(contents).toMatchObject([{ text: "decline" }])
  })

  it("takes questions that a handler returns, and keeps its state", async () => {
    const mcp = quiet()
    mcp.tool({ name: "ask" }, (_, ctx) => {
      if (ctx.inputResponses !== undefined) return { answers: ctx.inputResponses, state: ctx.inputState }
      return inputRequired({ requests: { where: { method: "roots/list" } }, state: { step: 1 } })
    })
    const client = await connect(mcp, { capabilities: { roots: {} } })
    client.setRequestHandler("roots/list", () => ({ roots: [] }))
    expect((await client.callTool({ name: "ask" })).structuredContent).toEqual({
      answers: { where: { roots: [] } },
      state: { step: 1 },
    })
  })
})
