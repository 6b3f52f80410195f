import { describe, expect, it } from "vitest"
import { FakeChannel, type Handled, handle } from "../../../test/support/channel.ts"
import { rpc } from "../../../test/support/rpc.ts"
import { fullServer, loggedServer } from "../../../test/support/server.ts"
import { settled } from "../../../test/support/timing.ts"
import { createPrincipal, type Principal } from "../../protocol/principal.ts"
import { memoryEventBus } from "../events.ts"
import { definePlugin } from "../plugin.ts"

/** Opens a subscription; the answer comes when it ends. */
function listen(mcp: ReturnType<typeof fullServer>, principal?: Principal) {
  const channel = new FakeChannel(principal === undefined ? {} : { principal })
  const answer = handle(
    mcp,
    rpc("subscriptions/listen", { notifications: { toolsListChanged: true } }),
    channel,
  )
  return { channel, answer }
}

const full = { status: 429, error: { code: -32603 } }

describe("the number of subscriptions", () => {
  it("is bounded in all, and what ends makes room", async () => {
    const mcp = fullServer({ maxSubscriptions: 2 })
    const open = [listen(mcp), listen(mcp)]
    await settled()
    expect(await listen(mcp).answer).toMatchObject(full)
    open[0]?.channel.leave()
    await open[0]?.answer
    const again = listen(mcp)
    await settled()
    expect(again.channel.sent).toHaveLength(1)
    await mcp.close()
  })

  it("is not forgotten when middleware is added", async () => {
    const mcp = fullServer({ maxSubscriptions: 1 })
    listen(mcp)
    await settled()
    mcp.use({ request: (_, next) => next() })
    expect(await listen(mcp).answer).toMatchObject(full)
    await mcp.close()
  })

  it("is bounded for each caller, whatever the others do", async () => {
    const mcp = fullServer({ maxSubscriptionsPerPrincipal: 1 })
    const [ada, bob] = await Promise.all(["ada", "bob"].map((subject) => createPrincipal({ subject })))
    const first = listen(mcp, ada)
    await settled()
    expect(await listen(mcp, ada).answer).toMatchObject(full)
    const other = listen(mcp, bob)
    await settled()
    expect(other.channel.sent).toHaveLength(1)
    first.channel.leave()
    await first.answer
    const again = listen(mcp, ada)
    await settled()
    expect(again.channel.sent).toHaveLength(1)
    await mcp.close()
  })

  it("is bounded only in all for callers without a name, who are many", async () => {
    const mcp = fullServer({ maxSubscriptionsPerPrincipal: 1, maxSubscriptions: 3 })
    const open = [listen(mcp), listen(mcp), listen(mcp)]
    await settled()
    expect(open.map(({ channel }) => channel.sent.length)).toEqual([1, 1, 1])
    expect(await listen(mcp).answer).toMatchObject(full)
    await mcp.close()
  })

  it("does not count those whose filter threw", async () => {
    const honor = () => {
      throw new Error("it broke")
    }
    const mcp = fullServer({
      maxSubscriptions: 1,
      plugins: [definePlugin({ id: "com.example/x", listenFilters: { x: { honor, passes: () => true } } })],
    })
    const broken = rpc("subscriptions/listen", { notifications: { x: true } })
    for (let n = 0; n < 3; n++) expect(await handle(mcp, broken)).toMatchObject({ error: { code: -32603 } })
    const good = listen(mcp)
    await settled()
    expect(good.channel.sent).toHaveLength(1)
    await mcp.close()
  })
})

describe("a subscription", () => {
  it("survives a filter that fails for one event, which is logged", async () => {
    const bus = memoryEventBus()
    let isBroken = true
    const passes = async () => {
      if (isBroken) throw new Error("no directory")
      return true
    }
    const { mcp, log } = loggedServer({
      bus,
      plugins: [definePlugin({ id: "com.example/x", listenFilters: { x: { honor: () => true, passes } } })],
    })
    const channel = new FakeChannel()
    const answer = handle(mcp, rpc("subscriptions/listen", { notifications: { x: true } }), channel)
    await settled()
    bus.publish({ topic: "x", method: "notifications/x" })
    await settled()
    isBroken = false
    bus.publish({ topic: "x", method: "notifications/x" })
    await settled()
    expect(channel.sent).toHaveLength(2)
    expect(log).toMatchObject([{ level: "error", error: { message: "no directory" } }])
    await mcp.close()
    await answer
  })

  it("sends nothing more once it has ended, though an event was on its way", async () => {
    const mcp = fullServer()
    const { channel, answer } = listen(mcp)
    await settled()
    mcp.tool({ name: "late" }, () => 1)
    channel.leave()
    const { notifications }: Handled = await answer
    await settled()
    expect([notifications.length, channel.sent.length]).toEqual([1, 1])
  })

  it("passes on the `_meta` of an event beside its own", async () => {
    const bus = memoryEventBus()
    const mcp = fullServer({ bus })
    const { channel, answer } = listen(mcp)
    await settled()
    bus.publish({
      topic: "toolsListChanged",
      method: "notifications/tools/list_changed",
      params: { _meta: { "com.example/why": 1 } },
    })
    await settled()
    expect(JSON.parse(channel.sent[1] ?? "")).toMatchObject({ params: { _meta: { "com.example/why": 1 } } })
    await mcp.close()
    await answer
  })

  it("of one whose credential has expired already ends at once", async () => {
    const mcp = fullServer()
    const gone = await createPrincipal({ subject: "ada", expiresAt: Date.now() - 1 })
    const { result } = await listen(mcp, gone).answer
    expect(result?.resultType).toBe("complete")
  })
})
