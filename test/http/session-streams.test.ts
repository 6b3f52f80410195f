import { expect, it } from "vitest"
import { requireScopes } from "../../src/components/require-scopes.ts"
import { createPrincipal } from "../../src/protocol/principal.ts"
import { describeEntries, turn } from "./entries.ts"
import { quietServer } from "./server.ts"
import { join, type SessionClient } from "./session-client.ts"

const guide = "docs://guide"

/** A server whose list of tools changes when told to. */
function changing(options = {}) {
  const mcp = quietServer(options)
  mcp.tool({ name: "one" }, () => 1)
  mcp.resource(guide, () => "text")
  let count = 0
  return { mcp, change: () => void mcp.tool({ name: `more-${++count}` }, () => 1) }
}

async function turns(): Promise<void> {
  for (let n = 0; n < 20; n++) await turn()
}

describeEntries("the stream of a session", (serve) => {
  it("begins with an event that has an id and says nothing", async () => {
    const client = await join(await serve(changing().mcp))
    const stream = await client.listen()
    expect(stream.answer.headers.get("content-type")).toBe("text/event-stream")
    expect(await stream.next()).toEqual({ id: expect.any(String), retry: undefined, message: undefined })
    stream.leave()
  })

  it.each([
    ["2025-06-18", /^s/],
    ["2025-03-26", /^s/],
    ["2024-11-05", undefined],
  ] as const)("begins with a message in %s, which knows no such event", async (revision, id) => {
    const { mcp, change } = changing()
    const client = await join(await serve(mcp), { revision })
    const stream = await client.listen()
    change()
    expect(await stream.next()).toMatchObject({
      id: id === undefined ? undefined : expect.stringMatching(id),
      message: { method: "notifications/tools/list_changed" },
    })
    stream.leave()
  })

  it("hears of changed lists", async () => {
    const { mcp, change } = changing()
    const client = await join(await serve(mcp))
    const stream = await client.listen()
    change()
    expect(await stream.message()).toEqual({
      jsonrpc: "2.0",
      method: "notifications/tools/list_changed",
      params: {},
    })
    stream.leave()
  })

  it("hears of resources that the client subscribed to, while it is", async () => {
    const { mcp, change } = changing()
    const client = await join(await serve(mcp))
    const stream = await client.listen()
    mcp.resourceUpdated(guide)
    await turns()
    await client.request("resources/subscribe", { uri: guide })
    mcp.resourceUpdated(guide)
    await turns()
    await client.request("resources/unsubscribe", { uri: guide })
    mcp.resourceUpdated(guide)
    change()
    const heard = [await stream.message(), await stream.message()]
    expect(heard).toMatchObject([
      { method: "notifications/resources/updated", params: { uri: guide } },
      { method: "notifications/tools/list_changed" },
    ])
    stream.leave()
  })

  it("hears nothing of resources that the client may not read", async () => {
    const auth = { authenticate: () => createPrincipal({ subject: "ann", scopes: [] }) }
    const { mcp, change } = changing({ auth })
    mcp.resource({ uri: "docs://secret", auth: requireScopes("secret") }, () => "text")
    const client = await join(await serve(mcp))
    await client.request("resources/subscribe", { uri: "docs://secret" })
    const stream = await client.listen()
    mcp.resourceUpdated("docs://secret")
    await turns()
    change()
    expect((await stream.message()).method).toBe("notifications/tools/list_changed")
    stream.leave()
  })

  it("is told each change once, whoever else listens", async () => {
    const { mcp, change } = changing()
    const t = await serve(mcp)
    const clients = await Promise.all([join(t), join(t)])
    const streams = await Promise.all(clients.map((client) => client.listen()))
    change()
    await turns()
    await Promise.all(clients.map((client) => client.end()))
    expect((await Promise.all(streams.map((stream) => stream.rest()))).map(({ length }) => length)).toEqual([
      1, 1,
    ])
  })

  it("hears nothing that belongs to a call", async () => {
    const { mcp } = changing()
    mcp.tool({ name: "step" }, (_, ctx) => {
      ctx.progress(1)
      ctx.log.info("said")
    })
    const client = await join(await serve(mcp))
    const stream = await client.listen()
    expect(await (await client.stream("step")).rest()).toHaveLength(3)
    await client.end()
    expect(await stream.rest()).toEqual([])
  })

  it("is replaced by a new one", async () => {
    const { mcp, change } = changing()
    const client = await join(await serve(mcp))
    const first = await client.listen()
    const second = await client.listen()
    change()
    expect(await first.rest()).toEqual([])
    expect((await second.message()).method).toBe("notifications/tools/list_changed")
    second.leave()
  })

  it("ends with its session", async () => {
    const client = await join(await serve(changing().mcp))
    const stream = await client.listen()
    await client.end()
    expect(await stream.rest()).toEqual([])
  })

  it("ends when the credential expires with which it was opened", async () => {
    const auth = {
      authenticate: () => createPrincipal({ subject: "ann", expiresAt: Date.now() + 30 }),
    }
    const client = await join(await serve(changing({ auth }).mcp))
    expect(await (await client.listen()).rest()).toEqual([])
  })

  it("gives who comes back what was missed, once and in order", async () => {
    const { mcp, change } = changing()
    const client = await join(await serve(mcp))
    const lost = await client.listen()
    await lost.next()
    lost.leave()
    await turns()
    await missTwo(client, change, mcp)
    const back = await client.listen(lost.last)
    change()
    const methods = [await back.message(), await back.message(), await back.message()].map(
      ({ method }) => method,
    )
    expect(methods).toEqual([
      "notifications/tools/list_changed",
      "notifications/resources/updated",
      "notifications/tools/list_changed",
    ])
    back.leave()
  })

  it("gives nothing twice to who is lost a second time", async () => {
    const { mcp, change } = changing()
    const client = await join(await serve(mcp))
    const first = await client.listen()
    await first.next()
    first.leave()
    await turns()
    await missTwo(client, change, mcp)
    const second = await client.listen(first.last)
    expect([await second.message(), await second.message()]).toHaveLength(2)
    second.leave()
    await turns()
    mcp.resourceUpdated(guide)
    await turns()
    const third = await client.listen(second.last)
    expect((await third.message()).method).toBe("notifications/resources/updated")
    await client.end()
    expect(await third.rest()).toEqual([])
  })

  it("of who opens a thousand is one", async () => {
    const { mcp, change } = changing()
    const t = await serve(mcp)
    const client = await join(t)
    const streams = []
    for (let n = 0; n < 1000; n += 50) {
      streams.push(...(await Promise.all(Array.from({ length: 50 }, () => client.listen()))))
    }
    await turns()
    change()
    await turns()
    await client.end()
    const heard = await Promise.all(streams.map((stream) => stream.rest()))
    expect(heard.flat()).toHaveLength(1)
  }, 20_000)

  it.each([
    "",
    "r",
    "-",
    "s-",
    "r-0",
    "s00000000-0",
    "r00000000-1",
    "x".repeat(8000),
    "s-1-1-1e999",
    "%00",
    "🦊-1",
  ])("is opened anew for the last event `%.20s`, which nobody sent", async (last) => {
    const { mcp, change } = changing()
    const t = await serve(mcp)
    const client = await join(t)
    const stream = await client.listen(encodeURI(last))
    expect(stream.answer.status).toBe(200)
    change()
    expect((await stream.message()).method).toBe("notifications/tools/list_changed")
    stream.leave()
  })
})

async function missTwo(
  client: SessionClient,
  change: () => void,
  mcp: { resourceUpdated(uri: string): void },
) {
  await client.request("resources/subscribe", { uri: guide })
  change()
  await turns()
  mcp.resourceUpdated(guide)
  await turns()
}
