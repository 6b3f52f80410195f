import { createServer } from "node:http"
import type { AddressInfo } from "node:net"
import { describe, expect, it, onTestFinished, vi } from "vitest"
import * as z from "zod"
import type { Json } from "../../src/client/rpc.ts"
import type { FleetMCP } from "../../src/index.ts"
import { proxy } from "../../src/providers/proxy.ts"
import type { LogRecord } from "../../src/server/server-log.ts"
import { child, opened } from "../support/connecting.ts"
import { fronting, overHttp } from "../support/proxying.ts"
import { rawServer } from "../support/raw-server.ts"
import { fullServer, quietServer } from "../support/server.ts"

const toolNames = async (front: FleetMCP): Promise<readonly string[]> => {
  const connection = await opened(front, { era: "stateless" })
  const { tools } = (await connection.request("tools/list")) as {
    readonly tools: readonly { readonly name: string }[]
  }
  return tools.map(({ name }) => name)
}

const call = async (front: FleetMCP, name: string, args: Json = {}): Promise<Json> => {
  const connection = await opened(front, { era: "stateless" })
  return connection.request("tools/call", { name, arguments: args })
}

/** A port that takes connections and says nothing. */
async function silent(): Promise<string> {
  const server = createServer(() => undefined)
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve))
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/mcp`
}

const dead = "http://127.0.0.1:9/mcp"

describe("an upstream that is down", () => {
  it("is not there in lists, which is said once, and others are", async () => {
    const log: LogRecord[] = []
    const front = fronting(dead, { log: (record) => log.push(record) })
    front.mount(proxy(fullServer()), { prefix: "up" })
    expect(await toolNames(front)).toEqual(["up_add", "up_fail", "up_nothing"])
    await toolNames(front)
    expect(log).toMatchObject([{ level: "warning", message: expect.stringContaining("127.0.0.1:9") }])
    expect(await call(front, "up_add", { a: 1, b: 2 })).toMatchObject({ structuredContent: 3 })
  })

  it("makes lists fail where that is wanted", async () => {
    const front = fronting(dead, { onDown: "fail" })
    await expect(toolNames(front)).rejects.toMatchObject({
      error: { code: -32603, message: expect.stringContaining("`127.0.0.1:9`") },
    })
  })

  it("does not hold others up when it says nothing", async () => {
    const front = fronting(await silent(), { connectTimeoutMs: 50 })
    front.mount(proxy(fullServer()), { prefix: "up" })
    expect(await toolNames(front)).toContain("up_add")
  })

  it("fails calls of what it listed before, by its name", async () => {
    const mcp = fullServer()
    const url = await overHttp(mcp)
    const front = fronting(url)
    expect(await toolNames(front)).toContain("add")
    await mcp.close()
    await expect(call(front, "add", { a: 1, b: 2 })).rejects.toMatchObject({
      error: { code: -32603, message: expect.stringContaining(`\`${url.origin}\``) },
    })
  })
})

describe("a program", () => {
  it("is started when it is needed, and again when it died", async () => {
    let time = 0
    const front = fronting(child, { now: () => time, stderr: "ignore" })
    const pid = async () => (await call(front, "pid")).structuredContent
    const first = await pid()
    expect(first).toEqual(await pid())
    time += 60_000
    await expect(call(front, "die")).rejects.toMatchObject({ error: { code: -32603 } })
    time += 60_000
    const second = await pid()
    expect(second).toEqual(expect.any(Number))
    expect(second).not.toEqual(first)
  })

  it("ends with the server", async () => {
    const front = fronting(child, { stderr: "ignore" })
    const pid = Number((await call(front, "pid")).structuredContent)
    await front.close()
    await vi.waitFor(() => expect(() => process.kill(pid, 0)).toThrow(), { timeout: 5_000 })
  })
})

describe("headers of a caller", () => {
  async function listening() {
    const seen: { readonly [name: string]: string }[] = []
    const mcp = quietServer()
    mcp.tool({ name: "who" }, () => "x")
    const watched: typeof fetch = (input, init) => {
      if (String(init?.body).includes("tools/call")) seen.push(Object.fromEntries(new Headers(init?.headers)))
      return fetch(input, init)
    }
    return { seen, url: await overHttp(mcp), fetch: watched }
  }
  const headers = { authorization: "Bearer secret", cookie: "a=b", "x-tenant": "acme" }

  it("stay here unless they are named", async () => {
    const { seen, url, fetch } = await listening()
    const connection = await opened(await overHttp(fronting(url, { fetch })), { headers })
    await connection.request("tools/call", { name: "who", arguments: {} })
    expect(seen).toHaveLength(1)
    expect([seen[0]?.authorization, seen[0]?.cookie, seen[0]?.["x-tenant"]]).toEqual([
      undefined,
      undefined,
      undefined,
    ])
  })

  it.each(["session", "stateless"] as const)(
    "go on where they are named, each for its caller, in the %s era",
    async (era) => {
      const { seen, url, fetch } = await listening()
      const front = await overHttp(
        fronting(url, { era, fetch, forwardHeaders: ["X-Tenant", "authorization"] }),
      )
      for (const tenant of ["acme", "other", undefined]) {
        const own = tenant === undefined ? {} : { ...headers, "x-tenant": tenant }
        const connection = await opened(front, { headers: own })
        await connection.request("tools/call", { name: "who", arguments: {} })
      }
      expect(seen.map((each) => each["x-tenant"])).toEqual(["acme", "other", undefined])
      expect(seen.map((each) => each.authorization)).toEqual(["Bearer secret", "Bearer secret", undefined])
      expect(seen.map((each) => each.cookie)).toEqual([undefined, undefined, undefined])
    },
  )

  it.each(["Mcp-Session-Id", "host", "content-length", "accept", "connection", "bad header"])(
    "cannot be %s, which each connection has for itself",
    (name) => {
      expect(() => proxy(dead, { forwardHeaders: [name] })).toThrow(/forwardHeaders/)
    },
  )
})

describe("what an upstream lists", () => {
  const raw = (tools: readonly Json[]) => ({ tools, resources: [], prompts: [], outcome: { result: {} } })
  const good = { name: "good", inputSchema: { type: "object" } }

  it("is left out where it breaks the rules, which is logged", async () => {
    const log: LogRecord[] = []
    const odd = [
      { name: "not a name", inputSchema: {} },
      { name: "\u001b[2J", inputSchema: {} },
      { name: "no_schema" },
      { ...good, description: "twice" },
      { name: "giant", inputSchema: {}, description: "x".repeat(300_000) },
      { name: "header", inputSchema: { properties: { a: { type: "object", "x-mcp-header": "A" } } } },
    ]
    const front = fronting(rawServer(raw([good, ...odd])), { log: (record) => log.push(record) })
    expect(await toolNames(front)).toEqual(["good"])
    expect(log).toMatchObject([{ level: "warning", message: expect.stringContaining("6 of what") }])
  })

  it("is taken as far as pages end", async () => {
    const server = rawServer(raw([good]))
    const handle = server.handler.handle.bind(server.handler)
    const endless = {
      ...server,
      handler: {
        handle: async (message: unknown, channel: never) => {
          const reply = await handle(message, channel)
          const { method } = message as { readonly method: string }
          if (method !== "tools/list" || reply.body === undefined) return reply
          const whole = JSON.parse(reply.body)
          whole.result.nextCursor = "again"
          return { ...reply, body: JSON.stringify(whole) }
        },
      } as never,
    }
    expect(await toolNames(fronting(endless))).toEqual(["good"])
  })

  it("cannot stand in front of what is here by a version", async () => {
    const upstream = quietServer()
    upstream.tool({ name: "same", version: "99.0" }, () => "theirs")
    const front = fronting(upstream)
    front.tool({ name: "same" }, () => "ours")
    expect(await call(front, "same")).toMatchObject({ content: [{ text: "ours" }] })
  })

  it("is read once for many who ask at once, and kept", async () => {
    const heard: Json[] = []
    const front = fronting(rawServer(raw([good]), heard))
    await Promise.all([toolNames(front), toolNames(front), toolNames(front)])
    await toolNames(front)
    await call(front, "good")
    expect(heard.filter(({ method }) => method === "tools/list")).toHaveLength(1)
  })

  it("is read anew each time where it is not to be kept", async () => {
    const heard: Json[] = []
    const front = fronting(rawServer(raw([good]), heard), { cacheTtlMs: 0 })
    await toolNames(front)
    const before = heard.filter(({ method }) => method === "tools/list").length
    await toolNames(front)
    expect(heard.filter(({ method }) => method === "tools/list").length).toBeGreaterThan(before)
  })

  it.each(["session", "stateless"] as const)("follows changes in the %s era", async (era) => {
    const upstream = quietServer()
    upstream.tool({ name: "old" }, () => 1)
    const front = fronting(upstream, { era })
    expect(await toolNames(front)).toEqual(["old"])
    const told: string[] = []
    await opened(front, { era: "session", onNotification: ({ method }) => told.push(method) })
    upstream.tool({ name: "new" }, () => 2)
    await vi.waitFor(() => expect(told).toContain("notifications/tools/list_changed"))
    expect(await toolNames(front)).toEqual(["old", "new"])
    expect(await call(front, "new")).toMatchObject({ content: [{ text: "2" }] })
  })

  it("is found as soon as it is there, though it was asked for before", async () => {
    let tools: readonly Json[] = []
    const shifting = {
      ...raw([]),
      get tools() {
        return tools
      },
    }
    const front = fronting(rawServer(shifting), { cacheTtlMs: 0 })
    await expect(call(front, "good")).rejects.toMatchObject({ error: { code: -32602 } })
    tools = [good]
    expect(await call(front, "good")).toMatchObject({})
  })
})

describe("an upstream's", () => {
  it("completions, templates and resources pass as they came", async () => {
    const upstream = fullServer()
    upstream.resource("files://{name}/raw", ({ name }) => `file ${name}`)
    const connection = await opened(fronting(upstream), { era: "stateless" })
    expect(
      await connection.request("completion/complete", {
        ref: { type: "ref/prompt", name: "review" },
        argument: { name: "language", value: "t" },
      }),
    ).toMatchObject({ completion: { values: ["typescript", "tcl"] } })
    expect(await connection.request("resources/read", { uri: "users://a%2Fb%3Fc" })).toMatchObject({
      contents: [{ uri: "users://a%2Fb%3Fc", text: "user a/b?c" }],
    })
    expect(await connection.request("resources/read", { uri: "files://x%20y/raw" })).toMatchObject({
      contents: [{ text: "file x y" }],
    })
  })

  it("arguments that headers repeat are sent in headers", async () => {
    const upstream = quietServer()
    upstream.tool(
      { name: "at", input: z.object({ region: z.string() }), headers: { region: "Region" } },
      ({ region }) => region,
    )
    const front = fronting(await overHttp(upstream), { era: "stateless" })
    expect(await call(front, "at", { region: "eu-ü" })).toMatchObject({ content: [{ text: "eu-ü" }] })
  })

  it("wanted version passes on", async () => {
    const upstream = quietServer()
    upstream.tool({ name: "v", version: "1.0" }, () => "one")
    upstream.tool({ name: "v", version: "2.0" }, () => "two")
    const connection = await opened(fronting(upstream), { era: "stateless" })
    const ask = (version?: string) =>
      connection.request("tools/call", {
        name: "v",
        arguments: {},
        ...(version && { _meta: { "fleetmcp/version": version } }),
      })
    expect([await ask(), await ask("1.0")]).toMatchObject([
      { content: [{ text: "two" }] },
      { content: [{ text: "one" }] },
    ])
  })

  it("own `_meta` keys of the connection do not pass", async () => {
    const heard: Json[] = []
    const tools = [{ name: "good", inputSchema: {} }]
    const front = fronting(rawServer({ tools, resources: [], prompts: [], outcome: { result: {} } }, heard), {
      era: "session",
    })
    const connection = await opened(front, { era: "stateless" })
    await connection.request("tools/call", {
      name: "good",
      arguments: {},
      _meta: { "com.example/a": 1, traceparent: "00-x" },
    })
    const { params } = heard.find(({ method }) => method === "tools/call") as { readonly params: Json }
    expect(params._meta).toEqual({ "com.example/a": 1, traceparent: "00-x" })
  })
})

describe("a configuration", () => {
  const two = () => ({ mcpServers: { one: fullServer(), two: fullServer() } })

  it("of several puts each behind its name", async () => {
    const front = fronting(two())
    const names = await toolNames(front)
    expect(names).toEqual(["one_add", "one_fail", "one_nothing", "two_add", "two_fail", "two_nothing"])
    expect(await call(front, "two_add", { a: 1, b: 1 })).toMatchObject({ structuredContent: 2 })
  })

  it("of one has no prefix, unless it says one", async () => {
    expect(await toolNames(fronting({ mcpServers: { one: fullServer() } }))).toContain("add")
    const url = (await overHttp(fullServer())).href
    const target = { mcpServers: { one: { url, prefix: "p", names: { add: "plus" } } } }
    expect(await toolNames(fronting(target as never))).toContain("p_plus")
  })

  it("may leave out by tags", async () => {
    const upstream = quietServer()
    upstream.tool({ name: "a", tags: ["x"] }, () => 1)
    upstream.tool({ name: "b" }, () => 1)
    const url = (await overHttp(upstream)).href
    const only = (more: object) => toolNames(fronting({ mcpServers: { one: { url, ...more } } } as never))
    expect(await only({ includeTags: ["x"] })).toEqual(["a"])
    expect(await only({ excludeTags: ["x"] })).toEqual(["b"])
  })
})

describe("proxy()", () => {
  it("takes an open connection, which it does not close", async () => {
    const connection = await opened(fullServer(), { era: "session" })
    const front = fronting(connection)
    expect(await call(front, "add", { a: 1, b: 2 })).toMatchObject({ content: [{ text: "3" }] })
    await front.close()
    expect(connection.ended).toBeUndefined()
  })

  it("connects to nothing before it is needed", async () => {
    const heard: Json[] = []
    const front = fronting(
      rawServer({ tools: [], resources: [], prompts: [], outcome: { result: {} } }, heard),
    )
    await front.start()
    expect(heard).toEqual([])
  })

  it("refuses options that do not exist", () => {
    expect(() => proxy(dead, { cache_ttl: 3 } as never)).toThrow(/cacheTtlMs/)
    expect(() => proxy(dead, { onDown: "ignore" } as never)).toThrow(/onDown/)
  })
})
