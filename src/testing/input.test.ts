import { describe, expect, it } from "vitest"
import * as z from "zod"
import { inputRequired } from "../components/input-required.ts"
import { EndlessQuestions, RequestFailed, UnansweredRequest } from "../errors/testing.ts"
import { FleetMCP } from "../fleet-mcp.ts"
import type { ElicitRequestParams } from "../spec/index.ts"
import { connect } from "./connect.ts"

const name = z.object({ name: z.string() })

function server(): FleetMCP {
  return new FleetMCP("test", { log: () => undefined })
}

function reasonOf(promise: Promise<unknown>): Promise<unknown> {
  return promise.then(
    () => expect.fail("it did not reject"),
    (reason: unknown) => reason,
  )
}

describe("answering what a server asks", () => {
  it("answers forms, in as many rounds as there are", async () => {
    const mcp = server()
    mcp.tool({ name: "greet" }, async (_, { elicit }) => {
      const first = await elicit("First name?", name)
      const last = await elicit("Last name?", name)
      return [first, last]
    })
    const asked: ElicitRequestParams[] = []
    await using client = await connect(mcp, {
      elicitation(request) {
        asked.push(request)
        return request.message === "First name?"
          ? { action: "accept", content: { name: "Ada" } }
          : { action: "decline" }
      },
    })
    expect(await client.tools.greet?.()).toEqual([
      { action: "accept", data: { name: "Ada" } },
      { action: "decline" },
    ])
    expect(asked.map(({ message }) => message)).toEqual(["First name?", "Last name?"])
  })

  it("answers several questions of one round, one after the other", async () => {
    const mcp = server()
    mcp.tool({ name: "both" }, (_, ctx) =>
      Promise.all([ctx.elicitUrl("Pay", "https://example.com/pay"), ctx.elicit("Name?", name)]),
    )
    const order: string[] = []
    await using client = await connect(mcp, {
      async elicitation({ message }) {
        order.push(`${message} asked`)
        await Promise.resolve()
        order.push(`${message} answered`)
        return { action: "cancel" }
      },
    })
    expect(await client.tools.both?.()).toEqual([{ action: "cancel" }, { action: "cancel" }])
    expect(order).toEqual(["Pay asked", "Pay answered", "Name? asked", "Name? answered"])
  })

  it("answers for the model, with a string or a whole message", async () => {
    const mcp = server()
    mcp.tool({ name: "ask" }, async (_, { sample }) => (await sample("What is 2 + 2?")).content)
    await using short = await connect(mcp, { sampling: () => "4" })
    expect(await short.tools.ask?.()).toBe("4")
    await using long = await connect(mcp, {
      sampling: ({ messages }) => ({ role: "assistant", model: "m", content: messages[0]?.content ?? [] }),
    })
    expect(await long.tools.ask?.()).toBe("What is 2 + 2?")
  })

  it("tells its roots, as a list or as they are then", async () => {
    const mcp = server()
    mcp.tool({ name: "where" }, async (_, { roots }) => ({ roots: await roots() }))
    await using fixed = await connect(mcp, { roots: ["file:///a"] })
    expect(await fixed.tools.where?.()).toEqual({ roots: [{ uri: "file:///a" }] })
    await using later = await connect(mcp, { roots: async () => [{ uri: "file:///b", name: "B" }] })
    expect(await later.tools.where?.()).toEqual({ roots: [{ uri: "file:///b", name: "B" }] })
  })

  it("goes on where the server asks nothing and only wants its state back", async () => {
    const mcp = server()
    mcp.tool({ name: "later" }, (_, { inputState }) =>
      inputState === undefined ? inputRequired({ state: "seen" }) : `state: ${String(inputState)}`,
    )
    await using client = await connect(mcp)
    expect(await client.tools.later?.()).toBe("state: seen")
  })

  it("works for resources and prompts, and without JSON", async () => {
    const mcp = server()
    mcp.resource("who://am/i", async (_, { elicit }) => elicit("Name?", name))
    mcp.prompt("who", async (_, { elicit }) => (await elicit("Name?", name)).action)
    await using client = await connect(mcp, {
      serialize: false,
      elicitation: () => ({ action: "accept", content: { name: "Ada" } }),
    })
    expect((await client.readResource("who://am/i")).contents).toMatchObject([
      { text: '{"action":"accept","data":{"name":"Ada"}}' },
    ])
    expect((await client.getPrompt("who")).messages).toMatchObject([{ content: { text: "accept" } }])
  })
})

describe("not answering", () => {
  const mcp = server()
  mcp.tool({ name: "greet" }, async (_, { elicit }) => elicit("Name?", name))
  mcp.tool({ name: "forever" }, () => inputRequired({ state: 1 }))

  it("is known to the server before it asks", async () => {
    await using client = await connect(mcp)
    const failure = await reasonOf(client.callTool("greet"))
    expect(failure).toBeInstanceOf(RequestFailed)
    expect(failure).toMatchObject({ error: { code: -32021 } })
  })

  it("says which handler is missing where the client claimed more than it can", async () => {
    await using client = await connect(mcp, { capabilities: { elicitation: {} } })
    const failure = await reasonOf(client.callTool("greet"))
    expect(failure).toBeInstanceOf(UnansweredRequest)
    expect(String(failure)).toContain("the option `elicitation`")
  })

  it("passes on what the handler of the test throws", async () => {
    await using client = await connect(mcp, { elicitation: () => expect.fail("no such question") })
    expect(String(await reasonOf(client.callTool("greet")))).toContain("no such question")
  })

  it("ends after as many rounds as were allowed", async () => {
    await using client = await connect(mcp, { maxRounds: 3 })
    const failure = await reasonOf(client.callTool("forever"))
    expect(failure).toBeInstanceOf(EndlessQuestions)
    expect(String(failure)).toContain("3 rounds")
  })
})
