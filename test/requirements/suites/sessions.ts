import { describe, expect } from "vitest"
import * as z from "zod"
import { type FleetMCP, link } from "../../../src/index.ts"
import { createPrincipal } from "../../../src/protocol/principal.ts"
import { connect } from "../../../src/testing/index.ts"
import type { Message } from "../../support/messages.ts"
import { fullServer, quietServer } from "../../support/server.ts"
import { deferred } from "../../support/timing.ts"
import { requirement } from "../register.ts"

const url = "http://localhost/mcp"
const json = { "content-type": "application/json", accept: "application/json, text/event-stream" }

function post(mcp: FleetMCP, message: unknown, headers: Record<string, string> = {}): Promise<Response> {
  return mcp.fetch(
    new Request(url, { method: "POST", headers: { ...json, ...headers }, body: JSON.stringify(message) }),
  )
}

function hello(protocolVersion: string, capabilities: object = {}) {
  const clientInfo = { name: "c", version: "1" }
  return {
    jsonrpc: "2.0",
    id: 0,
    method: "initialize",
    params: { protocolVersion, capabilities, clientInfo },
  }
}

/** Opens a session and gives the header that names it. */
async function open(mcp: FleetMCP, revision = "2025-11-25"): Promise<Record<string, string>> {
  const answer = await post(mcp, hello(revision))
  return { "mcp-session-id": answer.headers.get("mcp-session-id") ?? "" }
}

/** The one message of an answer. */
async function answerOf(response: Response | Promise<Response>): Promise<Message> {
  return (await (await response).json()) as Message
}

const rpc = (method: string, params: object = {}, id: unknown = 1) => ({ jsonrpc: "2.0", id, method, params })

describe("sessions", () => {
  requirement(
    "S-024 S-027",
    "are opened beside requests that stand alone, in the revision asked for or our latest",
    async () => {
      const mcp = fullServer()
      for (const revision of ["2024-11-05", "2025-03-26", "2025-06-18", "2025-11-25"]) {
        const { result } = await answerOf(post(mcp, hello(revision)))
        expect(result?.protocolVersion).toBe(revision)
      }
      for (const revision of ["2026-07-28", "1999-01-01"]) {
        const { result } = await answerOf(post(mcp, hello(revision)))
        expect(result?.protocolVersion).toBe("2025-11-25")
      }
      await using modern = await connect(mcp)
      expect(await modern.listTools()).not.toEqual([])
    },
  )

  requirement(
    "S-028",
    "are answered with version, capabilities and who answers, and nothing is sent before",
    async () => {
      const mcp = quietServer({ instructions: "Be kind." })
      mcp.tool({ name: "a" }, () => "a")
      const answer = await post(mcp, hello("2025-11-25"))
      expect(answer.headers.get("content-type")).toBe("application/json")
      const { result } = await answerOf(answer)
      expect(result).toMatchObject({
        instructions: "Be kind.",
        serverInfo: { name: mcp.name },
        capabilities: { tools: {} },
      })
    },
  )

  requirement(
    "S-029 S-140 S-141 S-205",
    "keep to what was negotiated: nothing is sent that the revision does not know",
    async () => {
      const mcp = quietServer({ cacheHints: { "tools/list": { ttlMs: 5, scope: "public" } } })
      mcp.tool({ name: "n", title: "N", output: z.number() }, () => 5)
      mcp.tool({ name: "l" }, () => [link("a://b", { name: "b" })])
      await using old = await connect(mcp, { revision: "2024-11-05" })
      expect(Object.keys((await old.listTools())[0] ?? {})).not.toContain("outputSchema")
      expect(await old.callTool("n")).toEqual({ content: [{ type: "text", text: "5" }] })
      expect(await old.callTool("l")).toMatchObject({ content: [{ type: "text" }] })
      expect(await old.request("tools/list")).not.toHaveProperty("ttlMs")
      await using newer = await connect(mcp, { revision: "2025-11-25" })
      expect(await newer.callTool("n")).toMatchObject({ structuredContent: { result: 5 } })
    },
  )

  requirement("S-013", "take arrays of messages in 2025-03-26 and in no other revision", async () => {
    const mcp = fullServer()
    const batch = [rpc("ping", {}, 1), rpc("ping", {}, 2)]
    const answer = await post(mcp, batch, await open(mcp, "2025-03-26"))
    expect(await answer.json()).toHaveLength(2)
    const refused = await post(mcp, batch, await open(mcp, "2025-06-18"))
    expect([refused.status, (await answerOf(refused)).error?.code]).toEqual([400, -32600])
  })

  requirement("S-214 S-220", "answer `ping` and `logging/setLevel`", async () => {
    const mcp = fullServer()
    const session = await open(mcp)
    expect(await answerOf(post(mcp, rpc("ping"), session))).toMatchObject({ result: {} })
    expect(await answerOf(post(mcp, rpc("logging/setLevel", { level: "error" }), session))).toMatchObject({
      result: {},
    })
    expect(await answerOf(post(mcp, rpc("logging/setLevel", { level: "loud" }), session))).toMatchObject({
      error: { code: -32602 },
    })
  })

  requirement("S-218", "are opened although the client cancels that", async () => {
    const mcp = fullServer()
    const opening = post(mcp, hello("2025-11-25"))
    await post(mcp, { jsonrpc: "2.0", method: "notifications/cancelled", params: { requestId: 0 } })
    expect((await opening).status).toBe(200)
  })

  requirement("S-219", "do not wait for ever for what a client is asked", async () => {
    const mcp = quietServer({ askTimeout: 1 })
    mcp.tool(
      { name: "ask" },
      async (_, ctx) => (await ctx.elicit("Who?", z.object({ name: z.string() }))).action,
    )
    await using client = await connect(mcp, {
      era: "session",
      elicitation: () => new Promise(() => undefined),
    })
    expect(JSON.stringify(await client.callTool("ask"))).toContain(
      "did not answer `elicitation/create` within 1 ms",
    )
  })

  requirement("S-262", "show simpler forms in 2025-06-18", async () => {
    const mcp = quietServer()
    const form = {
      type: "object",
      properties: { size: { type: "string", oneOf: [{ const: "s", title: "Small" }] } },
    } as const
    mcp.tool({ name: "ask" }, async (_, ctx) => (await ctx.elicit("Which?", form)).action)
    const asked = deferred<object>()
    await using client = await connect(mcp, {
      revision: "2025-06-18",
      elicitation: (request) => {
        asked.resolve(request)
        return { action: "decline" }
      },
    })
    await client.callTool("ask")
    expect(await asked.promise).toMatchObject({
      requestedSchema: { properties: { size: { enum: ["s"], enumNames: ["Small"] } } },
    })
  })

  requirement(
    "S-090 S-093",
    "have a stream of their own for what belongs to no request, by GET on the path of POST",
    async () => {
      const mcp = fullServer()
      const session = await open(mcp)
      const stream = await mcp.fetch(
        new Request(url, { headers: { ...session, accept: "text/event-stream" } }),
      )
      expect([stream.status, stream.headers.get("content-type")]).toEqual([200, "text/event-stream"])
      mcp.tool({ name: "later" }, () => "later")
      let text = ""
      const reader = stream.body?.pipeThrough(new TextDecoderStream()).getReader()
      while (!text.includes("tools/list_changed")) text += (await reader?.read())?.value ?? ""
      await reader?.cancel()
    },
  )

  requirement("S-091", "are for no page that may not call", async () => {
    const mcp = fullServer()
    const headers = { ...(await open(mcp)), origin: "https://evil.example.com" }
    for (const method of ["GET", "DELETE"])
      expect((await mcp.fetch(new Request(url, { method, headers }))).status).toBe(403)
  })

  requirement("S-092", "take notifications and responses with 202 and nothing", async () => {
    const mcp = fullServer()
    const session = await open(mcp)
    for (const message of [
      { jsonrpc: "2.0", method: "notifications/initialized" },
      { jsonrpc: "2.0", id: "nobody asked", result: {} },
    ]) {
      const answer = await post(mcp, message, session)
      expect([answer.status, await answer.text()]).toEqual([202, ""])
    }
  })

  requirement("S-097", "have ids of visible ASCII that are never the same", async () => {
    const mcp = fullServer()
    const ids = await Promise.all(Array.from({ length: 50 }, async () => (await open(mcp))["mcp-session-id"]))
    expect(new Set(ids).size).toBe(50)
    for (const id of ids) expect(id).toMatch(/^[\x21-\x7e]{32,}$/)
  })

  requirement("S-098", "are 404 when they are over or never were, and 400 where none is named", async () => {
    const mcp = fullServer()
    const session = await open(mcp)
    expect((await mcp.fetch(new Request(url, { method: "DELETE", headers: session }))).status).toBe(204)
    expect((await post(mcp, rpc("ping"), session)).status).toBe(404)
    expect((await post(mcp, rpc("ping"), { "mcp-session-id": "guess" })).status).toBe(404)
    expect((await post(mcp, rpc("ping"))).status).toBe(400)
  })

  requirement("S-099", "are 400 under a version that does not exist", async () => {
    const mcp = fullServer()
    const headers = { ...(await open(mcp)), "mcp-protocol-version": "2025-13-01" }
    expect((await post(mcp, rpc("ping"), headers)).status).toBe(400)
  })

  requirement("S-100", "do not authenticate: to another caller they do not exist", async () => {
    const mcp = quietServer({
      auth: {
        authenticate: ({ headers }) => createPrincipal({ subject: headers.get("x-user") ?? "nobody" }),
      },
    })
    const answer = await post(mcp, hello("2025-11-25"), { "x-user": "ann" })
    const session = { "mcp-session-id": answer.headers.get("mcp-session-id") ?? "" }
    expect((await post(mcp, rpc("ping"), { ...session, "x-user": "ann" })).status).toBe(200)
    expect((await post(mcp, rpc("ping"), { ...session, "x-user": "bob" })).status).toBe(404)
  })

  requirement("S-101", "can be done without, and what then cannot work says so", async () => {
    const mcp = quietServer({ http: { sessions: "none" } })
    mcp.tool(
      { name: "ask" },
      async (_, ctx) => (await ctx.elicit("Who?", z.object({ name: z.string() }))).action,
    )
    const opened = await post(mcp, hello("2025-11-25", { elicitation: {} }))
    expect(opened.headers.get("mcp-session-id")).toBeNull()
    expect((await answerOf(opened)).result?.capabilities).toEqual({ tools: {} })
    const answer = await post(mcp, rpc("tools/call", { name: "ask" }), {
      "mcp-protocol-version": "2025-11-25",
    })
    expect(await answer.text()).toContain("needs a session")
  })
})
