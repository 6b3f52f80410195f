import { expect, it } from "vitest"
import { describeEntries } from "./entries.ts"
import { callTool, jsonHeaders, rpc } from "./messages.ts"
import { quietServer, sampleServer } from "./server.ts"

const foreign = { host: "evil.example" }

describeEntries("the ladder of a request", (serve) => {
  it("answers a call with one JSON body", async () => {
    const t = await serve(sampleServer())
    const { status, headers, json } = await t.send(callTool("add", { a: 1, b: 2 }))
    expect([status, headers.get("content-type")]).toEqual([200, "application/json"])
    expect(json.result.content).toEqual([{ type: "text", text: "3" }])
  })

  it("says the length of a JSON body on node:http or lets the runtime say it", async () => {
    const t = await serve(sampleServer())
    const { headers, text } = await t.send(callTool("add", { a: 1, b: 2 }))
    expect(headers.get("content-length") ?? String(text.length)).toBe(String(text.length))
  })

  it("answers an accepted notification with 202 and nothing", async () => {
    const t = await serve(sampleServer())
    const body = JSON.stringify({ jsonrpc: "2.0", method: "notifications/cancelled", params: {} })
    const { status, headers, text } = await t.send({ method: "POST", headers: jsonHeaders, body })
    expect([status, headers.get("content-type"), text]).toEqual([202, null, ""])
  })

  it("answers a notification whose middleware fails with 202 all the same", async () => {
    const mcp = quietServer()
    mcp.use({
      notification() {
        throw new TypeError("no")
      },
    })
    const t = await serve(mcp)
    const body = JSON.stringify({ jsonrpc: "2.0", method: "notifications/x" })
    expect((await t.send({ method: "POST", headers: jsonHeaders, body })).status).toBe(202)
  })

  it("checks the host before the path", async () => {
    const t = await serve(sampleServer())
    expect((await t.send({ path: "/nowhere", headers: foreign })).status).toBe(403)
  })

  it("checks the path before the credentials", async () => {
    const t = await serve(quietServer({ auth: { authenticate: () => ({ status: 401, headers: {} }) } }))
    expect((await t.send({ method: "POST", path: "/nowhere", body: "{}" })).status).toBe(404)
  })

  it("checks the credentials before the content type", async () => {
    const t = await serve(quietServer({ auth: { authenticate: () => ({ status: 401, headers: {} }) } }))
    expect(
      (await t.send({ method: "POST", headers: { "content-type": "text/plain" }, body: "x" })).status,
    ).toBe(401)
  })

  it("checks the content type before the size", async () => {
    const t = await serve(sampleServer({ http: { bodyLimit: 10 } }))
    const headers = { "content-type": "text/plain" }
    expect((await t.send({ method: "POST", headers, body: "x".repeat(100) })).status).toBe(415)
  })

  it("checks the size before the syntax", async () => {
    const t = await serve(sampleServer({ http: { bodyLimit: 10 } }))
    expect((await t.send({ method: "POST", headers: jsonHeaders, body: "{".repeat(100) })).status).toBe(413)
  })

  it("checks the syntax before the message", async () => {
    const t = await serve(sampleServer())
    const { status, json } = await t.send({ method: "POST", headers: jsonHeaders, body: "[{]" })
    expect([status, json.error.code, "id" in json]).toEqual([400, -32700, false])
  })

  it("answers a method that does not exist with 404 and -32601", async () => {
    const t = await serve(sampleServer())
    const { status, json } = await t.send(rpc("no/such"))
    expect([status, json.error.code, json.id]).toEqual([404, -32601, 1])
  })

  it("answers a version that is not served with 400 and -32022", async () => {
    const t = await serve(sampleServer())
    const headers = { "mcp-protocol-version": "1999-01-01" }
    const meta = { "io.modelcontextprotocol/protocolVersion": "1999-01-01" }
    const { status, json } = await t.send(rpc("tools/list", {}, { headers, meta }))
    expect([status, json.error.code]).toEqual([400, -32022])
  })

  it("answers headers that say something else than the body with 400 and -32020", async () => {
    const t = await serve(sampleServer())
    const { status, json } = await t.send(
      callTool("add", { a: 1, b: 2 }, { headers: { "mcp-name": "other" } }),
    )
    expect([status, json.error.code]).toEqual([400, -32020])
  })

  it("answers a missing capability found in the handler with 400 while nothing was sent", async () => {
    const mcp = quietServer()
    mcp.tool({ name: "ask" }, async (_, ctx) => {
      await Promise.resolve()
      return (await ctx.roots()).length
    })
    const { status, json } = await (await serve(mcp)).send(callTool("ask"))
    expect([status, json.error.code]).toEqual([400, -32021])
  })

  it("answers the same within the stream once something was sent", async () => {
    const mcp = quietServer()
    mcp.tool({ name: "ask" }, async (_, ctx) => {
      ctx.progress(1)
      return (await ctx.roots()).length
    })
    const { status, text } = await (await serve(mcp)).send(
      callTool("ask", {}, { meta: { progressToken: 1 } }),
    )
    expect(status).toBe(200)
    expect(text).toContain('"code":-32021')
  })

  it("ignores the query of the endpoint", async () => {
    const t = await serve(sampleServer())
    const request = callTool("add", { a: 1, b: 2 }, { path: "/mcp?session=1&x=%" })
    expect((await t.send(request)).status).toBe(200)
  })

  it("ignores headers of other eras", async () => {
    const t = await serve(sampleServer())
    const headers = { "mcp-session-id": "x", "last-event-id": "7" }
    const answer = await t.send(callTool("add", { a: 1, b: 2 }, { headers }))
    expect([answer.status, answer.headers.get("mcp-session-id")]).toEqual([200, null])
  })
})
