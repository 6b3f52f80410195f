import { expect, it } from "vitest"
import * as z from "zod"
import { describeEntries, turn } from "./entries.ts"
import { deferred, quietServer } from "./server.ts"
import { join, type SessionClient } from "./session-client.ts"

/** A server with a call that says a number each time it is told to. */
function counting(options = {}) {
  const mcp = quietServer(options)
  let said = 0
  let say: () => void = () => undefined
  const started = deferred<undefined>()
  const done = deferred<string>()
  mcp.tool({ name: "count" }, (_, ctx) => {
    say = () => ctx.progress(++said)
    started.resolve(undefined)
    return done.promise
  })
  mcp.tool({ name: "poll" }, async (_, ctx) => {
    ctx.progress(1)
    ctx.closeStream(25)
    ctx.progress(2)
    await done.promise
    ctx.progress(3)
    return "done"
  })
  return { mcp, started: started.promise, say: () => say(), finish: () => done.resolve("done") }
}

async function turns(): Promise<void> {
  for (let n = 0; n < 20; n++) await turn()
}

const said = (messages: readonly { params?: { progress: number }; result?: unknown }[]) =>
  messages.map(({ params, result }) => params?.progress ?? (result === undefined ? "?" : "result"))

describeEntries("the stream of a call that is read on", (serve) => {
  it("after the server let it go, gives the rest and the response", async () => {
    const { mcp, finish } = counting()
    const client = await join(await serve(mcp))
    const stream = await client.stream("poll", {}, 4)
    expect(await stream.next()).toMatchObject({ message: undefined })
    expect((await stream.next())?.message.params.progress).toBe(1)
    expect(await stream.next()).toMatchObject({ retry: 25 })
    expect(await stream.next()).toBeUndefined()
    const back = await client.listen(stream.last)
    finish()
    const rest = await back.rest()
    expect(said(rest)).toEqual([2, 3, "result"])
    expect(rest.at(-1)?.id).toBe(4)
  })

  it("is not let go where the client has no event id to come back with", async () => {
    const mcp = quietServer()
    mcp.tool({ name: "leave" }, (_, ctx) => {
      ctx.closeStream()
      return "stayed"
    })
    const client = await join(await serve(mcp), { revision: "2025-06-18" })
    const { json } = await client.request("tools/call", { name: "leave", arguments: {} })
    expect(json.result.content[0].text).toBe("stayed")
  })

  it("after the connection was lost, gives what was missed once and in order", async () => {
    const { mcp, started, say, finish } = counting()
    const client = await join(await serve(mcp))
    const lost = await startCounting(client, started, say)
    lost.leave()
    await turns()
    say()
    say()
    const back = await client.listen(lost.last)
    say()
    finish()
    expect(said(await back.rest())).toEqual([2, 3, 4, "result"])
  })

  it("although the old connection is there still, goes on on the new one alone", async () => {
    const { mcp, started, say, finish } = counting()
    const client = await join(await serve(mcp))
    const first = await startCounting(client, started, say)
    const back = await client.listen(first.last)
    say()
    finish()
    expect(said(await back.rest())).toEqual([2, "result"])
    expect(await first.rest()).toEqual([])
  })

  it("by two at once, goes on for the last", async () => {
    const { mcp, started, say, finish } = counting()
    const client = await join(await serve(mcp))
    const first = await startCounting(client, started, say)
    const second = await client.listen(first.last)
    const third = await client.listen(first.last)
    say()
    finish()
    expect([said(await second.rest()), said(await third.rest())]).toEqual([[], [2, "result"]])
  })

  it("when the call is over, gives what is left and ends", async () => {
    const { mcp, started, say, finish } = counting()
    const client = await join(await serve(mcp))
    const lost = await startCounting(client, started, say)
    lost.leave()
    await turns()
    finish()
    await turns()
    const back = await client.listen(lost.last)
    expect(said(await back.rest())).toEqual(["result"])
    expect(await (await client.listen(back.last)).rest()).toEqual([])
  })

  it("is not cancelled by who leaves again", async () => {
    const { mcp, started, say, finish } = counting()
    const client = await join(await serve(mcp))
    const lost = await startCounting(client, started, say)
    for (let n = 0; n < 3; n++) {
      lost.leave()
      const again = await client.listen(lost.last)
      again.leave()
      await turns()
    }
    say()
    finish()
    expect(said(await (await client.listen(lost.last)).rest())).toEqual([2, "result"])
  })

  it("gives nothing of it to another session", async () => {
    const { mcp, started, say, finish } = counting()
    const t = await serve(mcp)
    const [client, other] = await Promise.all([join(t), join(t)])
    const lost = await startCounting(client, started, say)
    lost.leave()
    await turns()
    const stolen = await other.listen(lost.last)
    say()
    finish()
    await turns()
    await other.end()
    expect(await stolen.rest()).toEqual([])
    expect(said(await (await client.listen(lost.last)).rest())).toEqual([2, "result"])
  })

  it("gives the response even where too much was said to keep it all", async () => {
    const { mcp, started, say, finish } = counting()
    const client = await join(await serve(mcp))
    const lost = await startCounting(client, started, say)
    lost.leave()
    await turns()
    for (let n = 0; n < 1000; n++) say()
    finish()
    await turns()
    const rest = said(await (await client.listen(lost.last)).rest())
    expect([rest.length, rest.at(-1)]).toEqual([256, "result"])
  })

  it("asks there what it has to ask", async () => {
    const mcp = quietServer()
    const go = deferred<undefined>()
    mcp.tool({ name: "who" }, async (_, ctx) => {
      ctx.closeStream()
      await go.promise
      return (await ctx.elicit("Who?", z.object({ name: z.string() }))).action
    })
    const client = await join(await serve(mcp), { capabilities: { elicitation: {} } })
    const stream = await client.stream("who")
    await stream.rest()
    const back = await client.listen(stream.last)
    go.resolve(undefined)
    await client.answer((await back.message()).id, { action: "decline" })
    expect(await back.rest()).toMatchObject([{ result: { content: [{ text: "decline" }] } }])
  })

  it("ends with its session, and its call with it", async () => {
    const { mcp, started, say } = counting()
    const client = await join(await serve(mcp))
    const lost = await startCounting(client, started, say)
    lost.leave()
    await turns()
    const back = await client.listen(lost.last)
    await client.end()
    expect(await back.rest()).toEqual([])
  })
})

/** Calls `count` and reads the first of what it says. */
async function startCounting(client: SessionClient, started: Promise<unknown>, say: () => void) {
  const opened = client.stream("count")
  await started
  say()
  const stream = await opened
  await stream.message()
  return stream
}
