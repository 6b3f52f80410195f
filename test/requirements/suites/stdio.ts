import { describe, expect, onTestFinished, vi } from "vitest"
import { FleetMCP } from "../../../src/index.ts"
import { rpc } from "../../support/rpc.ts"
import { fullServer, quietServer } from "../../support/server.ts"
import { speak, type Written } from "../../support/stdio.ts"
import { deferred } from "../../support/timing.ts"
import { requirement } from "../register.ts"

const hello = {
  jsonrpc: "2.0",
  id: "hello",
  method: "initialize",
  params: { protocolVersion: "2025-11-25", capabilities: {}, clientInfo: { name: "c", version: "1" } },
}

describe("stdio", () => {
  requirement(
    "S-040 S-047 S-048",
    "is one message per line, over any byte streams, with the messages of HTTP",
    async () => {
      const { send, until, messages } = speak(fullServer())
      send(rpc("tools/call", { name: "add", arguments: { a: 1, b: 2 } }).message)
      expect(await until(({ id }) => id !== undefined)).toMatchObject({ result: { structuredContent: 3 } })
      expect(messages()).toHaveLength(1)
    },
  )

  requirement("S-042", "carries no requests of the server in 2026-07-28", async () => {
    const mcp = quietServer()
    mcp.tool({ name: "ask" }, async (_, ctx) => JSON.stringify(await ctx.sample("Hello?")))
    const { send, until, messages } = speak(mcp)
    send(
      rpc("tools/call", { name: "ask" }, { "io.modelcontextprotocol/clientCapabilities": { sampling: {} } })
        .message,
    )
    await until(({ result }) => result !== undefined)
    expect(messages().filter(({ method }) => method !== undefined)).toEqual([])
  })

  requirement("S-043", "stops what is cancelled and says nothing more of it", async () => {
    const mcp = quietServer()
    const aborted = deferred<void>()
    mcp.tool({ name: "wait" }, async (_, { signal }) => {
      await new Promise((resolve) => signal.addEventListener("abort", resolve))
      aborted.resolve()
    })
    const { send, until, messages } = speak(mcp)
    send({ ...rpc("tools/call", { name: "wait" }).message, id: "wait" })
    send({ jsonrpc: "2.0", method: "notifications/cancelled", params: { requestId: "wait" } })
    await aborted.promise
    send({ ...rpc("server/discover").message, id: "last" })
    await until(({ id }) => id === "last")
    expect(messages()).toHaveLength(1)
  })

  requirement("S-041", "logs what goes wrong to standard error, as UTF-8", async () => {
    const error = vi.spyOn(console, "error").mockReturnValue()
    onTestFinished(() => error.mockRestore())
    const mcp = new FleetMCP("Test")
    mcp.tool({ name: "boom" }, () => {
      throw new TypeError("żółć")
    })
    const { send, until } = speak(mcp)
    send({ ...rpc("tools/call", { name: "boom" }).message, id: "boom" })
    await until(({ id }) => id === "boom")
    expect(error.mock.calls.flat().map(String).join()).toContain("żółć")
  })

  requirement("S-044", "is over when the input ends", async () => {
    const { input, running } = speak(fullServer())
    input.end()
    expect(await running.closed).toBeUndefined()
  })

  requirement("S-045", "tells several subscriptions apart by their ids", async () => {
    const mcp = fullServer()
    const { send, until } = speak(mcp)
    for (const id of ["one", "two"])
      send({ ...rpc("subscriptions/listen", { notifications: { toolsListChanged: true } }).message, id })
    const of = (name: string, id: string) => (message: Written) =>
      message.method === name &&
      JSON.stringify(message).includes(`"io.modelcontextprotocol/subscriptionId":"${id}"`)
    for (const id of ["one", "two"]) await until(of("notifications/subscriptions/acknowledged", id))
    mcp.tool({ name: "later" }, () => "later")
    for (const id of ["one", "two"]) await until(of("notifications/tools/list_changed", id))
  })

  requirement("S-049", "serves a probe of one era and then the other", async () => {
    const { send, until } = speak(fullServer())
    send({ ...rpc("server/discover").message, id: "probe" })
    expect(await until(({ id }) => id === "probe")).toMatchObject({
      result: { supportedVersions: ["2026-07-28"] },
    })
    send(hello)
    expect(await until(({ id }) => id === "hello")).toMatchObject({
      result: { protocolVersion: "2025-11-25" },
    })
  })
})
