import { expect, it } from "vitest"
import * as z from "zod"
import { describeEntries } from "./entries.ts"
import { quietServer } from "./server.ts"
import { join } from "./session-client.ts"

const name = z.object({ name: z.string() })
const asking = { capabilities: { elicitation: {}, sampling: {}, roots: {} } }

describeEntries("the stream of a call", (serve) => {
  it("has ids from 2025-03-26 on, and begins with an empty event in 2025-11-25 alone", async () => {
    const mcp = quietServer()
    mcp.tool({ name: "step", input: z.object({}) }, (_, ctx) => ctx.progress(1))
    const t = await serve(mcp)
    const seen = []
    for (const revision of ["2024-11-05", "2025-03-26", "2025-06-18", "2025-11-25"] as const) {
      const stream = await (await join(t, { revision })).stream("step")
      const first = await stream.next()
      await stream.rest()
      seen.push([first?.id !== undefined, first?.message === undefined])
    }
    expect(seen).toEqual([
      [false, false],
      [true, false],
      [true, false],
      [true, true],
    ])
  })

  it("asks, and is answered by another POST", async () => {
    const mcp = quietServer()
    mcp.tool({ name: "greet" }, async (_, ctx) => {
      const answer = await ctx.elicit("Who?", name)
      return answer.action === "accept" ? `Hello ${answer.data.name}` : answer.action
    })
    const client = await join(await serve(mcp), asking)
    const stream = await client.stream("greet", {}, 7)
    const question = await stream.message()
    expect(question).toMatchObject({ method: "elicitation/create", params: { message: "Who?" } })
    const { status } = await client.answer(question.id, { action: "accept", content: { name: "Ada" } })
    expect(status).toBe(202)
    expect(await stream.rest()).toMatchObject([{ id: 7, result: { content: [{ text: "Hello Ada" }] } }])
  })

  it("asks for samples and roots on the same stream", async () => {
    const mcp = quietServer()
    mcp.tool({ name: "both" }, async (_, ctx) => {
      const roots = await ctx.roots()
      const { content } = await ctx.sample("Name a colour.")
      return { roots: roots.length, content }
    })
    const client = await join(await serve(mcp), asking)
    const stream = await client.stream("both")
    const first = await stream.message()
    await client.answer(first.id, { roots: [{ uri: "file:///a" }] })
    const second = await stream.message()
    const content = { type: "text", text: "red" }
    await client.answer(second.id, { role: "assistant", content, model: "m" })
    expect([first.method, second.method]).toEqual(["roots/list", "sampling/createMessage"])
    expect((await stream.message()).result.content[0].text).toBe(JSON.stringify({ roots: 1, content }))
  })

  it("takes the first answer, from its own session, under the right id", async () => {
    const mcp = quietServer()
    mcp.tool({ name: "who" }, async (_, ctx) => JSON.stringify(await ctx.elicit("Who?", name)))
    const t = await serve(mcp)
    const [client, other] = await Promise.all([join(t, asking), join(t, asking)])
    const stream = await client.stream("who")
    const { id } = await stream.message()
    const accept = (value: string) => ({ action: "accept", content: { name: value } })
    await other.answer(id, accept("stranger"))
    await client.answer(`${id}x`, accept("wrong"))
    await client.post({ jsonrpc: "2.0", id: null, result: accept("null") })
    await client.post({ jsonrpc: "2.0", result: accept("none") })
    await client.answer(id, accept("first"))
    await client.answer(id, accept("second"))
    const [{ result }] = await stream.rest()
    expect(JSON.parse(result.content[0].text)).toEqual({ action: "accept", data: { name: "first" } })
  })

  it.each([
    ["a number", 1],
    ["nothing", null],
    ["an unknown action", { action: "shrug" }],
  ])("fails where the answer is %s", async (_, answer) => {
    const mcp = quietServer()
    mcp.tool({ name: "who" }, async (_args, ctx) => JSON.stringify(await ctx.elicit("Who?", name)))
    const client = await join(await serve(mcp), asking)
    const stream = await client.stream("who")
    await client.answer((await stream.message()).id, answer)
    const [message] = await stream.rest()
    expect(message.error !== undefined || message.result.isError).toBe(true)
  })

  it("tells the client when it waits no longer for an answer", async () => {
    const mcp = quietServer({ askTimeout: 20 })
    mcp.tool({ name: "who" }, (_, ctx) =>
      ctx.elicit("Who?", name).then(
        () => "answered",
        ({ code }) => code,
      ),
    )
    const client = await join(await serve(mcp), asking)
    const messages = await (await client.stream("who")).rest()
    expect(messages).toMatchObject([
      { method: "elicitation/create" },
      { method: "notifications/cancelled", params: { requestId: messages[0]?.id, reason: "timeout" } },
      { result: { content: [{ text: "ASK_TIMED_OUT" }] } },
    ])
  })

  it("takes back its question when it is cancelled", async () => {
    const mcp = quietServer()
    mcp.tool({ name: "who" }, async (_, ctx) => (await ctx.elicit("Who?", name)).action)
    const client = await join(await serve(mcp), asking)
    const stream = await client.stream("who", {}, 3)
    const { id } = await stream.message()
    await client.notify("notifications/cancelled", { requestId: 3 })
    expect(await stream.rest()).toMatchObject([
      { method: "notifications/cancelled", params: { requestId: id } },
    ])
  })
})
