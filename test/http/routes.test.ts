import { expect, it } from "vitest"
import type { LogRecord } from "../../src/server/server-log.ts"
import { describeEntries } from "./entries.ts"
import { jsonHeaders } from "./messages.ts"
import { deferred, quietServer, sampleServer, servedOf } from "./server.ts"

const handler = { handle: () => ({ status: 202, body: undefined }) }

describeEntries("paths and methods", (serve, entry) => {
  it.each(["GET", "DELETE", "PUT", "PATCH", "OPTIONS"])(
    "answers %s at the endpoint with 405",
    async (method) => {
      const t = await serve(sampleServer())
      const { status, headers, json } = await t.send({ method })
      expect([status, headers.get("allow")]).toEqual([405, "POST"])
      expect(json).toEqual({ jsonrpc: "2.0", error: { code: -32600, message: "Use POST here." } })
    },
  )

  it("answers HEAD at the endpoint with 405 and no body", async () => {
    const t = await serve(sampleServer())
    const { status, text } = await t.send({ method: "HEAD" })
    expect([status, text]).toEqual([405, ""])
  })

  it.each(["/", "/mcp/", "/mcp/mcp", "//mcp", "/MCP", "/%6dcp", "/sse"])(
    "answers %s with 404 and names the endpoint",
    async (path) => {
      const t = await serve(sampleServer())
      const { status, json } = await t.send({ method: "POST", path, headers: jsonHeaders, body: "{}" })
      expect([status, json.error.message]).toEqual([
        404,
        expect.stringContaining("the MCP endpoint is `/mcp`"),
      ])
    },
  )

  it("serves the endpoint where `path` says", async () => {
    const t = await serve(sampleServer({ http: { path: "/api/tools" } }))
    expect((await t.send({ path: "/api/tools" })).status).toBe(405)
    expect((await t.send({ path: "/mcp" })).status).toBe(404)
  })

  it("does not repeat long paths", async () => {
    const t = await serve(sampleServer())
    const { text } = await t.send({ path: `/${"x".repeat(2000)}` })
    expect(text.length).toBeLessThan(400)
  })

  it("answers health checks", async () => {
    const t = await serve(sampleServer())
    const { status, json } = await t.send({ path: "/health" })
    expect([status, json]).toEqual([200, { status: "ok" }])
  })

  it("answers health checks by HEAD without a body", async () => {
    const t = await serve(sampleServer())
    const { status, text } = await t.send({ method: "HEAD", path: "/health" })
    expect([status, text]).toEqual([200, ""])
  })

  it("answers health checks to any host, but not to pages of other origins", async () => {
    const t = await serve(sampleServer())
    const host = "10.0.0.7:3000"
    expect((await t.send({ path: "/health", headers: { host } })).status).toBe(200)
    expect(
      (await t.send({ path: "/health", headers: { host, origin: "https://evil.example" } })).status,
    ).toBe(403)
  })

  it("guards a health route of the user's like any other", async () => {
    const t = await serve(sampleServer({ http: { routes: { "GET /health": () => new Response("fine") } } }))
    expect((await t.send({ path: "/health" })).text).toBe("fine")
    expect((await t.send({ path: "/health", headers: { host: "10.0.0.7" } })).status).toBe(403)
  })

  it("answers health checks elsewhere, or not at all", async () => {
    const elsewhere = await serve(sampleServer({ http: { health: "/up" } }))
    expect([
      (await elsewhere.send({ path: "/up" })).status,
      (await elsewhere.send({ path: "/health" })).status,
    ]).toEqual([200, 404])
    const off = await serve(sampleServer({ http: { health: false } }))
    expect((await off.send({ path: "/health" })).status).toBe(404)
  })

  it("gives a route the whole request", async () => {
    const t = await serve(
      servedOf({
        handler,
        routes: {
          "POST /hook": async (request) =>
            Response.json([
              request.method,
              new URL(request.url).search,
              request.headers.get("x-a"),
              await request.text(),
            ]),
        },
      }),
    )
    const { json } = await t.send({
      method: "POST",
      path: "/hook?q=1",
      headers: { "x-a": "b" },
      body: "hello",
    })
    expect(json).toEqual(["POST", "?q=1", "b", "hello"])
  })

  it("sends what a route answers: status, headers, cookies, body", async () => {
    const headers = new Headers({ "x-a": "b" })
    headers.append("set-cookie", "a=1")
    headers.append("set-cookie", "b=2")
    const t = await serve(
      servedOf({ handler, routes: { "GET /x": () => new Response("body", { status: 418, headers }) } }),
    )
    const answer = await t.send({ path: "/x" })
    expect([answer.status, answer.headers.get("x-a"), answer.text]).toEqual([418, "b", "body"])
    expect(answer.headers.getSetCookie()).toEqual(["a=1", "b=2"])
  })

  it("says which methods a route has", async () => {
    const routes = { "GET /x": () => new Response(), "PUT /x": () => new Response() }
    const t = await serve(servedOf({ handler, routes }))
    const { status, headers } = await t.send({ method: "POST", path: "/x", body: "" })
    expect([status, headers.get("allow")]).toEqual([405, "GET, PUT"])
  })

  it("lets a route stand at the endpoint's path for other methods", async () => {
    const t = await serve(servedOf({ handler, routes: { "GET /mcp": () => new Response("a page") } }))
    expect((await t.send({ path: "/mcp" })).text).toBe("a page")
    expect((await t.send({ method: "DELETE", path: "/mcp" })).headers.get("allow")).toBe("POST")
  })

  it("adds routes while it serves", async () => {
    const mcp = quietServer()
    const t = await serve(mcp)
    expect((await t.send({ path: "/late" })).status).toBe(404)
    mcp.route("GET /late", () => new Response("here"))
    expect((await t.send({ path: "/late" })).text).toBe("here")
  })

  it.each([
    [
      "throws",
      () => {
        throw new TypeError("secret")
      },
    ],
    ["rejects", async () => Promise.reject(new TypeError("secret"))],
    [
      "throws nothing of use",
      () => {
        throw undefined
      },
    ],
    ["returns no Response", () => undefined as unknown as Response],
    [
      "returns a Response that was read",
      async () => {
        const response = new Response("x")
        await response.text()
        return response
      },
    ],
  ])("answers 500, logs it whole and tells nothing when a route %s", async (_, route) => {
    const records: LogRecord[] = []
    const t = await serve(
      servedOf(
        { handler, routes: { "GET /x": route }, log: (record) => void records.push(record) },
        { cors: true },
      ),
    )
    const { status, text, headers } = await t.send({ path: "/x", headers: { origin: "https://app.example" } })
    expect([status, text.includes("secret"), headers.get("access-control-allow-origin")]).toEqual([
      500,
      false,
      "*",
    ])
    expect(records.map(({ level, errorId }) => [level, text.includes(errorId ?? "?")])).toEqual([
      ["error", true],
    ])
  })

  it("answers 500 even when the log throws too", async () => {
    const log = () => {
      throw new TypeError("no log")
    }
    const route = () => {
      throw new TypeError("no route")
    }
    const t = await serve(servedOf({ handler, routes: { "GET /x": route }, log }))
    expect((await t.send({ path: "/x" })).status).toBe(500)
  })

  it("holds routes to the body limit, declared or not", async () => {
    const routes = { "POST /x": async (request: Request) => new Response(await request.text()) }
    const t = await serve(servedOf({ handler, routes }, { bodyLimit: 1024 }))
    const declared = await t.send({ method: "POST", path: "/x", body: "x".repeat(1025) })
    const chunked = await t.send({ method: "POST", path: "/x", body: new Blob(["x".repeat(1025)]).stream() })
    const fine = await t.send({ method: "POST", path: "/x", body: new Blob(["x".repeat(1024)]).stream() })
    expect([declared.status, chunked.status, fine.status]).toEqual([413, 413, 200])
  })

  it("lets a route leave its body unread", async () => {
    const t = await serve(servedOf({ handler, routes: { "POST /x": () => new Response("no need") } }))
    const { text } = await t.send({ method: "POST", path: "/x", body: "x".repeat(1_000_000) })
    expect(text).toBe("no need")
  })

  it("tells a route when its client has left", async () => {
    const left = deferred<string>()
    const entered = deferred<void>()
    const route = (request: Request) => {
      request.signal.addEventListener("abort", () => left.resolve("left"))
      entered.resolve()
      return new Response(
        new ReadableStream({ start: (controller) => controller.enqueue(new Uint8Array(1)) }),
      )
    }
    const t = await serve(servedOf({ handler, routes: { "GET /x": route } }))
    const answer = await t.open({ path: "/x" })
    await entered.promise
    answer.leave()
    expect(await left.promise).toBe("left")
  })

  it("streams what a route streams", async () => {
    const release = deferred<void>()
    const body = new ReadableStream<Uint8Array>({
      async start(controller) {
        controller.enqueue(new TextEncoder().encode("one"))
        await release.promise
        controller.enqueue(new TextEncoder().encode("two"))
        controller.close()
      },
    })
    const t = await serve(servedOf({ handler, routes: { "GET /x": () => new Response(body) } }))
    const answer = await t.open({ path: "/x" })
    expect(await answer.next()).toBe("one")
    release.resolve()
    expect(await answer.next()).toBe("two")
  })

  it("gives routes the public URL", async () => {
    const routes = { "GET /x": (request: Request) => new Response(request.url) }
    const t = await serve(servedOf({ handler, routes }, { publicUrl: "https://mcp.example.com/tools" }))
    const { text } = await t.send({ path: "/x?y=1" })
    // On other runtimes the request is the platform's own.
    expect(text).toBe(
      entry === "node" ? "https://mcp.example.com/tools/x?y=1" : "http://127.0.0.1:3000/x?y=1",
    )
  })
})
