import { once } from "node:events"
import { describe, expect, it, onTestFinished } from "vitest"
import type { HttpTimeouts } from "../../src/http/http-options.ts"
import { serveHttp } from "../../src/http/node-runtime.ts"
import type { RunningServer } from "../../src/http/running-server.ts"
import { startNode, trapErrors } from "./entries.ts"
import { callTool, jsonHeaders, rpc } from "./messages.ts"
import { open, statuses, wire } from "./raw.ts"
import { deferred, sampleServer } from "./server.ts"

const add = callTool("add", { a: 1, b: 2 })
const call = wire(add)
const head = (more: string, method = "POST", path = "/mcp") =>
  `${method} ${path} HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-type: application/json\r\n${more}\r\n`

/** Serves with time-outs and checks, when the test ends, that an ordinary call is still answered. */
async function survivor(timeouts: HttpTimeouts = {}, http = {}): Promise<RunningServer> {
  const { node } = sampleServer({ http }).http({ timeouts })
  const server = await serveHttp(node, { port: 0, host: "127.0.0.1", path: "/mcp", timeouts })
  onTestFinished(async () => {
    const { status } = await startNode(server.port, add).answer
    await server.close(0)
    expect(status).toBe(200)
  })
  return server
}

describe("a server survives", () => {
  trapErrors()

  it.each([
    ["a client that says nothing and leaves", ""],
    ["half a request line", "POST /mcp HT"],
    ["half a head", "POST /mcp HTTP/1.1\r\nhost: 127"],
    ["a head without the body it promises", head("content-length: 100\r\n")],
    ["half a body", `${head("content-length: 100\r\n")}{"jsonrpc"`],
    ["half a chunk", `${head("transfer-encoding: chunked\r\n")}20\r\n{"json`],
    ["half an upload to a path that is not there", `${head("content-length: 100\r\n", "POST", "/x")}abc`],
  ])("%s", async (_, bytes) => {
    const { port } = await survivor()
    const client = open(port)
    client.write(bytes)
    await new Promise((resolve) => client.socket.once("connect", resolve))
    // Long enough for the bytes to be parsed: an answer to a later request is on its way.
    await startNode(port, add).answer
    client.socket.resetAndDestroy()
    await client.closed
  })

  it.each([
    ["a bad chunk", `${head("transfer-encoding: chunked\r\n")}zz\r\n{}\r\n0\r\n\r\n`],
    ["a chunk longer than it says", `${head("transfer-encoding: chunked\r\n")}1\r\n{}{}{}\r\n0\r\n\r\n`],
    ["a chunk of absurd size", `${head("transfer-encoding: chunked\r\n")}ffffffffffffffffff\r\n`],
    [
      "a length and chunks at once",
      `${head("content-length: 2\r\ntransfer-encoding: chunked\r\n")}0\r\n\r\n`,
    ],
    ["two lengths", head("content-length: 2\r\ncontent-length: 3\r\n")],
    ["a negative length", head("content-length: -1\r\n")],
    ["a length in words", head("content-length: ten\r\n")],
    ["no host", "POST /mcp HTTP/1.1\r\n\r\n"],
    ["two hosts", head("connection: close\r\nhost: evil.example\r\n")],
    ["one host twice", head("connection: close\r\nHOST: 127.0.0.1\r\n", "GET", "/health")],
    ["a header without a colon", "GET /health HTTP/1.1\r\nhost: localhost\r\nbroken\r\n\r\n"],
    ["a header name with a space", "GET /health HTTP/1.1\r\nhost: localhost\r\na b: c\r\n\r\n"],
    ["a header value with a NUL", "GET /health HTTP/1.1\r\nhost: localhost\r\na: \0\r\n\r\n"],
    ["an unknown method", "BREW /mcp HTTP/1.1\r\nhost: localhost\r\n\r\n"],
    ["an unknown version", "GET /mcp HTTP/9.9\r\nhost: localhost\r\n\r\n"],
    ["TLS", "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03"],
    ["HTTP/2", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"],
    ["noise", "\xff\xfe\xfd\x00\x01".repeat(100)],
  ])("%s, and closes the connection with 400", async (_, bytes) => {
    const { port } = await survivor()
    const client = open(port)
    client.write(Buffer.from(bytes, "latin1"))
    expect(statuses(await client.closed)).toEqual([400])
  })

  it.each([
    "a b",
    "[::1",
    "%",
    "a:99999",
    "<>",
    "",
    "localhost:99999",
    "a/b",
    "a?b",
    "a#b",
    "a@b",
    "\t",
    "a\\b",
  ])("the host `%s`, on the endpoint, on routes and with credentials", async (host) => {
    const auth = { authenticate: () => ({ status: 401, headers: {} }) as const }
    const { node } = sampleServer({
      auth,
      http: { hosts: ["*"], routes: { "GET /x": () => new Response() } },
    })
    const server = await serveHttp(node, { port: 0, host: "127.0.0.1", path: "/mcp" })
    const client = open(server.port)
    client.write(wire({ path: "/x", headers: { host } }))
    client.write(wire({ ...add, headers: { ...add.headers, host, connection: "close" } }))
    expect(statuses(await client.closed).every((status) => status === 400)).toBe(true)
    await server.close(0)
  })

  it.each([
    ["GET", "http://127.0.0.1/health", 200],
    ["GET", "http://evil.example/", 403],
    ["GET", "http://", 400],
    ["GET", "http://[/health", 400],
    ["POST", "//evil.example/mcp", 404],
    ["OPTIONS", "*", 404],
    ["GET", "/%", 404],
    ["GET", "/\\..\\", 404],
    ["GET", "/?%00", 404],
    ["GET", "/mcp#x", 404],
  ])("%s %s, with %i or the parser's own 400", async (method, target, status) => {
    const { port } = await survivor()
    const client = open(port)
    client.write(wire({ method, path: target, headers: { connection: "close" } }))
    expect([status, 400]).toContain(statuses(await client.closed)[0])
  })

  it("the absolute form of the endpoint, whose host counts", async () => {
    const { port } = await survivor()
    const client = open(port)
    client.write(wire({ ...add, path: "http://127.0.0.1/mcp" }))
    await client.until(/"result"/)
    client.write(wire({ ...add, path: "http://evil.example/mcp" }))
    expect(statuses(await client.until(/not answer to the host/))).toEqual([200, 403])
  })

  it("TRACE, with 405", async () => {
    const { port } = await survivor()
    const client = open(port)
    client.write(wire({ method: "TRACE" }))
    expect(statuses(await client.until(/Use POST/))).toEqual([405])
  })

  it("CONNECT, by closing the connection", async () => {
    const { port } = await survivor()
    const client = open(port)
    client.write("CONNECT evil.example:443 HTTP/1.1\r\nhost: evil.example:443\r\n\r\n")
    expect(statuses(await client.closed)).toEqual([])
  })

  it.each(["websocket", "h2c", "x, y"])("an upgrade to %s, which is an ordinary request", async (upgrade) => {
    const { port } = await survivor()
    const client = open(port)
    client.write(wire({ headers: { connection: "upgrade", upgrade } }))
    expect(statuses(await client.until(/without a session/))).toEqual([400])
  })

  it("expectations it does not know, with 417", async () => {
    const { port } = await survivor()
    const client = open(port)
    client.write(wire({ ...add, headers: { ...add.headers, expect: "the unexpected" } }))
    expect(statuses(await client.until(/417/))).toEqual([417])
  })

  it("a client that waits to be told to go on", async () => {
    const { port } = await survivor()
    const client = open(port)
    const [start, body] = wire({ ...add, headers: { ...add.headers, expect: "100-continue" } }).split(
      "\r\n\r\n",
    )
    client.write(`${start}\r\n\r\n`)
    await client.until(/ 100 /)
    client.write(body ?? "")
    expect(statuses(await client.until(/"result"/))).toEqual([100, 200])
  })

  it("a header of 16 kB, with 431", async () => {
    const { port } = await survivor()
    const client = open(port)
    client.write(wire({ headers: { "x-large": "x".repeat(17 * 1024) } }))
    expect(statuses(await client.closed)).toEqual([431])
  })

  it("2,000 headers", async () => {
    const { port } = await survivor()
    const client = open(port)
    const many = Object.fromEntries(Array.from({ length: 2000 }, (_, n) => [`x${n}`, ""]))
    client.write(wire({ ...add, headers: { ...add.headers, ...many, connection: "close" } }))
    expect([200, 431]).toContain(statuses(await client.closed)[0])
  })

  it.each(["host", "origin", "content-type", "mcp-method", "mcp-protocol-version", "authorization"])(
    "the header `%s` twice",
    async (name) => {
      const { port } = await survivor()
      const client = open(port)
      client.write(call.replace("\r\n\r\n", `\r\n${name}: other\r\nconnection: close\r\n\r\n`))
      const [status] = statuses(await client.closed)
      expect(status).toBeLessThan(500)
    },
  )

  it("100 pipelined requests, answered in order", async () => {
    const { port } = await survivor()
    const client = open(port)
    const requests = Array.from({ length: 100 }, (_, id) => wire(callTool("add", { a: id, b: 0 }, { id })))
    client.write(requests.join(""))
    const text = await client.until(/"id":99,/)
    expect([...text.matchAll(/"id":(\d+),/g)].map(([, id]) => Number(id))).toEqual(
      requests.map((_, id) => id),
    )
  })

  it("subscriptions that wait in a pipeline behind another: they end with their connection", async () => {
    const mcp = sampleServer({ maxSubscriptions: 3 })
    const server = await serveHttp(mcp.node, { port: 0, host: "127.0.0.1", path: "/mcp" })
    const subscribe = wire(rpc("subscriptions/listen", { notifications: { toolsListChanged: true } }))
    for (let round = 0; round < 5; round++) {
      const client = open(server.port)
      client.write(subscribe.repeat(3))
      expect(await client.until(/acknowledged/)).not.toContain("429")
      const gone = client.closed
      client.socket.resetAndDestroy()
      await gone
      await startNode(server.port, add).answer
    }
    await server.close(0)
  })

  it("calls that wait in a pipeline: they are aborted with their connection", async () => {
    const reasons: string[] = []
    const entered = deferred<void>()
    const aborted = deferred<void>()
    const mcp = sampleServer()
    let running = 0
    mcp.tool({ name: "wait" }, (_, { signal }) => {
      if (++running === 20) entered.resolve()
      return new Promise<string>((resolve) => {
        signal.addEventListener("abort", () => {
          reasons.push(signal.reason.reason)
          if (reasons.length === 20) aborted.resolve()
          resolve("late")
        })
      })
    })
    const server = await serveHttp(mcp.node, { port: 0, host: "127.0.0.1", path: "/mcp" })
    const client = open(server.port)
    client.write(wire(callTool("wait")).repeat(20))
    await entered.promise
    client.socket.resetAndDestroy()
    await aborted.promise
    expect(new Set(reasons)).toEqual(new Set(["disconnect"]))
    await server.close(0)
  })

  it("noise after a request: the answer is not spoilt by it", async () => {
    const { port } = await survivor()
    const client = open(port)
    client.write(`${call}\0\0\0noise`)
    const text = await client.closed
    expect(statuses(text)[0]).toSatisfy((status) => status === 200 || status === 400)
  })

  it("20 MB with a declared length: the client gets to see the 413 even if it writes all before it reads", async () => {
    const { port } = await survivor()
    const body = "x".repeat(20 * 1024 * 1024)
    const client = open(port)
    client.socket.pause()
    client.write(wire({ ...add, body }))
    await new Promise((resolve) => client.socket.once("drain", resolve))
    client.socket.resume()
    expect(statuses(await client.closed)).toEqual([413])
  })

  it("20 MB in chunks, with 413", async () => {
    const { port } = await survivor()
    const client = open(port)
    client.write(head("transfer-encoding: chunked\r\n"))
    const chunk = `10000\r\n${" ".repeat(0x10000)}\r\n`
    for (let n = 0; n < 320 && client.socket.writable; n++) client.write(chunk)
    expect(statuses(await client.until(/larger than/))).toEqual([413])
  })

  it("chunks without end, and gives their sender up", async () => {
    const { port } = await survivor()
    const client = open(port)
    client.write(head("transfer-encoding: chunked\r\n"))
    const chunk = `10000\r\n${" ".repeat(0x10000)}\r\n`
    const send = () => {
      while (client.socket.writable && client.socket.write(chunk));
    }
    client.socket.on("drain", send)
    send()
    expect(statuses(await client.closed)).toEqual([413])
  })

  it("keeps the connection of a small request that it refuses", async () => {
    const { port } = await survivor()
    const client = open(port)
    client.write(wire({ ...add, path: "/nowhere" }) + call)
    expect(statuses(await client.until(/"result"/))).toEqual([404, 200])
  })

  it("keeps the connection of small chunks that it refuses before they have come", async () => {
    const { port } = await survivor()
    const client = open(port)
    client.write(head("transfer-encoding: chunked\r\n", "POST", "/nowhere"))
    await client.until(/Nothing is served/)
    client.write(`2\r\n{}\r\n0\r\n\r\n${call}`)
    expect(statuses(await client.until(/"result"/))).toEqual([404, 200])
  })

  it("chunks without end that it refuses for another reason", async () => {
    const { port } = await survivor()
    const client = open(port)
    client.write(head("transfer-encoding: chunked\r\n", "POST", "/nowhere"))
    const chunk = `10000\r\n${" ".repeat(0x10000)}\r\n`
    const send = () => {
      while (client.socket.writable && client.socket.write(chunk));
    }
    client.socket.on("drain", send)
    send()
    expect(statuses(await client.closed)).toEqual([404])
  })

  it("routes that leave a large body unread: the connection can be used again", async () => {
    const { port } = await survivor({}, { routes: { "POST /x": () => new Response("no need") } })
    const client = open(port)
    const upload = wire({ method: "POST", path: "/x", body: "x".repeat(1_000_000) })
    client.write(upload + upload + call)
    expect(statuses(await client.until(/"result"/))).toEqual([200, 200, 200])
  })

  it("clients that are slow with the head, for as long as `head` says", async () => {
    const { port } = await survivor({ head: 100 })
    const client = open(port)
    client.write("POST /mcp HTTP/1.1\r\nhost: 127.0.0.1\r\n")
    const drip = setInterval(() => client.write("x: y\r\n"), 10)
    expect(statuses(await client.closed)).toEqual([408])
    clearInterval(drip)
  })

  it("clients that are slow with the body, for as long as `request` says", async () => {
    const { port } = await survivor({ request: 100 })
    const client = open(port)
    client.write(`${head("content-length: 1000000\r\n")}{`)
    const drip = setInterval(() => client.write(" "), 10)
    expect(statuses(await client.closed)).toEqual([408])
    clearInterval(drip)
  })

  it("connections without requests, for as long as `idle` says", async () => {
    const { port } = await survivor({ idle: 50 })
    const client = open(port)
    client.write(call)
    expect(statuses(await client.closed)).toEqual([200])
  })

  it("calls that take longer than all of these", async () => {
    const mcp = sampleServer()
    mcp.tool({ name: "slow" }, () => new Promise((resolve) => setTimeout(() => resolve("done"), 300)))
    const timeouts = { head: 50, request: 50, idle: 50, send: 50 }
    const server = await serveHttp(mcp.http({ timeouts }).node, {
      port: 0,
      host: "127.0.0.1",
      path: "/mcp",
      timeouts,
    })
    const client = open(server.port)
    client.write(wire(callTool("slow")))
    expect(await client.until(/done/)).toContain("HTTP/1.1 200")
    await server.close(0)
  })

  it("readers that take nothing of a large answer, for as long as `send` says", async () => {
    const mcp = sampleServer()
    mcp.tool({ name: "big" }, () => "x".repeat(32 * 1024 * 1024))
    const timeouts = { send: 100 }
    const server = await serveHttp(mcp.http({ timeouts }).node, { port: 0, host: "127.0.0.1", path: "/mcp" })
    const client = open(server.port)
    client.write(wire(callTool("big")))
    await once(client.socket, "data")
    client.socket.pause()
    // The server's side closes, which one that does not read learns when it reads again.
    await vanished(server)
    client.socket.resume()
    expect((await client.closed).length).toBeLessThan(32 * 1024 * 1024)
    await server.close(0)
  })

  it("being closed while a reader still takes a large answer, which comes whole", async () => {
    const mcp = sampleServer()
    const size = 32 * 1024 * 1024
    mcp.tool({ name: "big" }, () => "x".repeat(size))
    const server = await serveHttp(mcp.node, { port: 0, host: "127.0.0.1", path: "/mcp" })
    const client = open(server.port)
    client.write(wire(callTool("big")))
    await once(client.socket, "data")
    client.socket.pause()
    const closed = server.close(60_000)
    client.socket.resume()
    expect((await client.closed).length).toBeGreaterThan(size)
    await closed
  })

  it("readers that take a large answer slowly but steadily", async () => {
    const mcp = sampleServer()
    mcp.tool({ name: "big" }, () => "x".repeat(8 * 1024 * 1024))
    const timeouts = { send: 200 }
    const server = await serveHttp(mcp.http({ timeouts }).node, { port: 0, host: "127.0.0.1", path: "/mcp" })
    const client = open(server.port)
    const sip = setInterval(() => {
      client.socket.resume()
      setTimeout(() => client.socket.pause(), 2)
    }, 20)
    client.write(wire({ ...callTool("big"), headers: { ...callTool("big").headers, connection: "close" } }))
    expect((await client.closed).length).toBeGreaterThan(8 * 1024 * 1024)
    clearInterval(sip)
    await server.close(0)
  })

  it("half-open connections: a client that has said all still gets its answer", async () => {
    const { port } = await survivor()
    const client = open(port, { allowHalfOpen: true })
    client.socket.end(call)
    expect(statuses(await client.closed)).toEqual([200])
  })

  it("500 connections that are dropped in the middle of their requests", async () => {
    const { port } = await survivor()
    const clients = Array.from({ length: 500 }, (_, n) => {
      const client = open(port)
      client.write(call.slice(0, (n * 7) % call.length))
      client.socket.once("connect", () => client.socket.resetAndDestroy())
      return client.closed
    })
    await Promise.all(clients)
  })

  it("streams that are dropped while they are written", async () => {
    const { port } = await survivor()
    const request = wire(callTool("steps", { steps: 5000 }, { meta: { progressToken: 1 } }))
    const clients = Array.from({ length: 50 }, () => {
      const client = open(port)
      client.write(request)
      client.socket.once("data", () => client.socket.resetAndDestroy())
      return client.closed
    })
    await Promise.all(clients)
  })

  it("bodies of every kind of nesting at the limit of size", async () => {
    const { port } = await survivor()
    for (const [left, right] of [
      ["[", "]"],
      ['{"a":', "}"],
      ['{"params":', "}"],
    ] as const) {
      const depth = Math.floor((4 * 1024 * 1024 - 10) / (left.length + right.length))
      const body = `${left.repeat(depth)}1${right.repeat(depth)}`
      const { status } = await startNode(port, { method: "POST", headers: jsonHeaders, body }).answer
      expect(status).toBe(400)
    }
  })
})

/** Waits until a server has no connection left. */
async function vanished(server: RunningServer): Promise<void> {
  // `close` resolves when the last connection is gone; nothing else tells.
  await server.close(60_000)
}
