import { describe, expect, it } from "vitest"
import type { FleetMCP } from "../../src/fleet-mcp.ts"
import { listen, startNode, trapErrors } from "./entries.ts"
import { jsonHeaders } from "./messages.ts"
import { open, statuses, wire } from "./raw.ts"
import { deferred, sampleServer } from "./server.ts"

const get = wire({ path: "/sse", headers: { accept: "text/event-stream" } })

/** A client on a raw connection, with a session, whose calls are sent on connections of their own. */
async function opened(mcp: FleetMCP) {
  const port = await listen(mcp.node)
  const client = open(port, { allowHalfOpen: true })
  client.write(get)
  const [, path = ""] = /data: (\/messages\S+)/.exec(await client.until(/sessionId=\S+\s/)) ?? []
  const post = async (message: object) => {
    const body = JSON.stringify({ jsonrpc: "2.0", ...message })
    return (await startNode(port, { method: "POST", path, headers: jsonHeaders, body }).answer).status
  }
  const params = { protocolVersion: "2024-11-05", capabilities: {}, clientInfo: { name: "c", version: "1" } }
  await post({ id: 0, method: "initialize", params })
  await client.until(/protocolVersion/)
  return {
    port,
    client,
    post,
    call: (name: string) => post({ id: name, method: "tools/call", params: { name } }),
  }
}

/** A tool that waits, and what it is aborted with. */
function waiting(mcp: FleetMCP) {
  const begun = deferred<void>()
  const aborted = deferred<unknown>()
  mcp.tool({ name: "wait" }, (_, { signal }) => {
    signal.addEventListener("abort", () => aborted.resolve(signal.reason.reason))
    begun.resolve()
    return new Promise<string>(() => undefined)
  })
  return { begun: begun.promise, aborted: aborted.promise }
}

describe("HTTP+SSE survives", () => {
  trapErrors()

  it("a client that does not read: it is cut off, and its calls are aborted", async () => {
    const mcp = sampleServer({ http: { legacySse: true } })
    const { begun, aborted } = waiting(mcp)
    mcp.tool({ name: "flood" }, (_, ctx) => {
      for (let n = 0; n < 64; n++) ctx.log.info("x".repeat(1024 * 1024))
    })
    const { client, call, post } = await opened(mcp)
    await call("wait")
    await begun
    client.socket.pause()
    await call("flood")
    expect(await aborted).toBe("disconnect")
    expect(await post({ id: 1, method: "ping" })).toBe(404)
  })

  it("a client that takes nothing for too long, though little waits for it", async () => {
    const mcp = sampleServer({ http: { legacySse: true, timeouts: { send: 50 } } })
    const { begun, aborted } = waiting(mcp)
    mcp.tool({ name: "drip" }, (_, ctx) => {
      // More than the operating system takes, and less than is cut off at once.
      for (let n = 0; n < 7; n++) ctx.log.info("x".repeat(1024 * 1024))
    })
    const { client, call } = await opened(mcp)
    await call("wait")
    await begun
    client.socket.pause()
    await call("drip")
    expect(await aborted).toBe("disconnect")
  })

  it.each([
    ["a connection that is reset", "resetAndDestroy"],
    ["a connection of which the client closes its half", "end"],
  ] as const)("%s: its calls are aborted", async (_, leave) => {
    const mcp = sampleServer({ http: { legacySse: true } })
    const { begun, aborted } = waiting(mcp)
    const { client, call } = await opened(mcp)
    await call("wait")
    await begun
    client.socket[leave]()
    expect(await aborted).toBe("disconnect")
  })

  it("a flood of streams, and serves others meanwhile", async () => {
    const mcp = sampleServer({ http: { legacySse: true, maxRequests: 40 } })
    const port = await listen(mcp.node)
    const flood = await Promise.all(
      Array.from({ length: 60 }, async () => {
        const client = open(port)
        client.write(get)
        return [client, statuses(await client.until(/endpoint|stream/))[0]] as const
      }),
    )
    const count = (status: number) => flood.filter(([, one]) => one === status).length
    expect([count(200), count(503)]).toEqual([10, 50])
    const init = { jsonrpc: "2.0", id: 1, method: "ping" }
    const other = await startNode(port, { method: "POST", headers: jsonHeaders, body: JSON.stringify(init) })
      .answer
    expect(other.status).toBe(400)
  })

  it("messages sent on while the session is being opened", async () => {
    const mcp = sampleServer({ http: { legacySse: true, maxRequests: 12 } })
    const gate = deferred<void>()
    mcp.use({
      async request(call, next) {
        if (call.method === "initialize") await gate.promise
        return next()
      },
    })
    const port = await listen(mcp.node)
    const client = open(port)
    client.write(get)
    const [, path = ""] = /data: (\/messages\S+)/.exec(await client.until(/sessionId=\S+\s/)) ?? []
    const post = async (message: object) => {
      const body = JSON.stringify({ jsonrpc: "2.0", ...message })
      return (await startNode(port, { method: "POST", path, headers: jsonHeaders, body }).answer).status
    }
    const clientInfo = { name: "c", version: "1" }
    await post({
      id: 0,
      method: "initialize",
      params: { protocolVersion: "2024-11-05", capabilities: {}, clientInfo },
    })
    const answered = []
    for (let id = 1; id <= 20; id++) answered.push(await post({ id, method: "ping" }))
    expect(answered).toEqual([...Array(10).fill(202), ...Array(10).fill(503)])
    gate.resolve()
    await client.until(/"id":10,/)
  })

  it("what is no message", async () => {
    const mcp = sampleServer({ http: { legacySse: true } })
    const { client, post } = await opened(mcp)
    for (const message of [{ id: {} }, { method: 7 }, { result: 1 }, { id: null, method: "ping" }])
      expect(await post(message)).toBe(202)
    await post({ id: "same", method: "tools/call", params: { name: "none" } })
    await client.until(/"id":"same"/)
  })
})

it("HTTP+SSE forgets the streams that are over", async () => {
  const mcp = sampleServer({ http: { legacySse: true, maxRequests: 4 } })
  const port = await listen(mcp.node)
  for (let round = 0; round < 20; round++) {
    const client = open(port)
    client.write(get)
    await client.until(/endpoint/)
    client.socket.end()
    client.socket.destroy()
    await expect
      .poll(async () => {
        const probe = await startNode(port, { path: "/sse" }).answer
        probe.leave()
        return probe.status
      })
      .toBe(200)
  }
})
