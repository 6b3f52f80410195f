import { spawn } from "node:child_process"
import { once } from "node:events"
import { createServer } from "node:http"
import type { AddressInfo } from "node:net"
import { text } from "node:stream/consumers"
import { fileURLToPath } from "node:url"
import { describe, expect, it, onTestFinished, vi } from "vitest"
import type { FleetMCP } from "../../src/fleet-mcp.ts"
import type { RunningServer } from "../../src/http/running-server.ts"
import { definePlugin } from "../../src/index.ts"
import { startNode, trapErrors } from "./entries.ts"
import { callTool, eventsOf, rpc } from "./messages.ts"
import { open, wire } from "./raw.ts"
import { deferred, quietServer } from "./server.ts"

/** A server with one tool that works until it is released or aborted. */
function working() {
  const entered = deferred<void>()
  const release = deferred<string>()
  const aborted = deferred<string>()
  const mcp = quietServer()
  mcp.tool({ name: "work" }, (_, { signal }) => {
    entered.resolve()
    signal.addEventListener("abort", () => aborted.resolve(signal.reason.reason))
    return release.promise
  })
  return { mcp, entered: entered.promise, finish: release.resolve, aborted: aborted.promise }
}

const run = (mcp: FleetMCP): Promise<RunningServer> => mcp.run({ transport: "http", port: 0, inTests: true })

describe("closing a server", () => {
  trapErrors()

  it("stops listening", async () => {
    const { mcp } = working()
    const { port } = await run(mcp)
    await mcp.close()
    await expect(startNode(port, { path: "/health" }).answer).rejects.toMatchObject({ code: "ECONNREFUSED" })
  })

  it("lets running calls finish", async () => {
    const { mcp, entered, finish } = working()
    const { port } = await run(mcp)
    const { answer } = startNode(port, callTool("work"))
    await entered
    const closed = mcp.close({ graceMs: 60_000 })
    finish("in time")
    expect(await (await answer).until(/in time/)).toContain('"result"')
    await closed
  })

  it("takes no more calls meanwhile", async () => {
    const { mcp, entered, finish } = working()
    const { port } = await run(mcp)
    const client = open(port)
    client.write(wire(callTool("work")))
    await entered
    const closed = mcp.close({ graceMs: 60_000 })
    client.write(wire(callTool("work", {}, { id: 2 })))
    finish("first")
    expect(await client.closed).toMatch(/first|503/)
    await closed
  })

  it("aborts what takes longer with the reason `shutdown`, and says so to the client", async () => {
    const { mcp, entered, aborted } = working()
    const { port } = await run(mcp)
    const { answer } = startNode(port, callTool("work"))
    await entered
    const closed = mcp.close({ graceMs: 10 })
    expect(await aborted).toBe("shutdown")
    const { status, until } = await answer
    expect([status, await until(/shutting down/)]).toEqual([503, expect.stringContaining("-32603")])
    await closed
  })

  it("ends subscriptions with their result", async () => {
    const { mcp } = working()
    const { port } = await run(mcp)
    const stream = await startNode(
      port,
      rpc("subscriptions/listen", { notifications: { toolsListChanged: true } }),
    ).answer
    await stream.until(/acknowledged/)
    const closed = mcp.close({ graceMs: 60_000 })
    const [last] = eventsOf(await stream.until(/"result"/))
    expect(last).toMatchObject({ id: 1, result: { resultType: "complete" } })
    expect(await stream.next()).toBeUndefined()
    await closed
  })

  it("closes connections that are kept open without a request", async () => {
    const { mcp } = working()
    const { port } = await run(mcp)
    const client = open(port)
    client.write(wire({ path: "/health" }))
    await client.until(/ok/)
    await mcp.close({ graceMs: 60_000 })
    await client.closed
  })

  it("closes connections that never sent a request", async () => {
    const { mcp } = working()
    const { port } = await run(mcp)
    const client = open(port)
    await new Promise((resolve) => client.socket.once("connect", resolve))
    await startNode(port, { path: "/health" }).answer
    await mcp.close({ graceMs: 60_000 })
    await client.closed
  })

  it("cuts clients that never finish their request", async () => {
    const { mcp } = working()
    const { port } = await run(mcp)
    const client = open(port)
    client.write(
      "POST /mcp HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\ncontent-length: 9\r\n\r\n{",
    )
    await startNode(port, { path: "/health" }).answer
    await mcp.close({ graceMs: 10 })
    await client.closed
  })

  it("is done once, however often it is asked for", async () => {
    const { mcp } = working()
    await run(mcp)
    const closing = mcp.close()
    expect(mcp.close({ graceMs: 1 })).toBe(closing)
    await closing
    await mcp.close()
  })

  it("works without a server", async () => {
    await expect(quietServer().close()).resolves.toBeUndefined()
  })

  it("works for several servers at once", async () => {
    const { mcp } = working()
    const servers = [await run(mcp), await run(mcp)]
    await mcp.close()
    for (const { port } of servers) await expect(startNode(port, {}).answer).rejects.toThrow()
  })

  it("works while the server starts: nothing listens afterwards", async () => {
    const mcp = quietServer()
    const started = deferred<void>()
    mcp.plugin(definePlugin({ id: "test/slow", lifespan: () => started.promise.then(() => undefined) }))
    const running = run(mcp).then(
      ({ port }) => ({ port }),
      (error: { code?: string }) => ({ code: error.code }),
    )
    const closed = mcp.close()
    started.resolve()
    await closed
    expect(await running).toEqual({ code: "SERVER_CLOSED" })
  })

  it("is what `await using` does", async () => {
    let port = 0
    {
      await using mcp = quietServer()
      port = (await run(mcp)).port
    }
    await expect(startNode(port, {}).answer).rejects.toThrow()
  })

  it("can be had for one listening server alone", async () => {
    const { mcp } = working()
    const first = await run(mcp)
    const second = await run(mcp)
    await first.close(0)
    await expect(startNode(first.port, {}).answer).rejects.toThrow()
    expect((await startNode(second.port, { path: "/health" }).answer).status).toBe(200)
    await mcp.close()
  })

  it.each([2_147_483_647, Number.POSITIVE_INFINITY])(
    "waits no shorter for a grace of %d",
    async (graceMs) => {
      const { mcp } = working()
      const server = await run(mcp)
      const set = vi.spyOn(globalThis, "setTimeout")
      onTestFinished(() => set.mockRestore())
      await server.close(graceMs)
      expect(set.mock.calls.map(([, ms]) => ms)).toContain(2_147_483_647)
      await mcp.close()
    },
  )

  it("leaves nothing that keeps the process", async () => {
    const script = fileURLToPath(new URL("fixtures/run-and-close.ts", import.meta.url))
    const child = spawn(process.execPath, ["--import", "tsx", script], {
      stdio: ["ignore", "pipe", "inherit"],
    })
    onTestFinished(() => void child.kill("SIGKILL"))
    const printed = text(child.stdout)
    const [code] = await once(child, "exit")
    expect([code, await printed]).toEqual([0, "closed\n"])
  }, 20_000)
})

describe("running a server", () => {
  trapErrors()

  it("says where it listens", async () => {
    await using mcp = quietServer({ http: { path: "/tools" } })
    const { url, port } = await run(mcp)
    expect(url).toBe(`http://127.0.0.1:${port}/tools`)
  })

  it("refuses a port in use with FLEET-10, the port and a free one", async () => {
    const other = createServer().listen(0, "127.0.0.1")
    onTestFinished(() => void other.close())
    await new Promise((resolve) => other.once("listening", resolve))
    const { port } = other.address() as AddressInfo
    await using mcp = quietServer()
    const error = await mcp.run({ transport: "http", port, inTests: true }).catch((reason) => reason)
    expect(error).toMatchObject({ code: "FLEET-10", port, message: expect.stringContaining(`\`${port}\``) })
    expect(error.freePort).toBeGreaterThan(port)
    expect(error.fix).toContain(String(error.freePort))
    expect(error.cause.code).toBe("EADDRINUSE")
  })

  it("refuses an address that is not this machine's", async () => {
    await using mcp = quietServer()
    const running = mcp.run({ transport: "http", port: 0, host: "192.0.2.1", inTests: true })
    await expect(running).rejects.toMatchObject({
      code: "CANNOT_LISTEN",
      message: expect.stringContaining("192.0.2.1"),
    })
  })

  it("can be tried again on another port", async () => {
    await using mcp = quietServer()
    const { port } = await run(mcp)
    await expect(mcp.run({ transport: "http", port, inTests: true })).rejects.toMatchObject({
      code: "FLEET-10",
    })
    expect((await run(mcp)).port).not.toBe(port)
  })
})
