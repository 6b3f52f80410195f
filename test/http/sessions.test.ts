import { expect, it } from "vitest"
import { createPrincipal } from "../../src/protocol/principal.ts"
import type { Authenticator } from "../../src/server/authenticator.ts"
import { sessionRevisions } from "../../src/spec/revisions.ts"
import { describeEntries, turn } from "./entries.ts"
import { callTool } from "./messages.ts"
import { deferred, quietServer, sampleServer } from "./server.ts"
import { initialize, join, post, SessionClient } from "./session-client.ts"

/** Everybody is who they say they are. */
const byName: Authenticator = {
  authenticate: ({ headers }) => createPrincipal({ subject: headers.get("authorization") ?? "nobody" }),
}

/** A server with a call that runs until it is told otherwise. */
function waiting() {
  const mcp = quietServer()
  const started = deferred<AbortSignal>()
  const done = deferred<string>()
  mcp.tool({ name: "wait" }, (_, ctx) => {
    started.resolve(ctx.signal)
    return done.promise
  })
  return { mcp, started: started.promise, finish: done.resolve }
}

describeEntries("a session", (serve) => {
  it("is named by an id of visible characters that nobody can guess", async () => {
    const t = await serve(sampleServer())
    const ids = await Promise.all([1, 2, 3].map(async () => (await join(t)).id))
    expect(new Set(ids).size).toBe(3)
    for (const id of ids) expect(id).toMatch(/^[!-~]{32,}$/)
  })

  it.each(sessionRevisions)("speaks %s with who asks for it", async (revision) => {
    const t = await serve(sampleServer())
    expect((await t.send(initialize({ revision }))).json.result.protocolVersion).toBe(revision)
  })

  it.each(["2026-07-28", "2099-01-01", ""])("speaks 2025-11-25 with who asks for `%s`", async (revision) => {
    const t = await serve(sampleServer())
    const answer = await t.send(initialize({ revision: revision as "2026-07-28" }))
    expect(answer.json.result.protocolVersion).toBe("2025-11-25")
  })

  it.each([
    ["no version", { capabilities: {}, clientInfo: {} }],
    ["capabilities that are none", { protocolVersion: "2025-11-25", capabilities: 1, clientInfo: {} }],
    ["no client", { protocolVersion: "2025-11-25", capabilities: {} }],
  ])("is not opened by an `initialize` with %s", async (_, params) => {
    const t = await serve(sampleServer())
    const answer = await t.send(post({ jsonrpc: "2.0", id: 1, method: "initialize", params }))
    expect([answer.json.error.code, answer.headers.get("mcp-session-id")]).toEqual([-32602, null])
  })

  it("is not opened where a middleware refuses", async () => {
    const mcp = sampleServer({
      middleware: [
        {
          request() {
            throw new TypeError("no")
          },
        },
      ],
    })
    const t = await serve(mcp)
    const answer = await t.send(initialize())
    expect([answer.json.error.code, answer.headers.get("mcp-session-id")]).toEqual([-32603, null])
  })

  it("is named in the answer although a middleware has something to say before", async () => {
    const t = await serve(
      sampleServer({
        middleware: [
          {
            request(call, next) {
              call.exchange.notify("notifications/message", { level: "info", data: "who is there?" })
              return next()
            },
          },
        ],
      }),
    )
    expect((await join(t)).id).not.toBe("")
  })

  it("serves calls until it is ended, and then is unknown", async () => {
    const t = await serve(sampleServer())
    const client = await join(t)
    const call = () => client.request("tools/call", { name: "add", arguments: { a: 1, b: 2 } })
    expect((await call()).json.result.content[0].text).toBe("3")
    expect((await client.end()).status).toBe(204)
    expect((await call()).status).toBe(404)
    expect((await client.end()).status).toBe(404)
  })

  it.each(["POST", "GET", "DELETE"])("is demanded of a %s", async (method) => {
    const t = await serve(sampleServer())
    const request = post({ jsonrpc: "2.0", id: 1, method: "tools/list" })
    const answer = await t.send(method === "POST" ? request : { method })
    expect([answer.status, answer.json.error.message]).toEqual([
      400,
      expect.stringContaining("without a session"),
    ])
  })

  it("of somebody else looks like none at all", async () => {
    const t = await serve(sampleServer({ auth: byName }))
    const ann = await join(t, { headers: { authorization: "ann" } })
    const asBob = new SessionClient(t, { ...ann.headers, authorization: "bob" })
    const unknown = new SessionClient(t, { ...asBob.headers, "mcp-session-id": crypto.randomUUID() })
    const [stolen, none] = await Promise.all([asBob, unknown].map((client) => client.request("ping", {}, 7)))
    expect([stolen?.status, stolen?.text]).toEqual([404, none?.text])
    expect((await asBob.listen()).answer.status).toBe(404)
    expect((await asBob.notify("notifications/cancelled", { requestId: 1 })).status).toBe(404)
    expect((await asBob.answer(1, {})).status).toBe(404)
    expect((await asBob.end()).status).toBe(404)
    expect((await ann.request("ping")).status).toBe(200)
  })

  it.each(["2099-01-01", "nonsense"])("turns `MCP-Protocol-Version: %s` away with 400", async (version) => {
    const t = await serve(sampleServer())
    const client = await join(t)
    const odd = new SessionClient(t, { ...client.headers, "mcp-protocol-version": version })
    expect((await odd.request("ping")).status).toBe(400)
    expect((await odd.listen()).answer.status).toBe(400)
    expect((await odd.end()).status).toBe(400)
  })

  it("takes requests without `MCP-Protocol-Version`", async () => {
    const t = await serve(sampleServer())
    const client = await join(t)
    const bare = new SessionClient(t, { "mcp-session-id": client.id })
    expect((await bare.request("ping")).json).toEqual({ jsonrpc: "2.0", id: 1, result: {} })
  })

  it.each([
    ["a notification", { jsonrpc: "2.0", method: "notifications/roots/list_changed" }],
    ["an unknown notification", { jsonrpc: "2.0", method: "notifications/nobody/knows" }],
    ["a cancellation of nothing", { jsonrpc: "2.0", method: "notifications/cancelled" }],
    ["a response that nobody waits for", { jsonrpc: "2.0", id: "x-1", result: {} }],
    ["an error that nobody waits for", { jsonrpc: "2.0", id: 9, error: { code: 1, message: "" } }],
    ["a malformed response", { jsonrpc: "2.0", id: { a: 1 }, result: 7 }],
  ])("takes %s with 202 and no body", async (_, message) => {
    const client = await join(await serve(sampleServer()))
    const { status, text } = await client.post(message)
    expect([status, text]).toEqual([202, ""])
  })

  it("remembers the level that is to be logged", async () => {
    const mcp = quietServer()
    mcp.tool({ name: "talk" }, (_, ctx) => {
      ctx.log.info("low")
      ctx.log.error("high")
      return "said"
    })
    const client = await join(await serve(mcp))
    expect((await client.request("logging/setLevel", { level: "loud" })).json.error.code).toBe(-32602)
    expect((await client.request("logging/setLevel", { level: "error" })).json.result).toEqual({})
    const messages = await (await client.stream("talk")).rest()
    expect(messages.slice(0, -1)).toMatchObject([{ params: { level: "error" } }])
  })

  it("does not touch a request of the stateless era", async () => {
    const t = await serve(sampleServer())
    const headers = { "mcp-session-id": "nobody", "last-event-id": "r1-1" }
    const answer = await t.send(callTool("add", { a: 1, b: 2 }, { headers }))
    expect(answer.json.result.content[0].text).toBe("3")
    expect(answer.headers.get("mcp-session-id")).toBeNull()
  })

  it("may be read of by pages of origins that CORS lets in", async () => {
    const t = await serve(sampleServer({ http: { cors: true } }))
    const { headers } = await t.send(initialize({ headers: { origin: "https://app.example" } }))
    expect(headers.get("access-control-expose-headers")?.toLowerCase()).toContain("mcp-session-id")
  })
})

describeEntries("a call of a session", (serve) => {
  it("is cancelled by another POST, and not answered", async () => {
    const { mcp, started } = waiting()
    const client = await join(await serve(mcp))
    const call = client.start("wait", {}, 5)
    const signal = await started
    await client.notify("notifications/cancelled", { requestId: 5 })
    const answer = await call.answer
    expect(signal.reason).toMatchObject({ reason: "cancel" })
    expect([answer.status, await answer.next()]).toEqual([202, undefined])
  })

  it.each([
    ["under a number where it has a text", "5", 5],
    ["of another session", 5, 5],
  ])("is not cancelled %s", async (about, id, requestId) => {
    const { mcp, started, finish } = waiting()
    const t = await serve(mcp)
    const client = await join(t)
    const other = about.includes("session") ? await join(t) : client
    const call = client.start("wait", {}, id)
    const signal = await started
    await other.notify("notifications/cancelled", { requestId })
    expect(signal.aborted).toBe(false)
    finish("done")
    expect(await (await call.answer).next()).toContain("done")
  })

  it("runs on when its client goes away", async () => {
    const { mcp, started, finish } = waiting()
    const client = await join(await serve(mcp))
    const call = client.start("wait")
    call.answer.catch(() => undefined)
    const signal = await started
    call.leave()
    for (let n = 0; n < 5; n++) await turn()
    await client.request("ping")
    expect(signal.aborted).toBe(false)
    finish("done")
  })

  it("is ended with its session", async () => {
    const { mcp, started } = waiting()
    const client = await join(await serve(mcp))
    const call = client.start("wait")
    const signal = await started
    expect((await client.end()).status).toBe(204)
    expect(signal.aborted).toBe(true)
    expect(await (await call.answer).next()).toBeUndefined()
  })
})
