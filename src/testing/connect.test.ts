import { describe, expect, it, vi } from "vitest"
import * as z from "zod"
import { prompt } from "../components/prompt.ts"
import { requireScopes } from "../components/require-scopes.ts"
import { resource } from "../components/resource.ts"
import { tool } from "../components/tool.ts"
import { UnknownOption } from "../errors/server.ts"
import { ClientClosed, RequestFailed, ToolCallFailed } from "../errors/testing.ts"
import { FleetMCP } from "../fleet-mcp.ts"
import type { FleetMCPOptions } from "../fleet-mcp-options.ts"
import { createPrincipal } from "../protocol/principal.ts"
import { definePlugin } from "../server/plugin.ts"
import { metaKeys } from "../spec/meta.ts"
import { connect } from "./connect.ts"

const add = tool(
  { name: "add", input: z.object({ a: z.number(), b: z.number().default(0) }) },
  ({ a, b }) => a + b,
)

function server(options: FleetMCPOptions = {}): FleetMCP {
  return new FleetMCP("test", { log: () => undefined, ...options })
}

/** A server, and what it is sent: the method, and the header of the tenant. */
function spied(mcp: FleetMCP) {
  const seen: (readonly [method: string, tenant: string | undefined])[] = []
  const handle: FleetMCP["handler"]["handle"] = (message, channel) => {
    // Written by the client, which sends nothing else.
    const { method } = message as { readonly method: string }
    seen.push([method, channel.headers?.get("x-tenant")])
    return mcp.handler.handle(message, channel)
  }
  return { target: { start: () => mcp.start(), handler: { handle } }, seen }
}

/** What a promise rejects with. */
function reasonOf(promise: Promise<unknown>): Promise<unknown> {
  return promise.then(
    () => expect.fail("it did not reject"),
    (reason: unknown) => reason,
  )
}

describe("what is connected to", () => {
  it.each([
    [{}, "is an object. Give a `FleetMCP`."],
    [undefined, "is `undefined`."],
    [{ handler: {} }, "Give"],
  ])("must be a server, and not %j", async (server, message) => {
    await expect(connect(server as never)).rejects.toMatchObject({
      code: "INVALID_OPTION",
      message: expect.stringContaining(message),
    })
  })
})

describe("calling tools", () => {
  const mcp = new FleetMCP("test", { log: () => undefined, tools: [add] })

  it("gives the whole result", async () => {
    await using client = await connect(mcp)
    expect(await client.callTool("add", { a: 1, b: 2 })).toStrictEqual({
      resultType: "complete",
      content: [{ type: "text", text: "3" }],
      structuredContent: 3,
      _meta: { [metaKeys.serverInfo]: { name: "test", version: "0.0.0" } },
    })
  })

  it("gives a failed result as it is, and throws for it from `tools`", async () => {
    await using client = await connect(mcp)
    // @ts-expect-error Type 'string' is not assignable to type 'number'.
    const failure = await reasonOf(client.tools.add({ a: "1" }))
    const raw = await client.callTool("add", { a: "1" })
    expect(raw.isError).toBe(true)
    expect(failure).toBeInstanceOf(ToolCallFailed)
    expect(failure).toMatchObject({ tool: "add", result: raw })
    expect(String(failure)).toContain('`a`: expected number, got string "1"')
  })

  it("rejects where the protocol says no, with the nearest name", async () => {
    await using client = await connect(server({ tools: [tool({ name: "find_products" }, () => [])] }))
    const failure = await reasonOf(client.callTool("find_product"))
    expect(failure).toBeInstanceOf(RequestFailed)
    expect(failure).toMatchObject({ error: { code: -32602 }, status: 200 })
    expect(String(failure)).toContain("Did you mean `find_products`?")
  })

  it("asks for the version that is meant, and else gets the highest", async () => {
    const versions = server()
    for (const version of ["1.9", "1.10"]) versions.tool({ name: "v", version }, () => version)
    await using client = await connect(versions)
    expect(await client.tools.v?.()).toBe("1.10")
    expect(await client.tools.v?.({}, { version: "1.9" })).toBe("1.9")
  })

  it("gives a function by name, of whatever name", async () => {
    await using client = await connect(mcp)
    expect(await client.tool("add")({ a: 1, b: 2 })).toBe(3)
    expect(await reasonOf(client.tool("sub")())).toBeInstanceOf(RequestFailed)
    expect(await reasonOf(client.tool("then")())).toBeInstanceOf(RequestFailed)
  })

  it("does not take the tools for a promise", async () => {
    await using client = await connect(server())
    expect(await Promise.resolve(client.tools)).toBe(client.tools)
  })
})

describe("what passes between client and server", () => {
  it("is JSON by default: nothing is shared, and what JSON lacks is gone", async () => {
    const mcp = server()
    const seen: unknown[] = []
    const given = { at: new Date(0), no: undefined }
    mcp.tool({ name: "take", input: z.looseObject({}) }, (args) => void seen.push(args))
    await using client = await connect(mcp)
    await client.callTool("take", given)
    expect(seen).toStrictEqual([{ at: "1970-01-01T00:00:00.000Z" }])
  })

  it("is the objects themselves when not serialized", async () => {
    const shared = { deep: { a: 1 } }
    const mcp = server()
    mcp.tool({ name: "give", input: { type: "object" } }, () => shared)
    await using client = await connect(mcp, { serialize: false })
    const { structuredContent, ...rest } = await client.callTool("give")
    expect(structuredContent).toBe(shared)
    await using other = await connect(mcp)
    expect({ ...rest, structuredContent }).toStrictEqual(await other.callTool("give"))
  })

  it("says who the client is and what it can do", async () => {
    const mcp = server()
    mcp.tool({ name: "who" }, (_, { client }) => ({ ...client }))
    await using client = await connect(mcp, {
      clientInfo: { name: "mine", version: "1" },
      elicitation: () => ({ action: "decline" }),
      roots: [],
      capabilities: { extensions: { "com.example/x": {} } },
    })
    expect(await client.tools.who?.()).toStrictEqual({
      info: { name: "mine", version: "1" },
      capabilities: {
        elicitation: { form: {}, url: {} },
        roots: {},
        extensions: { "com.example/x": {} },
      },
    })
  })

  it("may carry more `_meta`, of the client's own making", async () => {
    const mcp = server()
    mcp.tool({ name: "meta" }, (_, { request }) => request.meta?.["com.example/a"])
    await using client = await connect(mcp)
    expect(await client.tools.meta?.({}, { meta: { "com.example/a": 1 } })).toBe(1)
    expect(await client.request("tools/call", { name: "meta", _meta: { "com.example/a": 2 } })).toMatchObject(
      {
        structuredContent: 2,
      },
    )
    const unversioned = client.request("tools/list", {}, { meta: { [metaKeys.protocolVersion]: undefined } })
    expect(await reasonOf(unversioned)).toBeInstanceOf(RequestFailed)
  })
})

describe("the other requests", () => {
  const mcp = server({
    pageSize: 2,
    instructions: "Be kind.",
    tools: ["a", "b", "c"].map((name) => tool({ name }, () => name)),
    resources: [
      resource("config://a", () => "A"),
      resource("config://b", () => "B"),
      resource("config://c", () => "C"),
      resource({ uri: "users://{id}", complete: { id: ["ada", "bob"] } }, ({ id }) => id),
    ],
    prompts: [
      prompt(
        {
          name: "review",
          args: z.object({ code: z.string(), depth: z.number().optional() }),
          complete: { code: (typed, { arguments: filled }) => [`${typed}+${filled.depth ?? "none"}`] },
        },
        (args) => JSON.stringify(args),
      ),
    ],
  })

  it("list everything, whatever the size of pages", async () => {
    await using client = await connect(mcp)
    expect((await client.listTools()).map(({ name }) => name)).toEqual(["a", "b", "c"])
    expect((await client.listResources()).map(({ uri }) => uri)).toHaveLength(3)
    expect((await client.listTemplates()).map(({ uriTemplate }) => uriTemplate)).toEqual(["users://{id}"])
    expect((await client.listPrompts()).map(({ name }) => name)).toEqual(["review"])
  })

  it("read resources", async () => {
    await using client = await connect(mcp)
    expect((await client.readResource("config://b")).contents).toEqual([
      { uri: "config://b", mimeType: "text/plain", text: "B" },
    ])
    expect((await client.readResource("users://7")).contents).toMatchObject([{ text: "7" }])
  })

  it("get prompts, with arguments as JSON text where they are no strings", async () => {
    await using client = await connect(mcp)
    const { messages } = await client.getPrompt("review", { code: "x", depth: 3, more: undefined })
    expect(messages).toEqual([{ role: "user", content: { type: "text", text: '{"code":"x","depth":3}' } }])
  })

  it("complete arguments and variables", async () => {
    await using client = await connect(mcp)
    const ref = { type: "ref/resource", uri: "users://{id}" } as const
    expect(await client.complete(ref, { name: "id", value: "a" })).toEqual({
      values: ["ada"],
      total: 1,
      hasMore: false,
    })
    const filled = { arguments: { depth: "2" } }
    const review = { type: "ref/prompt", name: "review" } as const
    const { values } = await client.complete(review, { name: "code", value: "x" }, filled)
    expect(values).toEqual(["x+2"])
  })

  it("discover", async () => {
    await using client = await connect(mcp)
    expect(await client.discover()).toMatchObject({ instructions: "Be kind.", capabilities: { tools: {} } })
  })

  it("may be anything: methods and notifications of plugins", async () => {
    const heard: unknown[] = []
    const plugin = definePlugin({
      id: "com.example/echo",
      methods: [
        {
          name: "com.example/echo",
          run: ({ params }) => ({ kind: "complete", result: { said: params.say } }),
        },
      ],
      notifications: { "com.example/heard": ({ params }) => void heard.push(params) },
    })
    await using client = await connect(server({ plugins: [plugin] }))
    expect(await client.request("com.example/echo", { say: "hi" })).toMatchObject({ said: "hi" })
    await client.notify("com.example/heard", { a: 1 })
    expect(heard).toEqual([{ a: 1 }])
  })
})

describe("hearing of progress and logs", () => {
  const mcp = server()
  mcp.tool({ name: "work" }, (_, ctx) => {
    ctx.progress(1, 2, "half")
    ctx.log.debug("quiet")
    ctx.log.error("loud")
    return "done"
  })

  it("happens for one request, or for all", async () => {
    const onProgress = vi.fn()
    await using client = await connect(mcp, { onProgress })
    await client.callTool("work")
    const own = vi.fn()
    await client.callTool("work", {}, { onProgress: own })
    expect(onProgress).toHaveBeenCalledTimes(1)
    expect(own).toHaveBeenCalledWith(expect.objectContaining({ progress: 1, total: 2, message: "half" }))
  })

  it("takes all levels from `onLog`, and fewer by `logLevel`", async () => {
    const onLog = vi.fn()
    await using all = await connect(mcp, { onLog })
    await all.callTool("work")
    expect(onLog.mock.calls.map(([{ data }]) => data)).toEqual(["quiet", "loud"])
    await using few = await connect(mcp, { onLog, logLevel: "error" })
    await few.callTool("work")
    expect(onLog).toHaveBeenCalledTimes(3)
    await few.callTool("work", {}, { logLevel: "debug" })
    expect(onLog).toHaveBeenCalledTimes(5)
  })

  it("fails the request, and not the server, when a listener throws", async () => {
    const wrong = new RangeError("expected another figure")
    await using client = await connect(mcp)
    const failing = client.callTool("work", {}, { onProgress: () => expect.fail(wrong.message) })
    expect(String(await reasonOf(failing))).toContain(wrong.message)
  })
})

describe("cancelling", () => {
  function hanging() {
    const mcp = server()
    const reasons: unknown[] = []
    mcp.tool(
      { name: "hang" },
      (_, { signal }) =>
        new Promise<string>(() =>
          signal.addEventListener("abort", () =>
            reasons.push((signal.reason as { reason?: unknown }).reason),
          ),
        ),
    )
    return { mcp, reasons }
  }

  it("rejects with the signal's reason and tells the handler", async () => {
    const { mcp, reasons } = hanging()
    await using client = await connect(mcp)
    const controller = new AbortController()
    const call = client.callTool("hang", {}, { signal: controller.signal })
    const reason = new RangeError("enough")
    controller.abort(reason)
    expect(await reasonOf(call)).toBe(reason)
    expect(reasons).toEqual(["cancel"])
  })

  it("sends nothing when it was aborted before", async () => {
    const mcp = server()
    const handler = vi.fn(() => 1)
    mcp.tool({ name: "t" }, handler)
    await using client = await connect(mcp)
    await reasonOf(client.callTool("t", {}, { signal: AbortSignal.abort() }))
    expect(handler).not.toHaveBeenCalled()
  })

  it("happens to all that runs when the client is closed", async () => {
    const { mcp, reasons } = hanging()
    const client = await connect(mcp)
    const call = client.callTool("hang")
    client.close()
    expect(await reasonOf(call)).toBeInstanceOf(ClientClosed)
    expect(reasons).toEqual(["disconnect"])
    expect(await reasonOf(client.listTools())).toBeInstanceOf(ClientClosed)
  })
})

describe("acting as somebody", () => {
  const mcp = server({
    tools: [tool({ name: "secret", auth: requireScopes("admin") }, (_, { auth }) => auth?.subject)],
  })

  it("passes auth checks and reaches handlers", async () => {
    await using nobody = await connect(mcp)
    expect(await nobody.listTools()).toEqual([])
    const principal = await createPrincipal({ subject: "ada", scopes: ["admin"] })
    await using ada = await connect(mcp, { principal })
    expect(await ada.tools.secret?.()).toBe("ada")
    expect(await nobody.listTools({ principal })).toHaveLength(1)
  })
})

describe("headers", () => {
  const mcp = server({ pageSize: 1 })
  mcp.tool({ name: "see" }, (_, { request }) => Object.fromEntries(request.headers?.entries() ?? []))
  mcp.tool(
    { name: "region", input: z.object({ region: z.string() }), headers: { region: "Region" } },
    (_, { request }) => request.headers?.get("mcp-param-region"),
  )
  mcp.resource("users://{id}", ({ id }) => id)

  it("are not there by default", async () => {
    await using client = await connect(mcp)
    expect(await client.tools.see?.()).toEqual({})
  })

  it("follow from the request, and those of the test are added", async () => {
    await using client = await connect(mcp, { headers: { "X-Tenant": "a" } })
    expect(await client.tools.see?.({}, { headers: { "X-Trace": "b" } })).toMatchObject({
      "mcp-method": "tools/call",
      "mcp-name": "see",
      "mcp-protocol-version": "2026-07-28",
      "x-tenant": "a",
      "x-trace": "b",
    })
    expect(await client.tools.region?.({ region: "Zürich" })).toBe("=?base64?WsO8cmljaA==?=")
    expect((await client.readResource("users://Zürich")).contents).toMatchObject([{ text: "Zürich" }])
  })

  it.each([[{ "Mcp-Name": "other" }], [{ "mcp-method": undefined }], [{ "Mcp-Param-Region": "x" }]])(
    "are checked as over HTTP: %o",
    async (headers) => {
      await using client = await connect(mcp, { headers: {} })
      const failure = await reasonOf(client.callTool("region", { region: "eu" }, { headers }))
      expect(failure).toMatchObject({ error: { code: -32020 }, status: 400 })
    },
  )

  it("repeat the arguments of tools that only the caller sees, whoever was asked for before", async () => {
    const own = server()
    own.tool(
      {
        name: "region",
        input: z.object({ region: z.string() }),
        headers: { region: "Region" },
        auth: requireScopes("eu"),
      },
      ({ region }) => region,
    )
    const principal = await createPrincipal({ subject: "ann", scopes: ["eu"] })
    await using client = await connect(own, { headers: {} })
    const args = { region: "eu" }
    expect(await reasonOf(client.callTool("region", args))).toBeInstanceOf(RequestFailed)
    expect(await client.tool("region")(args, { principal })).toBe("eu")
    await using other = await connect(own, { headers: {}, principal })
    expect(await other.tool("region")(args)).toBe("eu")
  })

  it("are learnt with the headers of the request that needs them", async () => {
    const { target, seen } = spied(mcp)
    await using client = await connect(target, { headers: {} })
    const headers = { "X-Tenant": "a", "mcp-name": "region" }
    await client.callTool("region", { region: "eu" }, { headers })
    expect(seen).toEqual([
      ["tools/list", "a"],
      ["tools/list", "a"],
      ["tools/call", "a"],
    ])
  })

  it("follow a tool that was replaced", async () => {
    const own = server()
    const input = z.object({ region: z.string(), zone: z.string() })
    const made = (headers: { readonly [property: string]: string }) =>
      tool({ name: "place", input, headers }, ({ region, zone }) => `${region}/${zone}`)
    own.add(made({ region: "Region" }))
    await using client = await connect(own, { headers: {} })
    const args = { region: "eu", zone: "a" }
    expect(await client.tool("place")(args)).toBe("eu/a")
    own.replace(made({ zone: "Zone" }))
    expect(await client.tool("place")(args)).toBe("eu/a")
  })

  it("are not sent again where they were wrong for another reason", async () => {
    const { target, seen } = spied(mcp)
    await using client = await connect(target, { headers: {} })
    await client.callTool("region", { region: "eu" })
    seen.length = 0
    await reasonOf(client.callTool("region", { region: "eu" }, { headers: { "Mcp-Param-Region": "x" } }))
    expect(seen.filter(([method]) => method === "tools/call")).toHaveLength(1)
  })
})

describe("connecting", () => {
  it("starts the server", async () => {
    let isStarted = false
    const plugin = definePlugin({
      id: "com.example/life",
      lifespan: async () => {
        isStarted = true
        return undefined
      },
    })
    await using _client = await connect(server({ plugins: [plugin] }))
    expect(isStarted).toBe(true)
  })

  it("refuses options that do not exist", async () => {
    // @ts-expect-error 'wire' does not exist in type 'ConnectOptions'.
    const failure = await reasonOf(connect(server(), { wire: "objects" }))
    expect(failure).toBeInstanceOf(UnknownOption)
    expect(String(failure)).toContain("`serialize: false`")
  })

  it.each([
    { era: "modern" },
    { revision: "2026-01-01" },
    { revision: "2026-07-28", era: "session" },
    { revision: "2025-11-25", era: "stateless" },
    { serialize: "no" },
    { clientInfo: "me" },
    { capabilities: [] },
    { elicitation: { action: "accept" } },
    { sampling: "x" },
    { roots: "file:///a" },
    { roots: [7] },
    { maxRounds: Number.NaN },
    { maxRounds: -1 },
    { logLevel: "warn" },
    { principal: "ann" },
    { headers: "x" },
    { headers: { "x-a": 1 } },
    { onProgress: true },
    { onLog: console },
    { onNotification: 1 },
  ])("refuses %j", async (options) => {
    const failure = await reasonOf(connect(server(), options as object))
    expect(failure).toMatchObject({ code: "INVALID_OPTION" })
    expect(String(failure)).toContain(`The option \`${Object.keys(options)[0]}\` of \`connect()\``)
  })

  it("takes every option", async () => {
    const principal = await createPrincipal({ subject: "ann" })
    const ignore = (): undefined => undefined
    await using client = await connect(server({ tools: [add] }), {
      era: "stateless",
      serialize: true,
      clientInfo: { name: "c", version: "1" },
      capabilities: {},
      elicitation: () => ({ action: "decline" }),
      sampling: () => "x",
      roots: ["file:///a", { uri: "file:///b" }],
      maxRounds: 0,
      logLevel: "warning",
      principal,
      headers: { "x-a": "b", "x-c": undefined },
      onProgress: ignore,
      onLog: ignore,
      onNotification: ignore,
    })
    expect(await client.tool("add")({ a: 1, b: 2 })).toBe(3)
  })
})
