import { createServer, type IncomingMessage } from "node:http"
import http2 from "node:http2"
import type { AddressInfo } from "node:net"
import { describe, expect, it, onTestFinished } from "vitest"
import type { NodeListener } from "../../src/http/node.ts"
import type { LogRecord } from "../../src/server/server-log.ts"
import { listen, startNode, trapErrors } from "./entries.ts"
import { callTool, type HttpRequest } from "./messages.ts"
import { quietServer, sampleServer, servedOf } from "./server.ts"

/** What frameworks add to requests. */
type Hosted = IncomingMessage & { body?: unknown; originalUrl?: string }

const add = callTool("add", { a: 1, b: 2 })

/** Reads the body before the listener does, as a parser of a framework would. */
function parsing(listener: NodeListener, parse: (bytes: Buffer) => unknown): NodeListener {
  return (req: Hosted, res) => {
    const chunks: Buffer[] = []
    req.on("data", (chunk: Buffer) => chunks.push(chunk))
    req.on("end", () => {
      req.body = parse(Buffer.concat(chunks))
      listener(req, res)
    })
  }
}

/** Mounts a listener under a prefix, as `app.use("/prefix", listener)` does in Express. */
function mounted(prefix: string, listener: NodeListener): NodeListener {
  return (req: Hosted, res) => {
    req.originalUrl = req.url ?? "/"
    const rest = req.originalUrl.slice(prefix.length)
    req.url = rest.startsWith("/") ? rest : `/${rest}`
    listener(req, res)
  }
}

async function send(listener: NodeListener, request: HttpRequest): Promise<{ status: number; text: string }> {
  const answer = await startNode(await listen(listener), request).answer
  let text = ""
  for (let chunk = await answer.next(); chunk !== undefined; chunk = await answer.next()) text += chunk
  return { status: answer.status, text }
}

describe("a server within a host on node:http", () => {
  trapErrors()

  it.each([
    ["an object", (bytes: Buffer): unknown => JSON.parse(bytes.toString())],
    ["text", (bytes: Buffer): unknown => bytes.toString()],
    ["bytes", (bytes: Buffer): unknown => bytes],
  ])("takes a body that the host has read and left as %s", async (_, parse) => {
    const { status, text } = await send(parsing(sampleServer().node, parse), add)
    expect([status, JSON.parse(text).result.content[0].text]).toEqual([200, "3"])
  })

  it("takes a body that the host parsed while credentials are checked", async () => {
    const auth = { authenticate: async () => ({ status: 403, headers: {} }) as const }
    const { status } = await send(
      parsing(quietServer({ auth }).node, (bytes) => JSON.parse(bytes.toString())),
      add,
    )
    expect(status).toBe(403)
  })

  it("reads the body itself where the host only left an empty object", async () => {
    const listener: NodeListener = (req: Hosted, res) => {
      req.body = {}
      sampleServer().node(req, res)
    }
    expect((await send(listener, add)).status).toBe(200)
  })

  it("answers 500 at once, and says why in the log, where the host has eaten the body", async () => {
    const records: LogRecord[] = []
    const handler = { handle: () => ({ status: 200, body: "{}" }) }
    const { node } = servedOf({ handler, log: (record) => void records.push(record) })
    const { status } = await send(
      parsing(node, () => undefined),
      add,
    )
    expect([status, records]).toMatchObject([500, [{ error: { code: "BODY_ALREADY_READ" } }]])
  })

  it("answers broken text that the host has read with 400", async () => {
    const { status } = await send(
      parsing(sampleServer().node, () => "{"),
      add,
    )
    expect(status).toBe(400)
  })

  it.each([
    ["at the endpoint's own path", "/mcp", "/mcp"],
    ["above the endpoint", "/api/v1", "/api/v1/mcp"],
    ["at the endpoint's own path, with a query", "/mcp", "/mcp?x=1"],
  ])("is found when it is mounted %s", async (_, prefix, path) => {
    expect((await send(mounted(prefix, sampleServer().node), { ...add, path })).status).toBe(200)
  })

  it("finds routes when it is mounted", async () => {
    expect((await send(mounted("/api", sampleServer().node), { path: "/api/health" })).status).toBe(200)
  })

  it("shows the authenticator the whole URL when it is mounted", async () => {
    let href = ""
    const auth = {
      authenticate: ({ externalUrl }: { readonly externalUrl: URL }) => {
        href = externalUrl.pathname
        return { status: 401, headers: {} } as const
      },
    }
    await send(mounted("/api", quietServer({ auth }).node), { ...add, path: "/api/mcp" })
    expect(href).toBe("/api/mcp")
  })

  it("gives routes a body that the host has parsed", async () => {
    const handler = { handle: () => ({ status: 200, body: "{}" }) }
    const routes = { "POST /x": async (request: Request) => Response.json(await request.json()) }
    const { node } = servedOf({ handler, routes })
    const request = {
      method: "POST",
      path: "/x",
      headers: { "content-type": "application/json" },
      body: '{"a":1}',
    }
    const { text } = await send(
      parsing(node, (bytes) => JSON.parse(bytes.toString())),
      request,
    )
    expect(text).toBe('{"a":1}')
  })

  it("is closed without the host's server", async () => {
    const mcp = sampleServer()
    const server = createServer(mcp.node).listen(0, "127.0.0.1")
    onTestFinished(() => void server.close())
    await new Promise((resolve) => server.once("listening", resolve))
    const { port } = server.address() as AddressInfo
    expect((await startNode(port, add).answer).status).toBe(200)
    await mcp.close()
    expect((await startNode(port, add).answer).status).toBe(503)
    expect((await startNode(port, { path: "/health" }).answer).status).toBe(503)
  })
})

describe("a server within a host that speaks fetch", () => {
  trapErrors()

  const request = (init: RequestInit = {}) =>
    new Request("http://localhost/mcp", {
      method: "POST",
      body: add.body as string,
      headers: add.headers as Record<string, string>,
      ...init,
    })

  it("answers 500 and says why in the log where the host has eaten the body", async () => {
    const records: LogRecord[] = []
    const handler = { handle: () => ({ status: 200, body: "{}" }) }
    const { fetch } = servedOf({ handler, log: (record) => void records.push(record) })
    for (const length of [undefined, String((add.body as string).length)]) {
      const eaten = request()
      if (length !== undefined) eaten.headers.set("content-length", length)
      await eaten.text()
      expect((await fetch(eaten)).status).toBe(500)
    }
    const eaten = { error: { code: "BODY_ALREADY_READ" } }
    expect(records).toMatchObject([eaten, eaten])
  })

  it("takes a clone of what the host has read", async () => {
    const original = request()
    const clone = original.clone()
    await original.text()
    expect((await sampleServer().fetch(clone)).status).toBe(200)
  })

  it("goes by the host of the URL where there is no header", async () => {
    const mcp = sampleServer()
    expect((await mcp.fetch(request())).status).toBe(200)
    expect((await mcp.fetch(new Request("http://evil.example/mcp", request()))).status).toBe(403)
  })

  it("answers a body that fails on its way with 400", async () => {
    const body = new ReadableStream({ pull: (controller) => controller.error(new TypeError("terminated")) })
    const answer = await sampleServer().fetch(request({ body, duplex: "half" } as RequestInit))
    expect(answer.status).toBe(400)
  })

  it("ends a call whose answer's reader cancels", async () => {
    const mcp = quietServer()
    const left = new Promise((resolve) => {
      mcp.tool({ name: "wait" }, async (_, ctx) => {
        ctx.progress(1)
        await new Promise((aborted) => ctx.signal.addEventListener("abort", aborted))
        resolve(ctx.signal.reason.reason)
      })
    })
    const wait = callTool("wait", {}, { meta: { progressToken: 1 } })
    const { body } = await mcp.fetch(
      request({ body: wait.body as string, headers: wait.headers as Record<string, string> }),
    )
    await body?.cancel()
    expect(await left).toBe("disconnect")
  })

  it("ends the answer of a client that has left without an error, which hosts would log", async () => {
    const mcp = quietServer()
    mcp.tool({ name: "wait" }, (_, ctx) => {
      ctx.progress(1)
      return new Promise<string>(() => undefined)
    })
    const wait = callTool("wait", {}, { meta: { progressToken: 1 } })
    const leaving = new AbortController()
    const answer = await mcp.fetch(
      request({
        body: wait.body as string,
        headers: wait.headers as Record<string, string>,
        signal: leaving.signal,
      }),
    )
    leaving.abort()
    expect(await answer.text()).toContain("notifications/progress")
  })

  it("works detached from its server", async () => {
    const { fetch } = sampleServer()
    expect((await fetch(request())).status).toBe(200)
  })
})

describe("HTTP/2, by what `node:http2` has for listeners of `node:http`", () => {
  trapErrors()

  it("is served, whose clients name the host by `:authority`", async () => {
    const server = http2.createServer((req, res) => {
      // What the two have in common is what a listener of `node:http` is given.
      sampleServer().node(req as never, res as never)
    })
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve))
    // It listens on a port.
    const client = http2.connect(`http://127.0.0.1:${(server.address() as AddressInfo).port}`)
    onTestFinished(() => {
      client.destroy()
      server.close()
    })
    const stream = client.request({ ":method": "POST", ":path": "/mcp", ...add.headers })
    stream.end(add.body as string)
    let text = ""
    for await (const chunk of stream) text += chunk
    expect(JSON.parse(text).result.structuredContent).toBe(3)
  })
})
