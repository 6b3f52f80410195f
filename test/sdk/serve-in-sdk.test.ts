import { Server as Server1 } from "@modelcontextprotocol/sdk/server/index.js"
import { ListToolsRequestSchema } from "@modelcontextprotocol/sdk/types.js"
import { McpServer as McpServer2, Server as Server2 } from "@modelcontextprotocol/server"
import { definePlugin, FleetMCP, type FleetMCPOptions, requireScopes, resourceContents, tool } from "fleetmcp"
import { serveInSdk } from "fleetmcp/sdk"
import { describe, expect, it, onTestFinished } from "vitest"
import * as z from "zod"
import { turn } from "../http/entries.ts"
import { deferred } from "../http/server.ts"
import { sides } from "./sides.ts"

function fresh(options: FleetMCPOptions = {}): FleetMCP {
  const mcp = new FleetMCP("Inside", { log: () => undefined, ...options })
  onTestFinished(() => mcp.close({ graceMs: 0 }))
  return mcp
}

describe.each(sides)("a server in a Server of SDK version $version", ({ version, newServer, join }) => {
  it("answers with its tools, and leaves nothing of them out", async () => {
    const mcp = fresh()
    const output = z.object({ sum: z.number() })
    mcp.tool(
      {
        name: "add",
        input: z.object({ a: z.number(), b: z.number() }),
        output,
        meta: { "com.example/a": 1 },
      },
      ({ a, b }) => ({ sum: a + b }),
    )
    const { call, request, wire } = await join(mcp)
    expect(await call("add", { a: 1, b: 2 })).toMatchObject({ structuredContent: { sum: 3 } })
    await request("tools/list")
    const [listed] = wire.at(-1).result.tools
    expect(listed).toMatchObject({
      name: "add",
      _meta: { "com.example/a": 1 },
      outputSchema: { type: "object" },
    })
  })

  it("tells bad arguments and unknown names as everywhere", async () => {
    const mcp = fresh()
    mcp.tool({ name: "add", input: z.object({ a: z.number() }) }, ({ a }) => a)
    const { call, request } = await join(mcp)
    expect(await call("add", { a: "x" })).toMatchObject({ isError: true })
    await expect(call("addd")).rejects.toMatchObject({
      code: -32602,
      message: expect.stringContaining("`add`"),
    })
    await expect(request("com.example/none")).rejects.toMatchObject({ code: -32601 })
  })

  it("keeps the code of a missing resource, and its data", async () => {
    const mcp = fresh()
    mcp.resource("config://a", () => "A")
    const { request, wire } = await join(mcp)
    await expect(request("resources/read", { uri: "config://b" })).rejects.toMatchObject({
      message: expect.stringContaining("config://b"),
    })
    // Version 2 has one code for all revisions.
    const code = version === "1" ? -32002 : -32602
    expect(wire.at(-1).error).toMatchObject({ code, data: { uri: "config://b" } })
  })

  it("reads resources and templates, gets prompts, completes arguments", async () => {
    const mcp = fresh()
    mcp.resource("config://a", () => [resourceContents("A", { meta: { "com.example/x": true } })])
    mcp.resource({ uri: "users://{id}", complete: { id: ["ada", "bob"] } }, ({ id }) => ({ id }))
    mcp.prompt({ name: "greet", args: z.object({ name: z.string() }) }, ({ name }) => `Greet ${name}`)
    const { request, wire } = await join(mcp)
    await request("resources/read", { uri: "config://a" })
    expect(wire.at(-1).result.contents).toMatchObject([{ text: "A", _meta: { "com.example/x": true } }])
    expect(await request("resources/read", { uri: "users://7" })).toMatchObject({
      contents: [{ text: '{"id":"7"}' }],
    })
    expect((await request("resources/templates/list")).resourceTemplates).toHaveLength(1)
    expect(await request("prompts/get", { name: "greet", arguments: { name: "Ada" } })).toMatchObject({
      messages: [{ content: { text: "Greet Ada" } }],
    })
    const ref = { type: "ref/resource", uri: "users://{id}" }
    expect(await request("completion/complete", { ref, argument: { name: "id", value: "a" } })).toMatchObject(
      { completion: { values: ["ada"] } },
    )
  })

  it("gives handlers `_meta` as it came", async () => {
    const mcp = fresh()
    mcp.tool({ name: "meta" }, (_, { request }) => JSON.stringify(request.meta))
    const { request } = await join(mcp)
    const _meta = { "com.example/a": { b: [1] } }
    const { content } = await request("tools/call", { name: "meta", _meta })
    expect(JSON.parse(content[0].text)).toEqual(_meta)
  })

  it("tells progress of the call that it belongs to", async () => {
    const mcp = fresh()
    mcp.tool({ name: "work", input: z.object({ to: z.number() }) }, ({ to }, ctx) => {
      for (let step = 1; step <= to; step++) ctx.progress(step, to)
      return "done"
    })
    const { call } = await join(mcp)
    const steps: unknown[][] = [[], []]
    await Promise.all(
      [2, 3].map((to, n) =>
        call("work", { to }, { onprogress: ({ progress }) => void steps[n]?.push(progress) }),
      ),
    )
    expect(steps).toEqual([
      [1, 2],
      [1, 2, 3],
    ])
  })

  it("logs from the level on that the client sets", async () => {
    const mcp = fresh()
    mcp.tool({ name: "work" }, (_, ctx) => {
      ctx.log.debug("quiet")
      ctx.log.error("loud")
    })
    const said: unknown[] = []
    const { call, request } = await join(mcp, { hear: (_, { data }) => void said.push(data) })
    await call("work")
    await request("logging/setLevel", { level: "error" })
    await call("work")
    expect(said).toEqual(["quiet", "loud", "loud"])
  })

  it("logs from a level on that the client sets before it calls anything", async () => {
    const mcp = fresh()
    mcp.tool({ name: "work" }, (_, ctx) => {
      ctx.log.debug("quiet")
      ctx.log.error("loud")
    })
    const said: unknown[] = []
    const { call, request } = await join(mcp, { hear: (_, { data }) => void said.push(data) })
    await request("logging/setLevel", { level: "error" })
    await call("work")
    expect(said).toEqual(["loud"])
  })

  it("aborts a call that is cancelled", async () => {
    const mcp = fresh()
    const begun = deferred<void>()
    const aborted = deferred<unknown>()
    mcp.tool({ name: "wait" }, (_, { signal }) => {
      signal.addEventListener("abort", () => aborted.resolve(signal.reason.reason))
      begun.resolve()
      return new Promise<string>(() => undefined)
    })
    const { call } = await join(mcp)
    const leave = new AbortController()
    const cancelled = call("wait", {}, { signal: leave.signal })
    await begun.promise
    leave.abort("enough")
    await expect(cancelled).rejects.toThrow("enough")
    expect(await aborted.promise).toBe("cancel")
  })

  it("asks the person, the model and for folders", async () => {
    const mcp = fresh()
    mcp.tool({ name: "ask" }, async (_, ctx) => {
      const who = await ctx.elicit("Who?", z.object({ name: z.string() }))
      return JSON.stringify([who, await ctx.roots(), (await ctx.sample("Hello?")).model])
    })
    const { call } = await join(mcp, {
      capabilities: { elicitation: {}, roots: {}, sampling: {} },
      answers: {
        "elicitation/create": () => ({ action: "accept", content: { name: "Ada" } }),
        "roots/list": () => ({ roots: [{ uri: "file:///a" }] }),
        "sampling/createMessage": () => ({
          role: "assistant",
          content: { type: "text", text: "Hi" },
          model: "m",
        }),
      },
    })
    const { content } = await call("ask")
    expect(JSON.parse(content[0].text)).toEqual([
      { action: "accept", data: { name: "Ada" } },
      [{ uri: "file:///a" }],
      "m",
    ])
  })

  it("tells that a page is done when the call is over", async () => {
    const mcp = fresh()
    mcp.tool({ name: "pay" }, async (_, ctx) => {
      const options = { elicitationId: "order-7" }
      return (await ctx.elicitUrl("Pay", "https://example.com/pay", options)).action
    })
    const { call, wire } = await join(mcp, {
      capabilities: { elicitation: { url: {} } },
      answers: { "elicitation/create": () => ({ action: "accept" }) },
    })
    await call("pay")
    mcp.elicitationComplete("order-7")
    for (let n = 0; n < 10; n++) await turn()
    expect(wire.at(-1)).toMatchObject({
      method: "notifications/elicitation/complete",
      params: { elicitationId: "order-7" },
    })
  })

  it("says what a client did not declare, and what it refuses", async () => {
    const mcp = fresh()
    mcp.tool({ name: "roots" }, async (_, ctx) => JSON.stringify(await ctx.roots()))
    expect(await (await join(mcp)).call("roots")).toMatchObject({ isError: true })
    const refusing = await join(mcp, {
      capabilities: { roots: {} },
      answers: {
        "roots/list": () => {
          throw Object.assign(new Error("not today"), { code: -32000 })
        },
      },
    })
    expect(JSON.stringify(await refusing.call("roots"))).toContain("not today")
  })

  it("takes a question back that it waits for no longer", async () => {
    const mcp = fresh({ askTimeout: 20 })
    mcp.tool({ name: "roots" }, async (_, ctx) => JSON.stringify(await ctx.roots()))
    const { call, wire } = await join(mcp, {
      capabilities: { roots: {} },
      answers: { "roots/list": () => new Promise(() => undefined) },
    })
    expect(await call("roots")).toMatchObject({ isError: true })
    const asked = wire.find(({ method }) => method === "roots/list")
    const cancelled = wire.find(({ method }) => method === "notifications/cancelled")
    expect(cancelled.params.requestId).toBe(asked.id)
  })

  it("tells of changes, and of what was subscribed to, also before the first call", async () => {
    const mcp = fresh()
    mcp.tool({ name: "one" }, () => 1)
    mcp.resource("config://a", () => "A")
    const changed = deferred<void>()
    const updated = deferred<unknown>()
    const { request } = await join(mcp, {
      hear(method, params) {
        if (method === "notifications/tools/list_changed") changed.resolve()
        if (method === "notifications/resources/updated") updated.resolve(params.uri)
      },
    })
    await new Promise((resolve) => setImmediate(resolve))
    mcp.tool({ name: "two" }, () => 2)
    await changed.promise
    await request("resources/subscribe", { uri: "config://a" })
    mcp.resourceUpdated("config://a")
    expect(await updated.promise).toBe("config://a")
  })

  it("knows two clients apart", async () => {
    const mcp = fresh()
    mcp.tool({ name: "who" }, (_, { client }) => JSON.stringify(client.capabilities))
    const one = await join(mcp, { capabilities: { roots: {} } })
    const other = await join(mcp)
    const texts = await Promise.all([one.call("who"), other.call("who"), one.call("who")])
    expect(texts.map(({ content }) => "roots" in JSON.parse(content[0].text))).toEqual([true, false, true])
  })

  it("takes a client at its last word that says anew what it can", async () => {
    const mcp = fresh()
    mcp.tool({ name: "who" }, (_, { client }) => JSON.stringify(client.capabilities))
    const { call, request } = await join(mcp)
    const before = await call("who")
    const clientInfo = { name: "again", version: "1" }
    await request("initialize", { protocolVersion: "2025-06-18", capabilities: { roots: {} }, clientInfo })
    const texts = [before, await call("who")].map(({ content }) => JSON.parse(content[0].text))
    expect(texts).toEqual([{}, { roots: {} }])
  })

  it("knows who is calling by the SDK's authentication", async () => {
    const mcp = fresh({
      tools: [tool({ name: "secret", auth: requireScopes("admin") }, (_, { auth }) => JSON.stringify(auth))],
    })
    const authInfo = {
      token: "t",
      clientId: "app",
      scopes: ["admin"],
      extra: { sub: "ada", iss: "https://id" },
    }
    const ada = await join(mcp, { authInfo })
    const { content } = await ada.call("secret")
    expect(JSON.parse(content[0].text)).toMatchObject({
      subject: "ada",
      clientId: "app",
      issuer: "https://id",
    })
    expect(content[0].text).not.toContain('"token"')
    await expect((await join(mcp)).call("secret")).rejects.toMatchObject({ code: -32602 })
    const options = { principal: () => ({ subject: "eve" }) }
    await expect((await join(mcp, { authInfo, options })).call("secret")).rejects.toMatchObject({
      code: -32602,
    })
  })

  it("is another's session to whoever comes over the same connection as somebody else", async () => {
    const mcp = fresh({ tools: [tool({ name: "who" }, (_, { auth }) => auth?.clientId)] })
    const settings = { authInfo: { token: "t", clientId: "ada", scopes: [] } }
    const { call } = await join(mcp, settings)
    expect((await call("who")).content).toMatchObject([{ text: "ada" }])
    settings.authInfo = { token: "u", clientId: "eve", scopes: [] }
    await expect(call("who")).rejects.toMatchObject({ message: expect.stringContaining("session") })
  })

  it("takes no notification of somebody else for one of whoever opened the session", async () => {
    const senders: unknown[] = []
    const mcp = fresh({
      tools: [tool({ name: "who" }, (_, { auth }) => auth?.clientId)],
      middleware: [
        {
          notification(notice, next) {
            if (notice.method === "com.example/tick") senders.push(notice.principal?.clientId)
            return next()
          },
        },
      ],
    })
    const settings = { authInfo: { token: "t", clientId: "ada", scopes: [] } }
    const { call, notify } = await join(mcp, settings)
    await call("who")
    await notify("com.example/tick")
    settings.authInfo = { token: "u", clientId: "eve", scopes: [] }
    await notify("com.example/tick")
    await call("who").catch(() => undefined)
    expect(senders).toEqual(["ada"])
  })

  it("tells clients nothing of what fails where it is found out who is calling", async () => {
    const errors: unknown[] = []
    const mcp = fresh({ tools: [tool({ name: "one" }, () => 1)] })
    const { call, server } = await join(mcp, {
      authInfo: { token: "t", clientId: "ada", scopes: [] },
      options: {
        principal: () => {
          throw new Error("no database at 10.0.0.1")
        },
      },
    })
    Object.assign(server, { onerror: (error: unknown) => errors.push(error) })
    const failure = await call("one").catch((error: unknown) => error)
    expect(failure).toMatchObject({ code: -32603, message: expect.not.stringContaining("10.0.0.1") })
    expect(errors).toContainEqual(new Error("no database at 10.0.0.1"))
  })

  it("asks nothing of its own that middleware would see", async () => {
    const methods: string[] = []
    const mcp = fresh({
      tools: [tool({ name: "one" }, () => 1)],
      middleware: [
        {
          request(call, next) {
            methods.push(call.method)
            return next()
          },
        },
      ],
    })
    await (await join(mcp)).call("one")
    expect(methods).toEqual(["initialize", "tools/call"])
  })

  it("opens the session anew where that failed once", async () => {
    let isReady = false
    const mcp = fresh({
      tools: [tool({ name: "one" }, () => 1)],
      middleware: [
        {
          request(call, next) {
            if (call.method === "initialize" && !isReady) throw new RangeError("not yet")
            return next()
          },
        },
      ],
    })
    const { call } = await join(mcp)
    await expect(call("one")).rejects.toMatchObject({ code: -32603 })
    isReady = true
    expect((await call("one")).content).toMatchObject([{ text: "1" }])
  })

  it("is not connected when ours is closed", async () => {
    const mcp = fresh()
    await mcp.close()
    await expect(join(mcp)).rejects.toMatchObject({
      code: "SERVER_CLOSED",
    })
  })

  it("ends with its client: calls are aborted, and nothing is heard of changes", async () => {
    const mcp = fresh()
    const begun = deferred<void>()
    const aborted = deferred<unknown>()
    mcp.tool({ name: "wait" }, (_, { signal }) => {
      signal.addEventListener("abort", () => aborted.resolve(signal.reason.reason))
      begun.resolve()
      return new Promise<string>(() => undefined)
    })
    const { call, close, wire } = await join(mcp)
    const call1 = call("wait").catch((error: unknown) => error)
    await begun.promise
    await close()
    expect(await aborted.promise).toBe("disconnect")
    await call1
    const sent = wire.length
    mcp.tool({ name: "later" }, () => 1)
    await new Promise((resolve) => setImmediate(resolve))
    expect(wire).toHaveLength(sent)
  })

  it("answers that it is closed when ours is", async () => {
    const mcp = fresh()
    mcp.tool({ name: "one" }, () => 1)
    const { call } = await join(mcp)
    await mcp.close()
    await expect(call("one")).rejects.toMatchObject({ message: expect.stringContaining("closed") })
  })

  it("serves the methods and notifications of plugins", async () => {
    const noticed = deferred<unknown>()
    const mcp = fresh({
      plugins: [
        definePlugin({
          id: "com.example/clock",
          methods: [{ name: "com.example/now", run: () => ({ kind: "complete", result: { now: 7 } }) }],
          notifications: { "com.example/tick": ({ params }) => noticed.resolve(params?.at) },
        }),
      ],
    })
    const { request, notify } = await join(mcp)
    expect(await request("com.example/now")).toMatchObject({ now: 7 })
    await notify("com.example/tick", { at: 3 })
    expect(await noticed.promise).toBe(3)
  })

  it("is refused where something else answers, or is connected", async () => {
    const mcp = fresh()
    const used = serveInSdk(mcp.handler, newServer())
    expect(() => serveInSdk(mcp.handler, used)).toThrow(
      expect.objectContaining({ code: "SDK_SERVER_IN_USE" }),
    )
    const { server } = await join(mcp)
    expect(() => serveInSdk(mcp.handler, server)).toThrow(/connected already/)
    const taken = version === "1" ? takenOf1() : takenOf2()
    expect(() => serveInSdk(mcp.handler, taken)).toThrow(/answers `tools\/list` already/)
  })
})

function takenOf1(): Server1 {
  const server = new Server1({ name: "s", version: "1" }, { capabilities: { tools: {} } })
  server.setRequestHandler(ListToolsRequestSchema, () => ({ tools: [] }))
  return server
}

function takenOf2(): Server2 {
  const server = new Server2({ name: "s", version: "1" }, { capabilities: { tools: {} } })
  server.setRequestHandler("tools/list", () => ({ tools: [] }))
  return server
}

it.each([
  [undefined, "undefined is no `Server`"],
  [{}, "an object is no `Server`"],
  [new McpServer2({ name: "s", version: "1" }), "Give the low-level server inside of it, `mcpServer.server`"],
])("serveInSdk() refuses what is no server of the SDK: %s", (value, message) => {
  // What the types refuse.
  expect(() => serveInSdk(fresh().handler, value as never)).toThrow(
    expect.objectContaining({ code: "NOT_AN_SDK_SERVER", message: expect.stringContaining(message) }),
  )
})
