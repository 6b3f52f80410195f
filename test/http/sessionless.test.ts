import { expect, it } from "vitest"
import * as z from "zod"
import { describeEntries } from "./entries.ts"
import { callTool, eventsOf } from "./messages.ts"
import { deferred, sampleServer } from "./server.ts"
import { initialize, post } from "./session-client.ts"

function server() {
  const mcp = sampleServer({ http: { sessions: "none" } })
  mcp.resource("docs://guide", () => "text")
  mcp.prompt({ name: "hello" }, () => "Hello")
  return mcp
}

const rpc = (method: string, params: object = {}, version: string | undefined = "2025-11-25") =>
  post({ jsonrpc: "2.0", id: 1, method, params }, { "mcp-protocol-version": version })

describeEntries("a client of an older revision without a session", (serve) => {
  it("is given none", async () => {
    const answer = await (await serve(server())).send(initialize())
    expect([answer.status, answer.headers.get("mcp-session-id")]).toEqual([200, null])
    expect(answer.json.result.protocolVersion).toBe("2025-11-25")
  })

  it("is promised nothing that needs one", async () => {
    const { json } = await (await serve(server())).send(initialize())
    expect(json.result.capabilities).toEqual({ tools: {}, prompts: {}, resources: {} })
  })

  it.each(["GET", "DELETE"])("cannot %s", async (method) => {
    const { status, headers } = await (await serve(server())).send({ method })
    expect([status, headers.get("allow")]).toEqual([405, "POST"])
  })

  it.each(["2024-11-05", "2025-03-26", "2025-06-18", "2025-11-25", undefined])(
    "calls with the version %s in a header",
    async (version) => {
      const t = await serve(server())
      const { json } = await t.send(rpc("tools/call", { name: "add", arguments: { a: 1, b: 2 } }, version))
      expect(json.result.content[0].text).toBe("3")
    },
  )

  it("is answered as its version demands", async () => {
    const t = await serve(server())
    const params = { name: "echo", arguments: { value: 1 } }
    const [old, recent] = await Promise.all(
      ["2025-03-26", "2025-11-25"].map((version) => t.send(rpc("tools/call", params, version))),
    )
    expect([old?.json.result.structuredContent, recent?.json.result.structuredContent]).toEqual([
      undefined,
      { value: 1 },
    ])
  })

  it("hears of progress", async () => {
    const params = { name: "steps", arguments: { steps: 2 }, _meta: { progressToken: 1 } }
    const { text } = await (await serve(server())).send(rpc("tools/call", params))
    expect(eventsOf(text)).toHaveLength(3)
    expect(text).not.toMatch(/^id:/m)
  })

  it("cannot be asked, which the model is told with a remedy", async () => {
    const mcp = server()
    mcp.tool(
      { name: "who" },
      async (_, ctx) => (await ctx.elicit("Who?", z.object({ name: z.string() }))).action,
    )
    const { json } = await (await serve(mcp)).send(rpc("tools/call", { name: "who", arguments: {} }))
    expect(json.result.isError).toBe(true)
    expect(json.result.content[0].text).toContain("needs a session")
  })

  it.each([
    ["logging/setLevel", { level: "error" }],
    ["resources/subscribe", { uri: "docs://guide" }],
    ["resources/unsubscribe", { uri: "docs://guide" }],
  ])("has no `%s`", async (method, params) => {
    expect((await (await serve(server())).send(rpc(method, params))).json.error.code).toBe(-32601)
  })

  it("may send notifications", async () => {
    const t = await serve(server())
    for (const method of ["notifications/initialized", "notifications/cancelled"])
      expect((await t.send(post({ jsonrpc: "2.0", method, params: { requestId: 1 } }))).status).toBe(202)
  })

  it("has nothing to respond to", async () => {
    expect((await (await serve(server())).send(post({ jsonrpc: "2.0", id: 1, result: {} }))).status).toBe(400)
  })

  it("leaves its call by leaving: nobody could come back for it", async () => {
    const mcp = server()
    const started = deferred<AbortSignal>()
    mcp.tool({ name: "wait" }, (_, ctx) => {
      ctx.progress(1)
      started.resolve(ctx.signal)
      return new Promise<string>(() => undefined)
    })
    const t = await serve(mcp)
    const call = t.start(rpc("tools/call", { name: "wait", arguments: {}, _meta: { progressToken: 1 } }))
    call.answer.catch(() => undefined)
    const signal = await started.promise
    const aborted = new Promise((resolve) => signal.addEventListener("abort", resolve))
    ;(await call.answer).leave()
    await aborted
    expect(signal.reason).toMatchObject({ reason: "disconnect" })
  })

  it("is served beside the stateless era", async () => {
    const { json } = await (await serve(server())).send(callTool("add", { a: 1, b: 2 }))
    expect(json.result.content[0].text).toBe("3")
  })
})
