import { describe, expect, it } from "vitest"
import { FakeChannel, handle } from "../../test/support/channel.ts"
import { post } from "../../test/support/post.ts"
import { call, rpc } from "../../test/support/rpc.ts"
import { fullServer, quietServer } from "../../test/support/server.ts"
import { deferred, settled } from "../../test/support/timing.ts"
import { connect } from "../testing/index.ts"
import { definePlugin } from "./plugin.ts"

describe("mcp.stats()", () => {
  it("counts answers, errors by code, and tools that failed", async () => {
    const mcp = fullServer()
    await post(mcp, call("add", { a: 1, b: 2 }))
    await post(mcp, call("fail"))
    await post(mcp, call("missing"))
    await post(mcp, rpc("no/such"))
    expect(mcp.stats()).toMatchObject({
      answered: 4,
      toolErrors: 1,
      errors: { "-32602": 1, "-32601": 1 },
      running: 0,
    })
  })

  it("counts the calls that run", async () => {
    const mcp = quietServer()
    const gate = deferred()
    mcp.tool({ name: "wait" }, () => gate.promise)
    const answer = post(mcp, call("wait"))
    await settled()
    expect(mcp.stats()).toMatchObject({ running: 1, answered: 0 })
    gate.resolve()
    await answer
    expect(mcp.stats()).toMatchObject({ running: 0, answered: 1 })
  })

  it("counts open subscriptions", async () => {
    const mcp = fullServer()
    const channel = new FakeChannel()
    const answer = handle(
      mcp,
      rpc("subscriptions/listen", { notifications: { toolsListChanged: true } }),
      channel,
    )
    await settled()
    expect(mcp.stats().subscriptions).toBe(1)
    channel.leave()
    await answer
    expect(mcp.stats().subscriptions).toBe(0)
  })

  it.each(["2024-11-05", "2025-11-25"] as const)("counts sessions and answers of %s", async (revision) => {
    const mcp = fullServer()
    const client = await connect(mcp, { revision })
    await client.callTool("fail").catch(() => undefined)
    expect(mcp.stats()).toMatchObject({ sessions: 1, toolErrors: 1 })
    await client.close()
    expect(mcp.stats().sessions).toBe(0)
  })

  it("does not keep more than a hundred codes apart, which plugins may make up", async () => {
    const mcp = quietServer({
      plugins: [
        definePlugin({
          id: "com.example/x",
          methods: [
            {
              name: "x/fail",
              run: ({ params }) => ({ kind: "failure", error: { code: Number(params.code), message: "no" } }),
            },
          ],
        }),
      ],
    })
    for (let code = 0; code < 150; code++) await post(mcp, rpc("x/fail", { code }))
    const { errors, answered } = mcp.stats()
    expect([Object.keys(errors).length, answered]).toEqual([100, 150])
  })

  it("says whether requests are served", async () => {
    const mcp = quietServer()
    expect(mcp.stats().isReady).toBe(true)
    await mcp.close()
    expect(mcp.stats().isReady).toBe(false)
  })
})
