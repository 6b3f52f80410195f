import { once } from "node:events"
import { createServer } from "node:http"
import type { AddressInfo, Socket } from "node:net"
import { describe, expect, it, onTestFinished, vi } from "vitest"
import type { HttpOptions } from "../../src/http/http-options.ts"
import { serveHttp } from "../../src/http/node-runtime.ts"
import { createPrincipal } from "../../src/protocol/principal.ts"
import { describeEntries, startNode, trapErrors, turn } from "./entries.ts"
import { callTool } from "./messages.ts"
import { open, statuses, wire } from "./raw.ts"
import { deferred, quietServer, sampleServer } from "./server.ts"

/** A server with a tool that waits until it is let go or aborted, and counts. */
async function waiting(http: HttpOptions = {}) {
  const mcp = quietServer({ http })
  const counts = { entered: 0, aborted: 0 }
  const released = deferred<void>()
  mcp.tool({ name: "wait" }, async (_, { signal }) => {
    counts.entered++
    if (signal.aborted) counts.aborted++
    else signal.addEventListener("abort", () => counts.aborted++)
    await released.promise
    return "done"
  })
  mcp.tool({ name: "quick" }, () => "ok")
  mcp.tool({ name: "medium" }, () => "x".repeat(60_000))
  const server = await serveHttp(mcp.node, { port: 0, host: "127.0.0.1", path: "/mcp" })
  onTestFinished(() => server.close(0))
  return { mcp, server, counts, release: () => released.resolve() }
}

/** Serves, and hears when the first connection is over on the server's side, of which a client that reads nothing does not. */
async function watched(http: HttpOptions) {
  const { mcp } = await waiting(http)
  const first = deferred<Socket>()
  const server = createServer(mcp.node).listen(0, "127.0.0.1")
  server.once("connection", first.resolve)
  await once(server, "listening")
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  // Listening on a port, it has an address with one.
  const { port } = server.address() as AddressInfo
  const client = open(port)
  client.socket.pause()
  const socket = await first.promise
  const gone = new Promise<void>((resolve) => socket.once("close", () => resolve()))
  return { port, client, gone }
}

const wait = wire(callTool("wait"))

describe("requests of one connection", () => {
  trapErrors()

  it("may be open 100 at a time", async () => {
    const { server, counts, release } = await waiting()
    const client = open(server.port)
    client.write(wait.repeat(100) + wire({ path: "/health", headers: { connection: "close" } }))
    while (counts.entered < 100) await startNode(server.port, callTool("quick")).answer
    release()
    const found = statuses(await client.closed)
    expect([found.length, new Set(found.slice(0, 100))]).toEqual([101, new Set([200])])
  })

  it("are refused with 503 beyond that, and the connection closed after it", async () => {
    const { server, counts, release } = await waiting()
    const client = open(server.port)
    client.write(wait.repeat(101))
    while (counts.entered < 100) await startNode(server.port, callTool("quick")).answer
    release()
    const text = await client.closed
    expect(statuses(text).at(-1)).toBe(503)
    expect(text).toMatch(/retry-after: \d/i)
    expect(counts).toEqual({ entered: 100, aborted: 0 })
  })

  it("are cut off with their connection when they do not stop coming", async () => {
    const { server, counts } = await waiting()
    const client = open(server.port)
    const block = wait.repeat(100)
    const send = () => {
      while (client.socket.writable && client.socket.write(block));
    }
    client.socket.on("drain", send)
    send()
    await client.closed
    while (counts.entered === 0 || counts.aborted < counts.entered)
      await startNode(server.port, callTool("quick")).answer
    expect(counts.entered).toBeLessThanOrEqual(100)
  })

  it("count only while they are open", async () => {
    const { server } = await waiting()
    const client = open(server.port)
    for (let round = 1; round <= 5; round++) {
      const ids = Array.from({ length: 60 }, (_, n) => wire(callTool("quick", {}, { id: `${round}-${n}` })))
      client.write(ids.join(""))
      await client.until(new RegExp(`"id":"${round}-59"`))
    }
  })
})

describeEntries("requests under way at once", (serve) => {
  it("are refused with 503 beyond `maxRequests`, and served again when others are done", async () => {
    const { mcp, counts, release } = await waiting({ maxRequests: 2 })
    const t = await serve(mcp)
    const first = [t.send(callTool("wait")), t.send(callTool("wait"))]
    while (counts.entered < 2) await t.send({ path: "/health" })
    const refused = await t.send(callTool("quick"))
    expect([refused.status, refused.headers.get("retry-after")]).toEqual([503, "1"])
    expect(refused.json.error.message).toContain("`http.maxRequests`")
    release()
    await Promise.all(first)
    expect((await t.send(callTool("quick"))).status).toBe(200)
  })

  it("no longer count when their client has left", async () => {
    const { mcp, counts } = await waiting({ maxRequests: 1 })
    const t = await serve(mcp)
    const left = t.start(callTool("wait"))
    while (counts.entered < 1) await t.send({ path: "/health" })
    left.answer.catch(() => undefined)
    left.leave()
    while (counts.aborted < 1) await t.send({ path: "/health" })
    await turn()
    expect((await t.send(callTool("quick"))).status).toBe(200)
  })
})

/** A server whose authenticator lets nobody go on before it is told to. */
function asked(max: number) {
  const released = deferred<void>()
  const ann = createPrincipal({ subject: "ann" })
  const seen = { authenticated: 0, entered: 0 }
  const mcp = quietServer({
    http: { maxRequests: max },
    auth: {
      async authenticate({ headers }) {
        if (headers.get("authorization") === "throw") throw new TypeError("no")
        if (headers.get("authorization") === "refuse") return { status: 401 }
        seen.authenticated++
        await released.promise
        return ann
      },
    },
  })
  mcp.tool({ name: "quick" }, () => {
    seen.entered++
    return "ok"
  })
  return { mcp, seen, release: () => released.resolve() }
}

describeEntries("a burst of requests", (serve) => {
  it("is bounded by `maxRequests` before anybody is authenticated", async () => {
    const { mcp, seen, release } = asked(2)
    const t = await serve(mcp)
    let answered = 0
    const all = Array.from({ length: 6 }, () => t.send(callTool("quick")))
    for (const each of all) each.then(() => answered++)
    while (seen.authenticated + answered < 6) await t.send({ path: "/health" })
    release()
    const found = (await Promise.all(all)).map(({ status }) => status)
    expect(found.sort()).toEqual([200, 200, 503, 503, 503, 503])
    expect(seen).toEqual({ authenticated: 2, entered: 2 })
  })

  it("is bounded while bodies come, and its places are given back when clients leave", async () => {
    const mcp = sampleServer({ http: { maxRequests: 1 } })
    const t = await serve(mcp)
    const body = () => new ReadableStream<Uint8Array>({ pull: () => new Promise(() => undefined) })
    const call = callTool("add", { a: 1, b: 2 })
    for (const headers of [call.headers ?? {}, { ...call.headers, "content-length": "99" }]) {
      const slow = t.start({ ...call, headers, body: body() })
      slow.answer.catch(() => undefined)
      const statusNow = async () => (await t.send(call)).status
      while ((await statusNow()) !== 503);
      slow.leave()
      while ((await statusNow()) !== 200);
    }
  })

  it("gives places back when authenticators throw, refuse, or are left by their clients", async () => {
    const { mcp, seen, release } = asked(1)
    const t = await serve(mcp)
    const as = (authorization: string) => ({ headers: { ...callTool("quick").headers, authorization } })
    expect((await t.send({ ...callTool("quick"), ...as("throw") })).status).toBe(500)
    expect((await t.send({ ...callTool("quick"), ...as("refuse") })).status).toBe(401)
    const left = t.start(callTool("quick"))
    left.answer.catch(() => undefined)
    while (seen.authenticated < 1) await t.send({ path: "/health" })
    left.leave()
    while ((await t.send({ ...callTool("quick"), ...as("refuse") })).status !== 401);
    release()
    expect((await t.send(callTool("quick"))).status).toBe(200)
  })

  it("gives places back for bodies that are no JSON, too large, or of another type", async () => {
    const t = await serve(sampleServer({ http: { maxRequests: 1, bodyLimit: 2000 } }))
    const add = callTool("add", { a: 1, b: 2 })
    const bad = [
      { ...add, body: "{" },
      { ...add, body: "x".repeat(2001) },
      { ...add, body: new Blob(["x".repeat(2001)]).stream() },
      { ...add, headers: { ...add.headers, "content-type": "text/plain" } },
      { ...add, body: "[]" },
    ]
    const statuses: number[] = []
    for (const request of bad) statuses.push((await t.send(request)).status)
    expect(statuses).toEqual([400, 413, 413, 415, 400])
    expect((await t.send(add)).status).toBe(200)
  })

  it("gives the place of a stream back when it ends", async () => {
    const t = await serve(sampleServer({ http: { maxRequests: 1 } }))
    const steps = () => t.send(callTool("steps", { steps: 2 }, { meta: { progressToken: 1 } }))
    expect((await steps()).status).toBe(200)
    await turn()
    expect((await steps()).status).toBe(200)
  })

  it("is still counted when a route is added meanwhile", async () => {
    const { mcp, counts, release } = await waiting({ maxRequests: 1 })
    const t = await serve(mcp)
    const first = t.send(callTool("wait"))
    while (counts.entered < 1) await t.send({ path: "/health" })
    mcp.route("GET /late", () => new Response("here"))
    expect((await t.send(callTool("quick"))).status).toBe(503)
    release()
    await first
    expect((await t.send(callTool("quick"))).status).toBe(200)
  })
})

describe("an answer", () => {
  trapErrors()

  it("is one write, head and body, which is the way that costs least", async () => {
    const { mcp } = await waiting()
    const server = createServer(mcp.node).listen(0, "127.0.0.1")
    onTestFinished(() => void server.close())
    await once(server, "listening")
    const connected = once(server, "connection")
    // Listening on a port, it has an address with one.
    const { port } = server.address() as AddressInfo
    const client = open(port)
    const [socket] = (await connected) as [Socket]
    const single = vi.spyOn(socket, "_write")
    const several = vi.spyOn(socket as Required<Pick<Socket, "_writev">>, "_writev")
    client.write(wire(callTool("quick")))
    await client.until(/"ok"/)
    client.write(wire(callTool("nothing of that name", {})))
    await client.until(/-32602/)
    expect([single.mock.calls.length, several.mock.calls.length]).toEqual([2, 0])
  })
})

describe("an answer through a framework that wraps the response", () => {
  trapErrors()

  // As express-session does, which saves the session before it ends the answer.
  it("is given whole to its `end`, which may hold it back", async () => {
    const { mcp } = await waiting()
    const given: unknown[] = []
    const listening = createServer((req, res) => {
      const { end } = res
      // The types of `end` are overloads, of which this is one.
      res.end = ((body: unknown) => {
        given.push(body)
        return end.call(res, body as string, "utf8")
      }) as typeof end
      mcp.node(req, res)
    }).listen(0, "127.0.0.1")
    onTestFinished(() => void listening.close())
    await once(listening, "listening")
    // Listening on a port, it has an address with one.
    const { port } = listening.address() as AddressInfo
    const client = open(port)
    client.write(wire(callTool("quick")))
    await client.until(/"ok"/)
    expect(given).toEqual([expect.stringContaining('"ok"')])
  })
})

describe("a client that reads nothing is cut off after `send`", () => {
  trapErrors()

  const timeouts = { send: 100 }

  // 6 MB in all: more than the buffers of the operating system take.
  it("when answers of ordinary size add up in a pipeline", async () => {
    const { client, gone } = await watched({ timeouts })
    client.write(wire(callTool("medium")).repeat(100))
    await gone
  })

  it("when answers of ordinary size add up, call by call", async () => {
    const { port, client, gone } = await watched({ timeouts })
    for (let n = 0; n < 100; n++) {
      client.write(wire(callTool("medium")))
      await startNode(port, { path: "/health" }).answer
    }
    await gone
  })

  it.each([
    ["a large body", () => new Response(new Uint8Array(50_000_000))],
    [
      "an endless body",
      () =>
        new Response(
          new ReadableStream({ pull: (controller) => controller.enqueue(new Uint8Array(65_536)) }),
        ),
    ],
  ])("when a route answers with %s", async (_, route) => {
    const { client, gone } = await watched({ timeouts, routes: { "GET /big": route } })
    client.write(wire({ path: "/big" }))
    await gone
  })

  it("but not while a route has nothing to send", async () => {
    const more = deferred<void>()
    const body = new ReadableStream<Uint8Array>({
      async start(controller) {
        controller.enqueue(new TextEncoder().encode("first"))
        await more.promise
        controller.enqueue(new TextEncoder().encode("last"))
        controller.close()
      },
    })
    const { server } = await waiting({ timeouts, routes: { "GET /slow": () => new Response(body) } })
    const client = open(server.port)
    client.write(wire({ path: "/slow" }))
    await client.until(/first/)
    await new Promise((resolve) => setTimeout(resolve, 250))
    more.resolve()
    expect(await client.until(/last/)).toContain("last")
  })
})
