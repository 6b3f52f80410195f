import { lambda } from "fleetmcp/http/lambda"
import { describe, expect, it } from "vitest"
import * as z from "zod"
import { callTool, eventsOf, type HttpRequest } from "../http/messages.ts"
import { quietServer, sampleServer } from "../http/server.ts"
import { initialize, post } from "../http/session-client.ts"
import { events } from "./lambda-events.ts"

const add = callTool("add", { a: 1, b: 2 })
const ofHttpApi = (request: HttpRequest) => events["an HTTP API or a function URL"]?.(request)

describe.each(Object.entries(events))("a function called by %s", (sender, toEvent) => {
  it("calls a tool", async () => {
    const { statusCode, body, isBase64Encoded } = await lambda(sampleServer())(toEvent(add))
    expect([statusCode, isBase64Encoded]).toEqual([200, false])
    expect(JSON.parse(body).result.structuredContent).toBe(3)
  })

  it("serves clients of older revisions without a session", async () => {
    const handler = lambda(sampleServer())
    const opened = await handler(toEvent(initialize()))
    expect(JSON.parse(opened.body).result.protocolVersion).toBe("2025-11-25")
    expect(JSON.stringify(opened)).not.toContain("mcp-session-id")
    const params = { name: "add", arguments: { a: 1, b: 2 } }
    const called = await handler(toEvent(post({ jsonrpc: "2.0", id: 1, method: "tools/call", params })))
    expect(JSON.parse(called.body).result.content[0].text).toBe("3")
    expect((await handler(toEvent({ method: "GET" }))).statusCode).toBe(405)
  })

  it("hands on a stream when it has ended", async () => {
    const request = callTool("steps", { steps: 2 }, { meta: { progressToken: 1 } })
    const { body } = await lambda(sampleServer())(toEvent(request))
    expect(eventsOf(body)).toHaveLength(3)
  })

  it("says headers as its caller reads them", async () => {
    const { headers, multiValueHeaders } = await lambda(sampleServer())(toEvent(add))
    const type = sender === "a REST API" ? multiValueHeaders?.["content-type"] : headers?.["content-type"]
    expect(type).toEqual(sender === "a REST API" ? ["application/json"] : "application/json")
  })

  it("refuses pages of other origins", async () => {
    const foreign = { ...add, headers: { ...add.headers, origin: "https://evil.example" } }
    expect((await lambda(sampleServer())(toEvent(foreign))).statusCode).toBe(403)
  })
})

describe("a function", () => {
  it("hands on cookies and bytes of routes", async () => {
    const mcp = quietServer()
    mcp.route("GET /logo", () => {
      const headers = new Headers([
        ["set-cookie", "a=1"],
        ["set-cookie", "b=2"],
      ])
      return new Response(new Uint8Array([0xff, 0]), { headers })
    })
    const results = Object.values(events).map((toEvent) => lambda(mcp)(toEvent({ path: "/logo" })))
    const [api, rest] = await Promise.all(results)
    expect(api).toMatchObject({ cookies: ["a=1", "b=2"], body: "/wA=", isBase64Encoded: true })
    expect(rest?.multiValueHeaders?.["set-cookie"]).toEqual(["a=1", "b=2"])
  })

  it("bounds bodies by what has come, not by what a header says", async () => {
    const handler = lambda(sampleServer(), { bodyLimit: 10 })
    const lying = { ...add, headers: { ...add.headers, "content-length": "1" } }
    expect((await handler(ofHttpApi(lying))).statusCode).toBe(413)
  })

  it("answers what no request can be made of with 400", async () => {
    const handler = lambda(sampleServer())
    for (const bad of [{ method: "TRACE" }, { method: "A B" }, { headers: { "a b": "c" } }])
      expect((await handler(ofHttpApi(bad))).statusCode).toBe(400)
    expect((await handler(ofHttpApi({ ...add, headers: { ...add.headers, host: "a b" } }))).statusCode).toBe(
      400,
    )
  })

  it("rejects what is no HTTP, so that the call counts as failed", async () => {
    const event = { Records: [{ eventSource: "aws:sqs" }] }
    await expect(lambda(sampleServer())(event)).rejects.toMatchObject({ code: "NOT_AN_HTTP_EVENT" })
  })

  it("answers before its time is up, and aborts the call", async () => {
    const mcp = quietServer()
    const aborted = new Promise((resolve) => {
      mcp.tool({ name: "wait" }, (_, ctx) => {
        ctx.progress(1)
        ctx.signal.addEventListener("abort", () => resolve(ctx.signal.reason.reason))
        return new Promise<string>(() => undefined)
      })
    })
    const request = callTool("wait", {}, { meta: { progressToken: 1 } })
    const context = { getRemainingTimeInMillis: () => 550 }
    const { statusCode, body } = await lambda(mcp)(ofHttpApi(request), context)
    expect([statusCode, JSON.parse(body).error.message]).toEqual([
      504,
      expect.stringContaining("lambdaStream()"),
    ])
    expect(await aborted).toBe("disconnect")
  })

  it("refuses to collect more than Lambda hands on", async () => {
    const mcp = quietServer()
    mcp.tool({ name: "much" }, () => "x".repeat(6 * 1024 * 1024))
    const { statusCode, body } = await lambda(mcp)(ofHttpApi(callTool("much")))
    expect([statusCode, body.length < 1000]).toEqual([500, true])
  })

  it.each([
    ["quotes, which JSON escapes", () => new Response('"'.repeat(4 * 1024 * 1024))],
    ["bytes, which become Base64", () => new Response(new Uint8Array(5 * 1024 * 1024).fill(255))],
  ])("counts what Lambda hands on: %s", async (_, handler) => {
    const mcp = quietServer()
    mcp.route("GET /much", handler)
    expect((await lambda(mcp)(ofHttpApi({ path: "/much" }))).statusCode).toBe(500)
  })

  it("hands on as much as Lambda does", async () => {
    const mcp = quietServer()
    mcp.route("GET /much", () => new Response("x".repeat(6_000_000)))
    expect((await lambda(mcp)(ofHttpApi({ path: "/much" }))).statusCode).toBe(200)
  })

  it("lets go of a body that never ends when its time is up", async () => {
    const mcp = quietServer()
    let cancel = (): void => undefined
    const cancelled = new Promise<void>((resolve) => {
      cancel = resolve
    })
    mcp.route("GET /endless", () => new Response(new ReadableStream({ cancel })))
    const context = { getRemainingTimeInMillis: () => 520 }
    expect((await lambda(mcp)(ofHttpApi({ path: "/endless" }), context)).statusCode).toBe(504)
    await cancelled
  })

  it("may be asked by clients of the stateless era, and tells the model otherwise", async () => {
    const mcp = quietServer()
    mcp.tool({ name: "who" }, async (_, ctx) => {
      const answer = await ctx.elicit("Who?", z.object({ name: z.string() }))
      return answer.action === "accept" ? answer.data.name : "nobody"
    })
    const handler = lambda(mcp)
    const meta = { "io.modelcontextprotocol/clientCapabilities": { elicitation: { form: {} } } }
    const asked = JSON.parse((await handler(ofHttpApi(callTool("who", {}, { meta })))).body)
    expect(asked.result.resultType).toBe("input_required")
    const params = { name: "who", arguments: {} }
    const legacy = post({ jsonrpc: "2.0", id: 1, method: "tools/call", params })
    const { result } = JSON.parse((await handler(ofHttpApi(legacy))).body)
    expect([result.isError, result.content[0].text]).toEqual([
      true,
      expect.stringContaining("needs a session"),
    ])
  })

  it("does as the server's own options say, and more so as its own", async () => {
    const mcp = quietServer({ http: { sessions: "memory", hosts: ["mcp.example.com"], path: "/own" } })
    const own = lambda(mcp)
    const at = (host: string, path: string) =>
      ofHttpApi({ ...initialize(), path, headers: { ...initialize().headers, host } })
    expect((await own(at("other.example", "/own"))).statusCode).toBe(403)
    const opened = await own(at("mcp.example.com", "/own"))
    expect(opened.headers?.["mcp-session-id"]).toBeDefined()
    expect((await lambda(mcp, { path: "/mcp", hosts: ["*"] })(at("other.example", "/mcp"))).statusCode).toBe(
      200,
    )
  })

  it("is made of a server", () => {
    expect(() => lambda(undefined as never)).toThrow(expect.objectContaining({ code: "INVALID_OPTION" }))
    expect(() => lambda(sampleServer(), { pth: "/x" } as never)).toThrow("Did you mean `path`?")
  })
})
