import { describe, expect, it } from "vitest"
import { cached, counter, textOf } from "../../test/support/cached.ts"
import { challengeScopes, requireScopes } from "../components/require-scopes.ts"
import { ToolResult } from "../components/result.ts"
import { FleetMCP } from "../fleet-mcp.ts"
import { createPrincipal } from "../protocol/principal.ts"
import { defineMiddleware } from "../server/define-middleware.ts"
import { connect } from "../testing/index.ts"
import { type CacheOptions, cache, cacheStatus } from "./cache.ts"

const only = ["count"]

describe("a cache", () => {
  it("answers an equal call from memory, whatever order its arguments are in", async () => {
    const { mcp, client, results } = cached({ callTool: { only } })
    counter(mcp)
    const ada = await client()
    expect(await textOf(ada, "count", { a: 1, b: { c: 2, d: 3 } })).toBe("count 1")
    expect(await textOf(ada, "count", { b: { d: 3, c: 2 }, a: 1 })).toBe("count 1")
    expect(await textOf(ada, "count", { a: 2 })).toBe("count 2")
    expect(results.statistics().callTool).toMatchObject({ hits: 1, misses: 2, stores: 2, entries: 2 })
  })

  it("runs tools that are not named each time", async () => {
    const { mcp, client, results } = cached({ callTool: { only } })
    counter(mcp, "other")
    const ada = await client()
    await textOf(ada, "other")
    expect(await textOf(ada, "other")).toBe("other 2")
    expect(results.statistics().callTool).toMatchObject({ hits: 0, misses: 0, bypasses: 2 })
  })

  it("asks a function about each tool once", async () => {
    const asked: string[] = []
    const { mcp, client } = cached({
      callTool: {
        only(tool) {
          asked.push(tool.name)
          return tool.annotations?.readOnlyHint === true
        },
      },
    })
    let runs = 0
    mcp.tool({ name: "look", annotations: { readOnlyHint: true } }, () => `look ${++runs}`)
    counter(mcp)
    const ada = await client()
    for (let n = 0; n < 3; n++) await textOf(ada, "look")
    await textOf(ada, "count")
    expect([await textOf(ada, "look"), await textOf(ada, "count")]).toEqual(["look 1", "count 2"])
    expect(asked).toEqual(["look", "count"])
  })

  it("forgets a result when its time is over", async () => {
    const { mcp, client, advance } = cached({ callTool: { only, ttlMs: 1000 } })
    counter(mcp)
    const ada = await client()
    await textOf(ada, "count")
    advance(999)
    expect(await textOf(ada, "count")).toBe("count 1")
    advance(1)
    expect(await textOf(ada, "count")).toBe("count 2")
  })

  it("does not serve for ever where the clock is set back", async () => {
    const { mcp, client, advance } = cached({ callTool: { only, ttlMs: 1000 } })
    counter(mcp)
    const ada = await client()
    await textOf(ada, "count")
    advance(-3_600_000)
    expect(await textOf(ada, "count")).toBe("count 2")
  })

  it("keeps versions of a component apart", async () => {
    const { mcp, client } = cached({ callTool: { only: ["greet"] } })
    mcp.tool({ name: "greet", version: "1" }, () => "hello")
    mcp.tool({ name: "greet", version: "2" }, () => "good day")
    const ada = await client()
    const greet = async (version?: string) =>
      (await ada.callTool("greet", {}, version === undefined ? {} : { version })).content[0]
    expect(await greet("1")).toMatchObject({ text: "hello" })
    expect(await greet()).toMatchObject({ text: "good day" })
    expect(await greet("2")).toMatchObject({ text: "good day" })
    expect(await greet("1")).toMatchObject({ text: "hello" })
  })

  it("keeps neither what failed nor errors of the protocol", async () => {
    const { mcp, client } = cached({ callTool: { only: ["fail"] }, readResource: true })
    let runs = 0
    mcp.tool({ name: "fail" }, () => new ToolResult({ content: `${++runs}`, isError: true }))
    mcp.resource("broken://it", () => {
      runs++
      throw new Error("no")
    })
    const ada = await client()
    await ada.callTool("fail")
    await ada.callTool("fail")
    await ada.readResource("broken://it").catch(() => undefined)
    await ada.readResource("broken://it").catch(() => undefined)
    expect(runs).toBe(4)
  })

  it("keeps nothing larger than it may", async () => {
    const { mcp, client, results } = cached({ callTool: { only: ["large"] }, maxItemBytes: 1000 })
    mcp.tool({ name: "large" }, () => "é".repeat(490))
    const ada = await client()
    await ada.callTool("large")
    await ada.callTool("large")
    expect(results.statistics().callTool).toMatchObject({ hits: 0, misses: 2, stores: 0 })
  })

  it("takes nothing but texts to tell results apart: a promise is the same for all", async () => {
    const vary = (async () => "acme") as never
    const { mcp, client } = cached({ callTool: { only, sharedBy: "everyone", vary } })
    const state = counter(mcp)
    const ada = await client()
    await expect(ada.callTool("count")).rejects.toThrow()
    expect(state.runs).toBe(0)
  })

  it("keeps an empty list", async () => {
    const { mcp, client, results } = cached({ listPrompts: true })
    mcp.prompt({ name: "hidden", auth: requireScopes("admin") }, () => "x")
    const ada = await client()
    expect([await ada.listPrompts(), await ada.listPrompts()]).toEqual([[], []])
    expect(results.statistics().listPrompts).toMatchObject({ hits: 1, misses: 1 })
  })

  it("keeps whole results: structured content, `_meta`, tags and annotations in lists", async () => {
    const { mcp, client, results } = cached({ callTool: { only: ["whole"] }, listTools: true })
    mcp.tool(
      { name: "whole", tags: ["a"], annotations: { readOnlyHint: true }, meta: { "com.example/x": 1 } },
      () => new ToolResult({ content: "x", structuredContent: { n: [1] }, meta: { "com.example/y": 2 } }),
    )
    const ada = await client()
    const [first, second] = [await ada.callTool("whole"), await ada.callTool("whole")]
    expect(second).toEqual(first)
    expect(second).toMatchObject({ structuredContent: { n: [1] }, _meta: { "com.example/y": 2 } })
    const lists = [await ada.listTools(), await ada.listTools()]
    expect(lists[1]).toEqual(lists[0])
    expect(lists[1]?.[0]).toMatchObject({
      annotations: { readOnlyHint: true },
      _meta: { "com.example/x": 1 },
    })
    expect(results.statistics()).toMatchObject({ callTool: { hits: 1 }, listTools: { hits: 1 } })
  })

  it("serves what nobody can change", async () => {
    const seen: unknown[] = []
    const vandal = defineMiddleware({
      name: "vandal",
      async callTool(_, next) {
        const outcome = await next()
        if (outcome.kind !== "complete") return outcome
        seen.push(outcome.result.structuredContent)
        expect(() => (outcome.result.content as unknown[]).pop()).toThrow(TypeError)
        return outcome
      },
    })
    const { mcp, client } = cached({ callTool: { only: ["data"] } }, { middleware: [vandal] })
    const data = { n: [1, 2] }
    mcp.tool({ name: "data" }, () => new ToolResult({ structuredContent: data }))
    const ada = await client()
    await ada.callTool("data")
    data.n.push(3)
    expect((await ada.callTool("data")).structuredContent).toEqual({ n: [1, 2] })
    expect(seen).toEqual([{ n: [1, 2] }, { n: [1, 2] }])
  })

  it("says in the call how it was answered", async () => {
    const seen: unknown[] = []
    const report = defineMiddleware({
      name: "report",
      async callTool(call, next) {
        const outcome = await next()
        seen.push(call.get(cacheStatus))
        return outcome
      },
    })
    const { mcp, client } = cached({ callTool: { only } }, { middleware: [report] })
    counter(mcp)
    counter(mcp, "other")
    const ada = await client()
    for (const name of ["count", "count", "other"]) await ada.callTool(name)
    expect(seen).toEqual(["miss", "hit", "bypass"])
  })

  it("does not answer calls whose arguments are no JSON", async () => {
    const { mcp, results } = cached({ callTool: { only } })
    counter(mcp)
    const args = { when: new Date(0), big: 1n } as unknown as { [name: string]: unknown }
    for (let n = 0; n < 2; n++) await mcp.callTool("count", args).catch(() => undefined)
    expect(results.statistics().callTool).toMatchObject({ hits: 0, bypasses: 2 })
  })

  it("counts down what a result says of its own life, and keeps it no longer", async () => {
    const { mcp, client, advance } = cached({ readResource: { ttlMs: 60_000 } })
    let runs = 0
    mcp.resource({ uri: "clock://now", cache: { ttlMs: 5000, scope: "public" } }, () => `${++runs}`)
    const ada = await client()
    const read = () => ada.readResource("clock://now")
    expect(await read()).toMatchObject({ ttlMs: 5000, contents: [{ text: "1" }] })
    advance(2000)
    expect(await read()).toMatchObject({ ttlMs: 3000, cacheScope: "public", contents: [{ text: "1" }] })
    advance(3000)
    expect(await read()).toMatchObject({ ttlMs: 5000, contents: [{ text: "2" }] })
  })

  it("never keeps what its author says is always old", async () => {
    const { mcp, client } = cached({ readResource: true })
    let runs = 0
    mcp.resource({ uri: "clock://now", cache: { ttlMs: 0 } }, () => `${++runs}`)
    const ada = await client()
    await ada.readResource("clock://now")
    expect(await ada.readResource("clock://now")).toMatchObject({ contents: [{ text: "2" }] })
  })

  it("keeps reads by their URI, and prompts by their arguments", async () => {
    const { mcp, client, results } = cached({ readResource: true, getPrompt: true })
    let runs = 0
    mcp.resource("notes://{id}", ({ id }) => `${id} ${++runs}`)
    mcp.prompt({ name: "plan", args: { type: "object", properties: { of: { type: "string" } } } }, (args) =>
      JSON.stringify(args),
    )
    const ada = await client()
    for (const uri of ["notes://a", "notes://b", "notes://a"]) await ada.readResource(uri)
    for (const of of ["x", "y", "x"]) await ada.getPrompt("plan", { of })
    expect(runs).toBe(2)
    expect(results.statistics()).toMatchObject({
      readResource: { hits: 1, misses: 2 },
      getPrompt: { hits: 1, misses: 2 },
    })
  })
})

describe("what one caller got", () => {
  async function people() {
    const [ada, bob, admin] = await Promise.all([
      createPrincipal({ subject: "ada", claims: { role: "user", iat: 1 } }),
      createPrincipal({ subject: "bob" }),
      createPrincipal({ subject: "ada", claims: { role: "admin", iat: 2 } }),
    ])
    return { ada, bob, admin }
  }

  it("is for nobody else: another principal, another role, nobody, the own process", async () => {
    const { mcp, client } = cached({ callTool: { only } })
    counter(mcp)
    const { ada, bob, admin } = await people()
    const texts = []
    for (const principal of [ada, bob, admin]) texts.push(await textOf(await client({ principal }), "count"))
    texts.push(await textOf(await client(), "count"))
    texts.push(((await mcp.callTool("count")).content[0] as { text: string }).text)
    expect(texts).toEqual(["count 1", "count 2", "count 3", "count 4", "count 5"])
    expect(await textOf(await client({ principal: ada }), "count")).toBe("count 1")
  })

  it("stays his when his token is renewed, and not when it has other scopes", async () => {
    const { mcp, client } = cached({ callTool: { only } })
    counter(mcp)
    const asked = async (claims: object, scopes: readonly string[] = ["a", "b"]) => {
      const principal = await createPrincipal({ subject: "ada", scopes, claims: { ...claims } })
      return textOf(await client({ principal }), "count")
    }
    expect(await asked({ iat: 1, exp: 2, jti: "x" })).toBe("count 1")
    expect(await asked({ iat: 3, exp: 4, jti: "y" }, ["b", "a"])).toBe("count 1")
    expect(await asked({ iat: 3 }, ["b"])).toBe("count 2")
  })

  it("is for everyone where that is said, but never what the own process got", async () => {
    const { mcp, client } = cached({ callTool: { only, sharedBy: "everyone" } })
    counter(mcp)
    const { ada, bob } = await people()
    expect(await mcp.callTool("count")).toMatchObject({ content: [{ text: "count 1" }] })
    expect(await textOf(await client({ principal: ada }), "count")).toBe("count 2")
    expect(await textOf(await client({ principal: bob }), "count")).toBe("count 2")
    expect(await textOf(await client(), "count")).toBe("count 2")
  })

  it("is his alone where the author of a resource says so", async () => {
    const { mcp, client } = cached({ readResource: { sharedBy: "everyone" } })
    let runs = 0
    mcp.resource({ uri: "me://name", cache: { ttlMs: 1000, scope: "private" } }, () => `${++runs}`)
    const { ada, bob } = await people()
    await (await client({ principal: ada })).readResource("me://name")
    expect(await (await client({ principal: bob })).readResource("me://name")).toMatchObject({
      contents: [{ text: "2" }],
    })
  })

  it("is not for those who may not see the component, though it is shared", async () => {
    const { mcp, client } = cached({ callTool: { only: ["secret"], sharedBy: "everyone" } })
    mcp.tool({ name: "secret", auth: requireScopes("admin") }, () => "x")
    const admin = await createPrincipal({ subject: "ada", scopes: ["admin"] })
    await (await client({ principal: admin })).callTool("secret")
    await expect((await client()).callTool("secret")).rejects.toThrow("No tool named `secret`")
  })

  it("is not for those who are to come back with more scopes, though it is shared", async () => {
    const { mcp, client } = cached({ callTool: { only: ["up"], sharedBy: "everyone" } })
    mcp.tool({ name: "up", auth: challengeScopes("write") }, () => "x")
    const writer = await createPrincipal({ subject: "ada", scopes: ["write"] })
    const bob = await createPrincipal({ subject: "bob" })
    await (await client({ principal: writer })).callTool("up")
    await expect((await client({ principal: bob })).callTool("up")).rejects.toThrow("write")
  })

  it("is not shared by callers whose credential nobody knows", async () => {
    const { mcp, client, results } = cached({ callTool: { only } })
    counter(mcp)
    for (const headers of [{ authorization: "Bearer a" }, { authorization: "Bearer b" }, { cookie: "c=d" }])
      await textOf(await client({ headers }), "count")
    expect(results.statistics().callTool).toMatchObject({ bypasses: 3, entries: 0 })
  })

  it("varies by what is said, and is not kept where that is missing", async () => {
    const { mcp, client, results } = cached({
      callTool: { only, sharedBy: "everyone", vary: ({ headers }) => headers?.get("x-tenant") },
    })
    counter(mcp)
    const asked = async (tenant?: string) =>
      textOf(await client(tenant === undefined ? {} : { headers: { "x-tenant": tenant } }), "count")
    expect([await asked("a"), await asked("b"), await asked("a")]).toEqual(["count 1", "count 2", "count 1"])
    expect([await asked(), await asked()]).toEqual(["count 3", "count 4"])
    expect(results.statistics().callTool).toMatchObject({ hits: 1, bypasses: 2 })
  })

  it("has a list of his own, by what he may see", async () => {
    const { mcp, client } = cached({ listTools: true })
    mcp.tool({ name: "open" }, () => 1)
    mcp.tool({ name: "secret", auth: requireScopes("admin") }, () => 1)
    const admin = await client({ principal: await createPrincipal({ subject: "a", scopes: ["admin"] }) })
    const user = await client({ principal: await createPrincipal({ subject: "a" }) })
    for (let n = 0; n < 2; n++) {
      expect((await admin.listTools()).map(({ name }) => name)).toEqual(["open", "secret"])
      expect((await user.listTools()).map(({ name }) => name)).toEqual(["open"])
    }
  })
})

describe("options", () => {
  it.each([
    [{}, "keeps"],
    [{ readResource: false }, "keeps"],
    [{ callTool: true }, "Name the tools"],
    [{ callTool: {} }, "only"],
    [{ callTool: { only: "search" } }, "a list of names, or a function"],
    [{ readResource: { sharedBy: "all" } }, "`session`, `principal` or `everyone`"],
    [{ readResource: { shared: true } }, "sharedBy"],
    [{ readResource: { ttlMs: 0 } }, "ttlMs"],
    [{ listTools: { sharedBy: "everyone" } }, "sharedBy"],
    [{ tools: ["x"] }, "callTool: { only"],
    [{ readResource: true, storage: "redis" }, '`"server"`'],
    [{ readResource: true, maxBytes: -1 }, "maxBytes"],
    [undefined, "Give an object"],
  ])("are refused: %j", (options, word) => {
    expect(() => cache(options as unknown as CacheOptions)).toThrow(word)
  })

  it("let one cache serve several servers, each by itself", async () => {
    const results = cache({ callTool: { only } })
    const servers = ["A", "B"].map(
      (name) => new FleetMCP(name, { middleware: [results], log: () => undefined }),
    )
    for (const [at, mcp] of servers.entries()) mcp.tool({ name: "count" }, () => `server ${at}`)
    const clients = await Promise.all(servers.map((mcp) => connect(mcp)))
    const texts = []
    for (const client of [...clients, ...clients]) texts.push(await textOf(client, "count"))
    expect(texts).toEqual(["server 0", "server 1", "server 0", "server 1"])
    expect(results.statistics().callTool).toMatchObject({ hits: 2, entries: 2 })
    for (const mcp of servers) await mcp.close({ graceMs: 0 })
    expect(results.statistics().callTool).toMatchObject({ hits: 2, entries: 0, bytes: 0 })
  })
})
