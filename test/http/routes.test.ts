import { describe, expect, it } from "vitest"
import { definePlugin } from "../../src/server/plugin.ts"
import type { LogRecord } from "../../src/server/server-log.ts"
import { describeEntries } from "./entries.ts"
import { jsonHeaders } from "./messages.ts"
import { deferred, quietServer, sampleServer, servedOf } from "./server.ts"

const handler = { handle: () => ({ status: 202, body: undefined }) }

describe("routes that exist already", () => {
  const route = () => new Response()
  const plugin = (id: string) => definePlugin({ id, routes: { "GET /x": route } })
  const taken = (owner: string) =>
    expect.objectContaining({
      code: "INVALID_ROUTE",
      message: `\`GET /x\` is served by ${owner} already. Give one of them another path.`,
    })

  it.each<[string, () => unknown, string]>([
    [
      "added twice",
      () => quietServer().route("GET /x", route).route("GET /x", route),
      "an earlier `mcp.route()`",
    ],
    [
      "of a plugin",
      () => quietServer({ plugins: [plugin("com.example/a")] }).route("GET /x", route),
      "the plugin `com.example/a`",
    ],
    [
      "added before a plugin",
      () => quietServer().route("GET /x", route).plugin(plugin("com.example/a")),
      "an earlier `mcp.route()`",
    ],
    [
      "of two plugins",
      () => quietServer({ plugins: [plugin("com.example/a"), plugin("com.example/b")] }),
      "the plugin `com.example/a`",
    ],
    [
      "of the options",
      () => quietServer({ http: { routes: { "GET /x": route } } }).route("GET /x", route),
      "`http.routes`",
    ],
  ])("are refused with the name of who has them: %s", (_, make, owner) => {
    expect(make).toThrow(taken(owner))
  })

  it("may be the health check's, which is given up for them", () => {
    expect(() => quietServer().route("GET /health", route)).not.toThrow()
  })

  it("leave a plugin that is added twice to be called that", () => {
    const mcp = quietServer().plugin(plugin("com.example/a"))
    expect(() => mcp.plugin(plugin("com.example/a"))).toThrow(
      expect.objectContaining({ code: "INVALID_PLUGIN" }),
    )
  })
})

it.each([undefined, null, 5, "x", {}])("refuses the route with the handler %j", (value) => {
  expect(() => quietServer().route("GET /x", value as never)).toThrow(
    expect.objectContaining({
      code: "INVALID_ROUTE",
      message: expect.stringContaining("Give a function that answers a `Request` with a `Response`."),
    }),
  )
})

it.each([null, 5, "x", []])("refuses `mcp.http(%j)`", (value) => {
  expect(() => quietServer().http(value as never)).toThrow(
    expect.objectContaining({ code: "INVALID_OPTION" }),
  )
})

describeEntries("paths and methods", (serve, entry) => {
  it.each(["GET", "DELETE", "PUT", "PATCH", "OPTIONS"])(
    "answers %s at an endpoint without sessions with 405",
    async (method) => {
      const t = await serve(sampleServer({ http: { sessions: "none" } }))
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

  it("tells clients of HTTP+SSE where the endpoint is, and what it speaks", async () => {
    const t = await serve(sampleServer())
    const { status, json } = await t.send({ path: "/sse", headers: { accept: "text/event-stream" } })
    expect([status, json.error.message]).toEqual([
      404,
      "Nothing is served at `/sse`; the MCP endpoint is `/mcp` and speaks Streamable HTTP, not HTTP+SSE (FLEET-07).",
    ])
  })

  it("serves the endpoint where `path` says", async () => {
    const t = await serve(sampleServer({ http: { path: "/api/tools" } }))
    expect((await t.send({ path: "/api/tools" })).status).toBe(400)
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

  it("lets a route stand at the path of an endpoint without sessions, for other methods", async () => {
    const routes = { "GET /mcp": () => new Response("a page") }
    const t = await serve(servedOf({ handler, routes }, { sessions: "none" }))
    expect((await t.send({ path: "/mcp" })).text).toBe("a page")
    expect((await t.send({ method: "DELETE", path: "/mcp" })).headers.get("allow")).toBe("POST, GET")
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

  it.each<[unknown, string]>([
    [undefined, "`undefined`"],
    ["hello", "a string"],
    [{ ok: true }, "an object"],
    [{ status: 200, headers: {} }, "an object"],
  ])("names the route that returned %j in the log", async (value, shown) => {
    const records: LogRecord[] = []
    const t = await serve(
      servedOf({
        handler,
        routes: { "GET /x": () => value as Response },
        log: (record) => void records.push(record),
      }),
    )
    expect((await t.send({ path: "/x" })).status).toBe(500)
    expect(records[0]?.error).toMatchObject({
      code: "NOT_A_RESPONSE",
      message: expect.stringContaining(`The route \`GET /x\` returned ${shown}`),
    })
  })

  it("takes a Response of another realm", async () => {
    const real = new Response("foreign", { status: 201, headers: { "x-a": "b" } })
    const { status, statusText, headers, body } = real
    const foreign = { status, statusText, headers, body } as Response
    const t = await serve(servedOf({ handler, routes: { "GET /x": () => foreign } }, { cors: true }))
    const answer = await t.send({ path: "/x" })
    expect([answer.status, answer.text, answer.headers.get("x-a")]).toEqual([201, "foreign", "b"])
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
