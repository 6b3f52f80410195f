import { expect, it } from "vitest"
import { describeEntries } from "./entries.ts"
import { eventsOf } from "./messages.ts"
import { deferred, sampleServer } from "./server.ts"
import { initialize, join, post } from "./session-client.ts"

const batching = { revision: "2025-03-26" } as const
const ping = (id: unknown) => ({ jsonrpc: "2.0", id, method: "ping" })
const note = { jsonrpc: "2.0", method: "notifications/roots/list_changed" }

describeEntries("an array of messages", (serve) => {
  it("is answered by an array", async () => {
    const client = await join(await serve(sampleServer()), batching)
    const add = { name: "add", arguments: { a: 1, b: 2 } }
    const { json } = await client.post([ping("a"), note, { ...ping(2), method: "tools/call", params: add }])
    expect(json).toMatchObject([
      { id: "a", result: {} },
      { id: 2, result: { content: [{ text: "3" }] } },
    ])
  })

  it("of which nothing is to be answered is taken with 202", async () => {
    const client = await join(await serve(sampleServer()), batching)
    const { status, text } = await client.post([note, { jsonrpc: "2.0", id: 1, result: {} }])
    expect([status, text]).toEqual([202, ""])
  })

  it("is answered by a stream where something is sent before, without ids", async () => {
    const client = await join(await serve(sampleServer()), batching)
    const steps = { name: "steps", arguments: { steps: 2 }, _meta: { progressToken: "p" } }
    const answer = await client.post([ping(1), { ...ping(2), method: "tools/call", params: steps }])
    expect(answer.headers.get("content-type")).toBe("text/event-stream")
    expect(answer.text).not.toMatch(/^id:/m)
    expect(
      eventsOf(answer.text).map((message) => {
        const { id, method } = message as { readonly id?: number; readonly method?: string }
        return method ?? id
      }),
    ).toEqual(["notifications/progress", "notifications/progress", 2, 1])
  })

  it("answers each wrong one of them", async () => {
    const client = await join(await serve(sampleServer()), batching)
    const { json } = await client.post([7, null, {}, [ping(1)], { ...ping(9), method: "nobody/knows" }])
    expect(json.map(({ error }: { error: { code: number } }) => error.code)).toEqual([
      -32600, -32600, -32600, -32600, -32601,
    ])
    expect(json.at(-1).id).toBe(9)
  })

  it("opens no session", async () => {
    const t = await serve(sampleServer())
    const client = await join(t, batching)
    const opening = JSON.parse(String(initialize(batching).body))
    const { json, headers } = await client.post([ping(1), opening])
    expect([json[0].result, json[1].error.code, headers.get("mcp-session-id")]).toEqual([{}, -32600, null])
    expect((await t.send(post([opening]))).status).toBe(400)
  })

  it.each([0, 101, 5000])("of %i messages is refused", async (count) => {
    const client = await join(await serve(sampleServer()), batching)
    const { status, json } = await client.post(Array.from({ length: count }, (_, n) => ping(n)))
    expect([status, json.error.code]).toEqual([400, -32600])
  })

  it.each(["2024-11-05", "2025-06-18", "2025-11-25"] as const)("is refused in %s", async (revision) => {
    const client = await join(await serve(sampleServer()), { revision })
    const { status, json } = await client.post([ping(1)])
    expect([status, json.error.code]).toEqual([400, -32600])
  })

  it("may cancel one of another", async () => {
    const mcp = sampleServer()
    const started = deferred<AbortSignal>()
    mcp.tool({ name: "wait" }, (_, ctx) => {
      started.resolve(ctx.signal)
      return new Promise<string>(() => undefined)
    })
    const client = await join(await serve(mcp), batching)
    const call = { ...ping(7), method: "tools/call", params: { name: "wait", arguments: {} } }
    const answer = client.post([call, ping(8)])
    const signal = await started.promise
    await client.post([{ jsonrpc: "2.0", method: "notifications/cancelled", params: { requestId: 7 } }])
    expect((await answer).json).toMatchObject([{ id: 8 }])
    expect(signal.aborted).toBe(true)
  })
})
