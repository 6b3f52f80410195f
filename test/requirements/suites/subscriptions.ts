import { afterEach, describe, expect, vi } from "vitest"
import { createPrincipal } from "../../../src/protocol/principal.ts"
import { memoryEventBus } from "../../../src/server/events.ts"
import { metaKeys } from "../../../src/spec/meta.ts"
import { FakeChannel, handle } from "../../support/channel.ts"
import { errorOf, post } from "../../support/post.ts"
import { call, type Fields, rpc, withId } from "../../support/rpc.ts"
import { fullServer, quietServer } from "../../support/server.ts"
import { open } from "../../support/stream.ts"
import { settled } from "../../support/timing.ts"
import { requirement } from "../register.ts"

const listen = (notifications: unknown) => rpc("subscriptions/listen", { notifications })
const everything = { toolsListChanged: true, promptsListChanged: true, resourcesListChanged: true }

describe("subscriptions/listen", () => {
  afterEach(() => void vi.useRealTimers())

  for (const id of ["abc", "7", 7, 0]) {
    requirement(
      "S-230 S-231",
      `acknowledges first and tags all with the id ${JSON.stringify(id)}`,
      async () => {
        const mcp = fullServer()
        const stream = await open(mcp, withId(listen(everything), id))
        const tag = { _meta: { [metaKeys.subscriptionId]: id } }
        expect(await stream.next()).toEqual({
          jsonrpc: "2.0",
          method: "notifications/subscriptions/acknowledged",
          params: { notifications: everything, ...tag },
        })
        mcp.tool({ name: "more" }, () => 1)
        expect(await stream.next()).toMatchObject({ method: "notifications/tools/list_changed", params: tag })
        await mcp.close()
        expect(await stream.next()).toMatchObject({ id, result: { resultType: "complete", ...tag } })
        expect(await stream.next()).toBeUndefined()
      },
    )
  }

  const subsets: readonly (readonly [wanted: Fields, honored: Fields])[] = [
    [{}, {}],
    [{ toolsListChanged: false }, {}],
    [{ promptsListChanged: true }, {}],
    [{ toolsListChanged: true, promptsListChanged: true }, { toolsListChanged: true }],
    [{ resourceSubscriptions: ["a://b"] }, {}],
    [{ resourceSubscriptions: [] }, {}],
    [{ taskIds: ["t1"] }, {}],
    [{ "com.example/other": true, toString: true }, {}],
  ]
  for (const [wanted, honored] of subsets) {
    requirement("S-230", `honors of ${JSON.stringify(wanted)} what it can serve`, async () => {
      const mcp = quietServer()
      mcp.tool({ name: "a" }, () => 1)
      const stream = await open(mcp, listen(wanted))
      expect((await stream.next())?.params?.notifications).toEqual(honored)
      await stream.leave()
    })
  }

  for (const notifications of [undefined, null, [], "all", 1]) {
    requirement("S-230", `answers a filter of ${JSON.stringify(notifications)} with -32602`, async () => {
      expect(await errorOf(fullServer(), listen(notifications))).toMatchObject({ code: -32602 })
    })
  }

  requirement("S-230", "bounds the URIs of one subscription", async () => {
    const uris = Array.from({ length: 1500 }, (_, index) => `a://${index}`)
    const stream = await open(fullServer(), listen({ resourceSubscriptions: uris }))
    const honored = (await stream.next())?.params?.notifications as {
      readonly resourceSubscriptions: unknown[]
    }
    expect(honored.resourceSubscriptions).toHaveLength(1000)
    await stream.leave()
  })

  requirement("S-232 S-144", "tells nothing that was not asked for", async () => {
    const mcp = fullServer()
    const channel = new FakeChannel()
    const answer = handle(mcp, listen({ promptsListChanged: true }), channel)
    mcp.tool({ name: "x" }, () => 1)
    mcp.resource("x://y", () => 1)
    mcp.resourceUpdated("config://settings")
    await settled()
    expect(channel.sent).toHaveLength(1)
    mcp.prompt("y", () => "y")
    await settled()
    expect(channel.sent).toHaveLength(2)
    await mcp.close()
    await answer
  })

  requirement("S-232 S-211", "carries no log and no progress, even where it asks for them", async () => {
    const mcp = fullServer()
    mcp.tool({ name: "loud" }, (_, ctx) => {
      ctx.log.error("x")
      ctx.progress(1)
    })
    const meta = { [metaKeys.logLevel]: "debug", progressToken: 1 }
    const channel = new FakeChannel()
    const answer = handle(mcp, rpc("subscriptions/listen", { notifications: everything }, meta), channel)
    await post(mcp, call("loud", {}, meta))
    await settled()
    expect(channel.sent).toHaveLength(1)
    await mcp.close()
    await answer
  })

  requirement("S-233 S-217", "ends with its empty result when the server closes", async () => {
    const mcp = fullServer()
    const stream = await open(mcp, listen(everything))
    await stream.next()
    await mcp.close()
    const rest = await stream.rest()
    expect(rest).toMatchObject([{ result: { resultType: "complete" } }])
  })

  requirement("S-234", "keeps the subscriptions of one client apart", async () => {
    const mcp = fullServer()
    const tools = await open(mcp, withId(listen({ toolsListChanged: true }), "tools"))
    const prompts = await open(mcp, withId(listen({ promptsListChanged: true }), "prompts"))
    await tools.next()
    await prompts.next()
    await tools.leave()
    mcp.tool({ name: "x" }, () => 1)
    mcp.prompt("y", () => "y")
    expect(await prompts.next()).toMatchObject({
      method: "notifications/prompts/list_changed",
      params: { _meta: { [metaKeys.subscriptionId]: "prompts" } },
    })
    await prompts.leave()
  })

  requirement("S-235", "is an event stream over HTTP, fed by a bus that replicas share", async () => {
    const bus = memoryEventBus()
    const here = fullServer({ bus })
    const there = fullServer({ bus })
    const stream = await open(here, listen(everything))
    expect(stream.headers.get("content-type")).toBe("text/event-stream")
    await stream.next()
    there.tool({ name: "x" }, () => 1)
    expect(await stream.next()).toMatchObject({ method: "notifications/tools/list_changed" })
    await stream.leave()
  })

  requirement("S-236", "ends when the credential it was opened with does", async () => {
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "Date"] })
    const mcp = fullServer()
    const principal = await createPrincipal({ subject: "ada", expiresAt: Date.now() + 60_000 })
    const answer = handle(mcp, listen(everything), new FakeChannel({ principal }))
    let isOpen = true
    answer.then(() => {
      isOpen = false
    })
    await vi.advanceTimersByTimeAsync(59_999)
    expect(isOpen).toBe(true)
    await vi.advanceTimersByTimeAsync(1)
    expect((await answer).result).toMatchObject({ resultType: "complete" })
  })

  requirement("S-236", "passes an event only to those it is for", async () => {
    const bus = memoryEventBus()
    const mcp = fullServer({ bus })
    const ada = await createPrincipal({ subject: "ada" })
    const channels = [new FakeChannel({ principal: ada }), new FakeChannel()]
    const answers = channels.map((channel) => handle(mcp, listen(everything), channel))
    await settled()
    bus.publish({
      topic: "toolsListChanged",
      method: "notifications/tools/list_changed",
      audience: [ada.key],
    })
    await settled()
    expect(channels.map(({ sent }) => sent.length)).toEqual([2, 1])
    await mcp.close()
    await Promise.all(answers)
  })
})
