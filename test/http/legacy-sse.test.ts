import { expect, it } from "vitest"
import * as z from "zod"
import type { FleetMCPOptions } from "../../src/fleet-mcp-options.ts"
import { createPrincipal } from "../../src/protocol/principal.ts"
import type { Authenticator } from "../../src/server/authenticator.ts"
import { describeEntries, turn } from "./entries.ts"
import { joinLegacy, listenTo } from "./legacy-client.ts"
import { jsonHeaders } from "./messages.ts"
import { deferred, sampleServer } from "./server.ts"

const legacy = (options: FleetMCPOptions = {}) =>
  sampleServer({ ...options, http: { legacySse: true, ...options.http } })

/** Knows everybody by the name they say. */
const byName: Authenticator = {
  authenticate: ({ headers }) => createPrincipal({ subject: headers.get("x-name") ?? "nobody" }),
}

const add = { name: "add", arguments: { a: 1, b: 2 } }

describeEntries("HTTP+SSE", (serve) => {
  it("opens with the place to send to, which nobody can guess", async () => {
    const t = await serve(legacy())
    const [one, other] = [await listenTo(t), await listenTo(t)]
    expect(one.endpoint).toMatch(/^\/messages\?sessionId=[\w-]{32}$/)
    expect(one.endpoint).not.toBe(other.endpoint)
    expect(one.stream.headers.get("content-type")).toBe("text/event-stream")
    expect(one.stream.headers.get("x-accel-buffering")).toBe("no")
  })

  it("takes messages with 202 and answers them on the stream", async () => {
    const client = await joinLegacy(await serve(legacy()))
    const taken = await client.post({ jsonrpc: "2.0", id: "x", method: "tools/call", params: add })
    expect([taken.status, taken.text]).toEqual([202, ""])
    expect(await client.until(({ id }) => id === "x")).toMatchObject({ result: { content: [{ text: "3" }] } })
  })

  it.each(["2024-11-05", "2025-03-26", "2025-06-18", "2025-11-25"])("negotiates %s", async (revision) => {
    const client = await joinLegacy(await serve(legacy()), { revision })
    expect(client.messages[0]).toMatchObject({ result: { protocolVersion: revision } })
  })

  it("tells progress and logs", async () => {
    const mcp = legacy()
    mcp.tool({ name: "work" }, (_, ctx) => {
      ctx.progress(1, 2)
      ctx.log.info("working")
      return "done"
    })
    const client = await joinLegacy(await serve(mcp))
    await client.request("tools/call", { name: "work", _meta: { progressToken: "p" } })
    expect(client.messages.slice(1).map(({ method }) => method)).toEqual([
      "notifications/progress",
      "notifications/message",
      undefined,
    ])
  })

  it("asks by requests of its own, and takes the answers", async () => {
    const mcp = legacy()
    mcp.tool({ name: "ask" }, async (_, ctx) => {
      const answer = await ctx.elicit("Who?", z.object({ name: z.string() }))
      const roots = await ctx.roots()
      const said = await ctx.sample("Hello?")
      return JSON.stringify([answer, roots, said.model])
    })
    const capabilities = { elicitation: {}, roots: {}, sampling: {} }
    const client = await joinLegacy(await serve(mcp), { revision: "2025-06-18", capabilities })
    const id = await client.send("tools/call", { name: "ask" })
    const answers: { readonly [method: string]: unknown } = {
      "elicitation/create": { action: "accept", content: { name: "Ada" } },
      "roots/list": { roots: [{ uri: "file:///a" }] },
      "sampling/createMessage": { role: "assistant", content: { type: "text", text: "Hi" }, model: "m" },
    }
    for (const [method, result] of Object.entries(answers)) {
      const asked = await client.until((message) => message.method === method)
      expect((await client.post({ jsonrpc: "2.0", id: asked.id, result })).status).toBe(202)
    }
    const { result } = await client.until((message) => message.id === id && message.method === undefined)
    expect(JSON.parse(result.content[0].text)).toEqual([
      { action: "accept", data: { name: "Ada" } },
      [{ uri: "file:///a" }],
      "m",
    ])
  })

  it("tells what changes, and what was subscribed to", async () => {
    const mcp = legacy()
    mcp.resource("config://a", () => "A")
    const client = await joinLegacy(await serve(mcp))
    await client.request("resources/subscribe", { uri: "config://a" })
    mcp.resourceUpdated("config://a")
    mcp.tool({ name: "later" }, () => "later")
    await client.until(({ method }) => method === "notifications/resources/updated")
    await client.until(({ method }) => method === "notifications/tools/list_changed")
  })

  it("aborts a call that is cancelled, and does not answer it", async () => {
    const mcp = legacy()
    const aborted = deferred<unknown>()
    mcp.tool({ name: "wait" }, (_, { signal }) => {
      signal.addEventListener("abort", () => aborted.resolve(signal.reason.reason))
      return new Promise<string>(() => undefined)
    })
    const client = await joinLegacy(await serve(mcp))
    const requestId = await client.send("tools/call", { name: "wait" })
    await client.post({ jsonrpc: "2.0", method: "notifications/cancelled", params: { requestId } })
    expect(await aborted.promise).toBe("cancel")
    await client.request("ping")
    expect(client.messages.map(({ id }) => id)).not.toContain(requestId)
  })

  it("takes arrays of messages where the revision has them", async () => {
    const pings = [5, 6].map((id) => ({ jsonrpc: "2.0", id, method: "ping" }))
    const t = await serve(legacy())
    const client = await joinLegacy(t, { revision: "2025-03-26" })
    await client.post(pings)
    expect(await client.until(Array.isArray)).toMatchObject([{ id: 5 }, { id: 6 }])
    const newer = await joinLegacy(t, { revision: "2025-06-18" })
    await newer.post(pings)
    expect(await newer.until(({ error }) => error !== undefined)).toMatchObject({ error: { code: -32600 } })
  })

  it("gives handlers the headers of the request that brought the call", async () => {
    const mcp = legacy()
    mcp.tool({ name: "who" }, (_, { request }) => request.headers?.get("x-name"))
    const client = await joinLegacy(await serve(mcp))
    const params = { name: "who" }
    await client.post({ jsonrpc: "2.0", id: "w", method: "tools/call", params }, { "x-name": "ada" })
    const { result } = await client.until(({ id }) => id === "w")
    expect(result.content[0].text).toBe("ada")
  })

  it("ends the session and aborts its calls when the client leaves the stream", async () => {
    const mcp = legacy()
    const begun = deferred<AbortSignal>()
    mcp.tool({ name: "wait" }, (_, { signal }) => {
      begun.resolve(signal)
      return new Promise<string>(() => undefined)
    })
    const client = await joinLegacy(await serve(mcp))
    await client.send("tools/call", { name: "wait" })
    const signal = await begun.promise
    const aborted = new Promise((resolve) => signal.addEventListener("abort", resolve))
    client.stream.leave()
    await aborted
    expect(signal.reason).toMatchObject({ reason: "disconnect" })
    expect((await client.post({ jsonrpc: "2.0", id: 9, method: "ping" })).status).toBe(404)
  })

  it.each([
    "/messages",
    "/messages?sessionId=",
    "/messages?sessionId=guess",
    "/messages?sessionId=__proto__",
  ])("answers %s with 404, which names no open stream", async (path) => {
    const t = await serve(legacy())
    await listenTo(t)
    const body = JSON.stringify({ jsonrpc: "2.0", id: 1, method: "ping" })
    expect((await t.send({ method: "POST", path, headers: jsonHeaders, body })).status).toBe(404)
  })

  it("answers somebody else with 404, who has the id of a stream", async () => {
    const t = await serve(legacy({ auth: byName }))
    const ada = await joinLegacy(t, { headers: { "x-name": "ada" } })
    const ping = { jsonrpc: "2.0", id: 9, method: "ping" }
    const answers = [await ada.post(ping, { "x-name": "eve" }), await ada.post(ping)]
    expect(answers.map(({ status }) => status)).toEqual([404, 202])
  })

  it("asks who is calling before anything else", async () => {
    const auth: Authenticator = { authenticate: () => ({ status: 401, headers: {} }) }
    const t = await serve(legacy({ auth }))
    expect((await t.send({ path: "/sse" })).status).toBe(401)
    expect(
      (await t.send({ method: "POST", path: "/messages", headers: jsonHeaders, body: "{" })).status,
    ).toBe(401)
  })

  it("ends with the credential it was opened with", async () => {
    const auth: Authenticator = {
      authenticate: () => createPrincipal({ subject: "ada", expiresAt: Date.now() + 100 }),
    }
    const client = await joinLegacy(await serve(legacy({ auth })))
    expect(await client.rest()).toHaveLength(1)
  })

  it("is not for foreign hosts and origins", async () => {
    const t = await serve(legacy())
    const foreign = [{ host: "evil.example" }, { origin: "https://evil.example" }]
    for (const headers of foreign) {
      expect((await t.send({ path: "/sse", headers })).status).toBe(403)
      const body = JSON.stringify({ jsonrpc: "2.0", id: 1, method: "ping" })
      const sent = await t.send({
        method: "POST",
        path: "/messages",
        headers: { ...jsonHeaders, ...headers },
        body,
      })
      expect(sent.status).toBe(403)
    }
  })

  it("can be read by pages that CORS lets in", async () => {
    const origin = "https://app.example.com"
    const t = await serve(legacy({ http: { cors: { origins: [origin] } } }))
    const client = await listenTo(t, { headers: { origin } })
    const posted = await client.post({ jsonrpc: "2.0", id: 1, method: "ping" }, { origin })
    for (const { headers } of [client.stream, posted])
      expect(headers.get("access-control-allow-origin")).toBe(origin)
  })

  it("takes no more than the body limit, and JSON alone", async () => {
    const t = await serve(legacy({ http: { bodyLimit: 100 } }))
    const client = await listenTo(t)
    const statuses = [
      await client.post({ text: "x".repeat(200) }),
      await client.post("{", {}),
      await client.post("{}", { "content-type": "text/plain" }),
    ].map(({ status }) => status)
    expect(statuses).toEqual([413, 400, 415])
  })

  it("answers other methods with those that there are", async () => {
    const t = await serve(legacy())
    const answers = [
      await t.send({ method: "POST", path: "/sse", headers: jsonHeaders, body: "{}" }),
      await t.send({ method: "GET", path: "/messages" }),
      await t.send({ method: "HEAD", path: "/sse" }),
    ]
    expect(answers.map(({ status, headers }) => [status, headers.get("allow")])).toEqual([
      [405, "GET"],
      [405, "POST"],
      [405, "GET"],
    ])
  })

  it("is found at other paths, even one for both", async () => {
    const t = await serve(legacy({ http: { legacySse: { path: "/old", messages: "/old" } } }))
    const client = await listenTo(t, { path: "/old" })
    expect(client.endpoint).toMatch(/^\/old\?/)
    expect(await client.request("ping")).toMatchObject({ error: { code: -32600 } })
  })

  it("says where to send to as clients see it, behind a proxy", async () => {
    const t = await serve(legacy({ http: { publicUrl: "https://example.com/mcp/" } }))
    const [, endpoint] = /data: (.*)/.exec(await (await t.open({ path: "/sse" })).until(/\n\n/)) ?? []
    expect(endpoint).toMatch(/^\/mcp\/messages\?/)
  })

  it("keeps its streams when a route is added", async () => {
    const mcp = legacy()
    const client = await joinLegacy(await serve(mcp))
    mcp.route("GET /more", () => new Response("more"))
    expect(await client.request("ping")).toMatchObject({ result: {} })
  })

  it("closes streams on which no session is opened in time", async () => {
    const t = await serve(legacy({ http: { timeouts: { request: 50 } } }))
    const used = await joinLegacy(t)
    const unused = await listenTo(t)
    expect(await unused.rest()).toEqual([])
    expect(await used.request("ping")).toMatchObject({ result: {} })
  })

  it("has no more streams than a quarter of all requests", async () => {
    const t = await serve(legacy({ http: { maxRequests: 8 } }))
    const open = [await listenTo(t), await listenTo(t)]
    const refused = await t.send({ path: "/sse" })
    expect([refused.status, refused.headers.get("retry-after")]).toEqual([503, "1"])
    open[0]?.stream.leave()
    await turn()
    await expect.poll(async () => (await t.open({ path: "/sse" })).status).toBe(200)
  })

  it("counts calls as requests under way until they are answered", async () => {
    const mcp = legacy({ http: { maxRequests: 2 } })
    const end = deferred<string>()
    mcp.tool({ name: "wait" }, () => end.promise)
    const client = await joinLegacy(await serve(mcp))
    await turn()
    const id = await client.send("tools/call", { name: "wait" })
    expect((await client.post({ jsonrpc: "2.0", id: 8, method: "ping" })).status).toBe(503)
    end.resolve("done")
    await client.until((message) => message.id === id)
    await turn()
    expect(await client.request("ping")).toMatchObject({ result: {} })
  })

  it("lets calls end when the server closes, then ends, and opens no more", async () => {
    const mcp = legacy()
    const begun = deferred<void>()
    const end = deferred<string>()
    mcp.tool({ name: "wait" }, () => {
      begun.resolve()
      return end.promise
    })
    const t = await serve(mcp)
    const client = await joinLegacy(t)
    const id = await client.send("tools/call", { name: "wait" })
    await begun.promise
    const closing = mcp.close()
    end.resolve("done")
    expect((await client.rest()).at(-1)).toMatchObject({ id, result: { content: [{ text: "done" }] } })
    await closing
    expect((await t.send({ path: "/sse" })).status).toBe(503)
  })

  it("is not served unless it is asked for", async () => {
    const t = await serve(sampleServer())
    const { status, text } = await t.send({ path: "/sse", headers: { accept: "text/event-stream" } })
    expect([status, text]).toEqual([404, expect.stringContaining("FLEET-07")])
  })
})

describeEntries("the options of HTTP+SSE", () => {
  it("must not be where something else is served", () => {
    const routes = { "GET /sse": () => new Response("") }
    expect(() => legacy({ http: { routes } })).toThrow(expect.objectContaining({ code: "INVALID_ROUTE" }))
    const path = "/mcp"
    expect(() => legacy({ http: { legacySse: { path } } })).toThrow(
      expect.objectContaining({ code: "INVALID_ROUTE" }),
    )
  })

  it.each([{ path: "sse" }, { messages: "/a?b" }, { pth: "/sse" }, "yes"])("refuse %j", (legacySse) => {
    // A value that the types refuse.
    expect(() => legacy({ http: { legacySse: legacySse as never } })).toThrow(
      expect.objectContaining({ code: expect.stringMatching(/FLEET-09|INVALID_OPTION/) }),
    )
  })
})
