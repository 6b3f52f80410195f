import { describe, expect, it } from "vitest"
import * as z from "zod"
import { loggedServer, quietServer } from "../test/support/server.ts"
import { link } from "./components/content.ts"
import { contextKey } from "./components/context.ts"
import { lifespan } from "./components/lifespan.ts"
import { ToolError } from "./errors/tool.ts"
import { FleetMCP } from "./fleet-mcp.ts"
import { connect } from "./testing/connect.ts"

function math(options = {}): FleetMCP {
  const mcp = new FleetMCP("Math", { log: () => undefined, ...options })
  mcp.tool({ name: "add", input: z.object({ a: z.number(), b: z.number() }) }, ({ a, b }) => a + b)
  mcp.resource("config://settings", () => ({ theme: "dark" }))
  mcp.resource({ uri: "users://{id}", complete: { id: ["ada", "bob"] } }, ({ id }) => `user ${id}`)
  mcp.prompt(
    { name: "review", args: z.object({ code: z.string() }), complete: { code: ["x"] } },
    ({ code }) => `Review ${code}`,
  )
  return mcp as FleetMCP
}

describe("a mounted server", () => {
  it("offers all it has under the prefix", async () => {
    const root = quietServer().mount(math(), { prefix: "math" })
    await using client = await connect(root)
    expect((await client.listTools()).map(({ name }) => name)).toEqual(["math_add"])
    expect((await client.listResources()).map(({ uri }) => uri)).toEqual(["config://math/settings"])
    expect((await client.listTemplates()).map(({ uriTemplate }) => uriTemplate)).toEqual([
      "users://math/{id}",
    ])
    expect((await client.listPrompts()).map(({ name }) => name)).toEqual(["math_review"])
  })

  it("answers calls, reads, prompts and completions under the prefix", async () => {
    const root = quietServer().mount(math(), { prefix: "math" })
    await using client = await connect(root)
    expect((await client.callTool("math_add", { a: 1, b: 2 })).structuredContent).toBe(3)
    expect(await client.readResource("config://math/settings")).toMatchObject({
      contents: [{ uri: "config://math/settings", text: '{"theme":"dark"}' }],
    })
    expect(await client.readResource("users://math/ada")).toMatchObject({
      contents: [{ uri: "users://math/ada", text: "user ada" }],
    })
    expect(await client.getPrompt("math_review", { code: "1" })).toMatchObject({
      messages: [{ content: { text: "Review 1" } }],
    })
    const users = { type: "ref/resource", uri: "users://math/{id}" } as const
    expect((await client.complete(users, { name: "id", value: "a" })).values).toEqual(["ada"])
  })

  it("shows what it gets later", async () => {
    const child = math()
    const root = quietServer().mount(child, { prefix: "math" })
    await using client = await connect(root)
    await client.listTools()
    child.tool({ name: "sub" }, () => "later")
    expect((await client.listTools()).map(({ name }) => name)).toEqual(["math_add", "math_sub"])
    expect(await client.callTool("math_sub")).toMatchObject({ content: [{ text: "later" }] })
  })

  it("may lie three deep", async () => {
    const middle = quietServer().mount(math(), { prefix: "b" })
    const root = quietServer().mount(quietServer().mount(middle, { prefix: "a" }))
    await using client = await connect(root)
    expect((await client.callTool("a_b_add", { a: 1, b: 2 })).structuredContent).toBe(3)
    expect(await client.readResource("config://a/b/settings")).toMatchObject({
      contents: [{ uri: "config://a/b/settings" }],
    })
  })

  it("leaves out and renames, before the prefix", async () => {
    const child = math()
    child.tool({ name: "secret", tags: ["internal"] }, () => 1)
    const root = quietServer().mount(child, {
      prefix: "m",
      names: { add: "plus" },
      excludeTags: ["internal"],
    })
    await using client = await connect(root)
    expect((await client.listTools()).map(({ name }) => name)).toEqual(["m_plus"])
    expect((await client.callTool("m_plus", { a: 1, b: 2 })).structuredContent).toBe(3)
    await expect(client.callTool("m_secret")).rejects.toThrow("m_secret")
  })

  it("runs in its own context: lifespans, masking, other components", async () => {
    const db = lifespan("db", async () => "its database")
    const child = math({ lifespan: db, maskErrors: true })
    child.tool({ name: "query" }, (_args, ctx) => ctx.require(db))
    child.tool({ name: "fail" }, () => {
      throw new Error("password")
    })
    child.tool(
      { name: "twice" },
      async (_args, ctx) => (await ctx.callTool("add", { a: 2, b: 2 })).structuredContent,
    )
    const root = quietServer().mount(child, { prefix: "m" })
    await using client = await connect(root)
    expect(await client.callTool("m_query")).toMatchObject({ content: [{ text: "its database" }] })
    expect(JSON.stringify(await client.callTool("m_fail"))).not.toContain("password")
    expect((await client.callTool("m_twice")).structuredContent).toBe(4)
  })

  it("is wrapped in its hooks for methods, under its own names", async () => {
    const seen: string[] = []
    const child = math()
    child.use({
      callTool: (call, next) => {
        seen.push(call.target)
        return next(call.withParams({ ...call.params, arguments: { a: 40, b: 2 } }))
      },
      request: (_call, next) => {
        seen.push("request")
        return next()
      },
    })
    const root = quietServer().mount(child, { prefix: "m" })
    await using client = await connect(root)
    expect((await client.callTool("m_add", { a: 1, b: 2 })).structuredContent).toBe(42)
    expect(seen).toEqual(["add"])
  })

  it("finds what middleware of the root left", async () => {
    const user = contextKey<string>("user")
    const child = math()
    child.tool({ name: "who" }, (_args, ctx) => ctx.require(user))
    const root = quietServer().mount(child)
    root.use({
      callTool: (call, next) => {
        call.set(user, "ada")
        return next()
      },
    })
    await using client = await connect(root)
    expect(await client.callTool("who")).toMatchObject({ content: [{ text: "ada" }] })
  })

  it.each(["2026-07-28", "2025-11-25"] as const)("asks the client of %s", async (revision) => {
    const child = math()
    child.tool({ name: "ask" }, async (_args, ctx) => {
      const answer = await ctx.elicit("How many?", z.object({ count: z.number() }))
      return answer.action === "accept" ? answer.data.count : answer.action
    })
    const root = quietServer().mount(child, { prefix: "m" })
    await using client = await connect(root, {
      revision,
      elicitation: () => ({ action: "accept", content: { count: 7 } }),
    })
    expect((await client.callTool("m_ask")).content).toMatchObject([{ text: "7" }])
  })

  it("rewrites links to what it has, and leaves others", async () => {
    const child = math()
    child.tool({ name: "links" }, () => [
      link("config://settings"),
      link("users://ada"),
      link("https://example.com/"),
    ])
    const root = quietServer().mount(child, { prefix: "m" })
    await using client = await connect(root)
    const { content } = await client.callTool("m_links")
    expect(content.map((block) => (block as { uri: string }).uri)).toEqual([
      "config://m/settings",
      "users://m/ada",
      "https://example.com/",
    ])
  })

  it("tells of updated resources by the URIs they have in the root", async () => {
    const child = math()
    const root = quietServer().mount(child, { prefix: "m" })
    await using client = await connect(root)
    const heard: unknown[] = []
    await using _changes = await client.listen(
      { resourceSubscriptions: ["config://m/settings"] },
      (notification) => heard.push(notification.params?.uri),
    )
    child.resourceUpdated("config://settings")
    await expect.poll(() => heard).toEqual(["config://m/settings"])
  })

  it("serves its routes beside those of the root, later ones too", async () => {
    const child = math()
    child.route("GET /child", () => new Response("child"))
    const root = quietServer().mount(child, { prefix: "m" })
    child.route("GET /late", () => new Response("late"))
    const get = async (path: string) => (await root.fetch?.(new Request(`http://127.0.0.1${path}`)))?.text()
    expect(await get("/child")).toBe("child")
    expect(await get("/late")).toBe("late")
  })

  it("is closed with the last that mounts it, and starts again under another", async () => {
    const life: string[] = []
    const db = lifespan("db", async () => {
      life.push("start")
      return { [Symbol.asyncDispose]: async () => void life.push("end") }
    })
    const child = math({ lifespan: db })
    const [a, b] = [quietServer().mount(child), quietServer().mount(child)]
    await a.start()
    await b.start()
    await a.close()
    expect(life).toEqual(["start"])
    await b.close()
    const c = quietServer().mount(child)
    await c.start()
    await c.close()
    expect(life.filter((what) => what === "start")).toHaveLength(2)
  })

  it("speaks to the model by ToolError", async () => {
    const child = math({ maskErrors: true })
    child.tool({ name: "say" }, () => {
      throw new ToolError("Try again")
    })
    const root = quietServer().mount(child)
    await using client = await connect(root)
    expect(await client.callTool("say")).toMatchObject({ isError: true, content: [{ text: "Try again" }] })
  })
})

describe("several mounted servers", () => {
  const saying = (what: string, version?: string): FleetMCP => {
    const mcp = quietServer() as FleetMCP
    mcp.tool({ name: "say", ...(version === undefined ? undefined : { version }) }, () => what)
    return mcp
  }

  it.each([
    ["the first of equals", [saying("first"), saying("second")], "first"],
    ["the highest version", [saying("old", "1"), saying("new", "2")], "new"],
    ["the highest version, mounted first", [saying("new", "2"), saying("old", "1")], "new"],
  ] as const)("with one name are called by %s", async (_, children, said) => {
    const root = quietServer()
    for (const child of children) root.mount(child)
    await using client = await connect(root)
    expect(await client.callTool("say")).toMatchObject({ content: [{ text: said }] })
    expect(await client.listTools()).toHaveLength(1)
  })

  it("keep what they store apart from each other and from the root", async () => {
    const counting = (): FleetMCP => {
      const mcp = quietServer() as FleetMCP
      mcp.tool({ name: "count" }, async (_args, ctx) => {
        const count = Number((await ctx.state.get("count")) ?? 0) + 1
        await ctx.state.set("count", count)
        return `${count}`
      })
      return mcp
    }
    const root = counting().mount(counting(), { prefix: "a" }).mount(counting(), { prefix: "b" })
    await using client = await connect(root, { revision: "2025-11-25" })
    const counted: unknown[] = []
    for (const name of ["count", "a_count", "a_count", "b_count"])
      counted.push((await client.callTool(name)).content[0])
    expect(counted).toMatchObject([{ text: "1" }, { text: "1" }, { text: "2" }, { text: "1" }])
  })
})

describe("mount()", () => {
  it("refuses a server with `auth` under one without", async () => {
    const guarded = math({ auth: { authenticate: () => ({ status: 401 }) } })
    expect(() => quietServer().mount(guarded)).toThrow(expect.objectContaining({ code: "UNGUARDED_MOUNT" }))
    await expect(quietServer().import(guarded)).rejects.toMatchObject({ code: "UNGUARDED_MOUNT" })
  })

  it("says once which hooks do not run, and whose errors are not masked", async () => {
    const child = math()
    child.use({ name: "watcher", request: (_call, next) => next() })
    const { mcp, log } = loggedServer({ maskErrors: true })
    mcp.mount(child)
    await mcp.start()
    await mcp.listTools()
    expect(log).toMatchObject([
      { level: "info", message: expect.stringContaining("`watcher`") },
      { level: "warning", message: expect.stringContaining("`Math`") },
    ])
  })

  it("refuses the server itself, and a cycle, with the chain", () => {
    const [a, b] = [new FleetMCP("A"), new FleetMCP("B")]
    expect(() => a.mount(a)).toThrow("`A` → `A`")
    a.mount(b)
    expect(() => b.mount(a)).toThrow("`B` → `A` → `B`")
  })

  it.each(["", "a/b", "math://", "a b", "ä", "x".repeat(70)])("refuses the prefix %j", (prefix) => {
    expect(() => quietServer().mount(math(), { prefix })).toThrow(
      expect.objectContaining({ code: "FLEET-21" }),
    )
  })

  it("names the option that others call otherwise", () => {
    expect(() => quietServer().mount(math(), { namespace: "x" } as never)).toThrow("Use `prefix`")
  })
})

describe("import()", () => {
  it("copies what is there, and says that what comes later is not", async () => {
    const child = math()
    const { mcp, log } = loggedServer()
    await mcp.import(child, { prefix: "m" })
    child.tool({ name: "late" }, () => 1)
    await using client = await connect(mcp)
    expect((await client.listTools()).map(({ name }) => name)).toEqual(["m_add"])
    expect((await client.callTool("m_add", { a: 1, b: 2 })).structuredContent).toBe(3)
    expect(log).toMatchObject([{ level: "warning", error: { code: "FLEET-20" } }])
  })

  it("is waited for by the start", async () => {
    const { mcp } = loggedServer()
    void mcp.import(math(), { prefix: "m" })
    await using client = await connect(mcp)
    expect((await client.listTools()).map(({ name }) => name)).toEqual(["m_add"])
  })
})
