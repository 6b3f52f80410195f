import { describe, expect, it } from "vitest"
import * as z from "zod"
import { FakeChannel, handle } from "../../test/support/channel.ts"
import { errorOf, post, resultOf } from "../../test/support/post.ts"
import { fakeProvider } from "../../test/support/provider.ts"
import { call, type Fields, rpc } from "../../test/support/rpc.ts"
import { fullServer, quietServer } from "../../test/support/server.ts"
import { prompt } from "../components/prompt.ts"
import { requireScopes } from "../components/require-scopes.ts"
import { resource } from "../components/resource.ts"
import { tool } from "../components/tool.ts"
import { createPrincipal } from "../protocol/principal.ts"
import type { Resolved } from "./provider.ts"
import { defineTransform, type Transform } from "./transform.ts"

const named = (name: string) => tool({ name }, () => `I am ${name}`)
const namesOf = (result: Fields) =>
  (result.tools as readonly { readonly name: string }[]).map(({ name }) => name)
const list = rpc("tools/list")

describe("a provider", () => {
  it("with a plain list is asked once, until it says that something changed", async () => {
    let names = ["a"]
    const provider = fakeProvider({ listed: () => names.map(named) })
    const mcp = quietServer({ providers: [provider] })
    for (let n = 0; n < 3; n++) expect(namesOf(await resultOf(mcp, list))).toEqual(["a"])
    const before = provider.asked.list
    names = ["a", "b"]
    expect(namesOf(await resultOf(mcp, list))).toEqual(["a"])
    expect(provider.asked.list).toBe(before)
    provider.change("tool")
    expect(namesOf(await resultOf(mcp, list))).toEqual(["a", "b"])
    expect(await resultOf(mcp, call("b"))).toMatchObject({ content: [{ text: "I am b" }] })
  })

  it("whose list must be waited for is asked on behalf of each caller", async () => {
    const provider = fakeProvider({
      isAsync: true,
      listed: ({ principal }) => [named("all"), named(`of-${principal?.subject ?? "nobody"}`)],
    })
    const mcp = quietServer({
      providers: [provider],
      cacheHints: { "tools/list": { scope: "public", ttlMs: 9 } },
    })
    const ada = new FakeChannel({ principal: await createPrincipal({ subject: "ada" }) })
    const own = (await handle(mcp, list, ada)).result ?? {}
    expect(namesOf(own)).toEqual(["all", "of-ada"])
    expect(own.cacheScope).toBe("private")
    expect(namesOf(await resultOf(mcp, list))).toEqual(["all", "of-nobody"])
    expect(await resultOf(mcp, call("of-nobody"))).toMatchObject({ content: [{ text: "I am of-nobody" }] })
    expect(await errorOf(mcp, call("of-ada"))).toMatchObject({ code: -32602 })
  })

  it("finds what it does not list, asked only for what is not known", async () => {
    const provider = fakeProvider({
      listed: () => [named("listed")],
      found: (id) => (id.startsWith("dyn-") ? named(id) : undefined),
    })
    const mcp = quietServer({ providers: [provider] })
    expect(await resultOf(mcp, call("listed"))).toMatchObject({ content: [{ text: "I am listed" }] })
    expect(provider.asked.find).toEqual([])
    expect(await resultOf(mcp, call("dyn-1"))).toMatchObject({ content: [{ text: "I am dyn-1" }] })
    expect(namesOf(await resultOf(mcp, list))).toEqual(["listed"])
  })

  it("is not asked twice for what it does not have, until it changes", async () => {
    const has = new Set<string>()
    const provider = fakeProvider({ found: (id) => (has.has(id) ? named(id) : undefined) })
    const mcp = quietServer({ providers: [provider] })
    for (let n = 0; n < 3; n++) expect(await errorOf(mcp, call("late"))).toMatchObject({ code: -32602 })
    expect(provider.asked.find).toEqual(["tool:late"])
    has.add("late")
    provider.change("tool")
    expect(await resultOf(mcp, call("late"))).toMatchObject({ content: [{ text: "I am late" }] })
  })

  it("that cannot say when it changes is asked every time", async () => {
    const has = new Set<string>()
    const provider = fakeProvider({ tells: false, found: (id) => (has.has(id) ? named(id) : undefined) })
    const mcp = quietServer({ providers: [provider] })
    await errorOf(mcp, call("late"))
    has.add("late")
    expect(await resultOf(mcp, call("late"))).toMatchObject({ content: [{ text: "I am late" }] })
  })

  it("that finds things makes its kinds offered though it lists nothing", async () => {
    const mcp = quietServer({ providers: [fakeProvider({ found: () => undefined })] })
    const { capabilities } = await resultOf(mcp, rpc("server/discover"))
    expect(capabilities).toMatchObject({ tools: {}, resources: {}, prompts: {} })
    expect(await errorOf(mcp, call("x"))).toMatchObject({ code: -32602 })
  })

  it("comes after those before it: the first to have a name wins", async () => {
    const second = fakeProvider({ listed: () => [tool({ name: "nothing" }, () => "second"), named("more")] })
    const mcp = fullServer({ providers: [second] })
    expect(await resultOf(mcp, call("nothing"))).toMatchObject({ content: [] })
    expect(namesOf(await resultOf(mcp, list))).toEqual(["add", "fail", "nothing", "more"])
  })

  it("hands out resources by URI and prompts by name, found or listed", async () => {
    const provider = fakeProvider({
      found: (id) => {
        if (id.startsWith("db://")) return resource(id, () => `row ${id}`) as never
        return id === "dyn" ? prompt("dyn", () => "dynamic") : undefined
      },
    })
    const mcp = quietServer({ providers: [provider] })
    expect(await resultOf(mcp, rpc("resources/read", { uri: "db://7" }))).toMatchObject({
      contents: [{ text: "row db://7" }],
    })
    expect(await resultOf(mcp, rpc("prompts/get", { name: "dyn" }))).toMatchObject({
      messages: [{ content: { text: "dynamic" } }],
    })
  })

  it("cannot show what its caller may not see by finding it", async () => {
    const provider = fakeProvider({
      found: (id) => tool({ name: id, auth: requireScopes("admin") }, () => "secret"),
    })
    const mcp = quietServer({ providers: [provider] })
    expect(await errorOf(mcp, call("x"))).toMatchObject({ code: -32602 })
    const admin = await createPrincipal({ subject: "root", scopes: ["admin"] })
    const { result } = await handle(mcp, call("x"), new FakeChannel({ principal: admin }))
    expect(result).toMatchObject({ content: [{ text: "secret" }] })
  })

  it("is no longer listened to when the server is closed", async () => {
    const provider = fakeProvider({ listed: () => [] })
    const mcp = quietServer({ providers: [provider] })
    expect(provider.listeners).toBe(1)
    await mcp.close()
    expect(provider.listeners).toBe(0)
  })
})

/** Shows every tool under a prefix. */
const prefixed = (prefix: string): Transform =>
  defineTransform({
    name: "prefix",
    list(kind, entries) {
      if (kind !== "tool") return entries
      return entries.map((entry) => renamed(entry, `${prefix}${entry.component.id}`))
    },
    async find(kind, id, next) {
      if (kind !== "tool") return next(id)
      const entry = id.startsWith(prefix) ? await next(id.slice(prefix.length)) : undefined
      return entry === undefined ? undefined : renamed(entry, id)
    },
  })

function renamed<E extends Resolved>(entry: E, id: string): E {
  const { component } = entry
  const definition = { ...component.definition, name: id }
  // A copy of the same kind under another name.
  return { ...entry, component: { ...component, id, name: id, definition } } as E
}

/** Hides components by id, of all kinds. */
const hiding = (...ids: readonly string[]): Transform =>
  defineTransform({
    name: "hide",
    list: (_kind, entries) => entries.filter(({ component }) => !ids.includes(component.id)),
    find: (_kind, id, next) => (ids.includes(id) ? undefined : next(id)),
  })

/** The same entry, for admins only. */
function guarded<E extends Resolved>(entry: E): E {
  // A copy of the same kind.
  return { ...entry, component: { ...entry.component, auth: requireScopes("admin") } } as E
}

describe("a transform", () => {
  it("renames in lists and calls alike", async () => {
    const mcp = fullServer({ transforms: [prefixed("math.")] })
    expect(namesOf(await resultOf(mcp, list))).toEqual(["math.add", "math.fail", "math.nothing"])
    expect(await resultOf(mcp, call("math.add", { a: 1, b: 2 }))).toMatchObject({ structuredContent: 3 })
    expect(await errorOf(mcp, call("add", { a: 1, b: 2 }))).toMatchObject({ code: -32602 })
  })

  it("is applied in the order it was given: the last is the outermost", async () => {
    const mcp = fullServer({ transforms: [prefixed("a."), prefixed("b.")] })
    expect(namesOf(await resultOf(mcp, list))[0]).toBe("b.a.add")
    expect(await resultOf(mcp, call("b.a.add", { a: 1, b: 2 }))).toMatchObject({ structuredContent: 3 })
  })

  it("hides: what is hidden is not listed, called, read, got, completed or suggested", async () => {
    const mcp = fullServer({ transforms: [hiding("add", "config://settings", "users://{id}", "review")] })
    expect(namesOf(await resultOf(mcp, list))).not.toContain("add")
    expect(await resultOf(mcp, rpc("resources/list"))).toMatchObject({ resources: [] })
    expect(await resultOf(mcp, rpc("resources/templates/list"))).toMatchObject({ resourceTemplates: [] })
    expect(await resultOf(mcp, rpc("prompts/list"))).toMatchObject({ prompts: [] })
    const argument = { name: "id", value: "a" }
    const hidden = [
      call("add", { a: 1, b: 2 }),
      rpc("resources/read", { uri: "config://settings" }),
      rpc("resources/read", { uri: "users://7" }),
      rpc("prompts/get", { name: "review", arguments: { code: "x" } }),
      rpc("completion/complete", { ref: { type: "ref/prompt", name: "review" }, argument }),
      rpc("completion/complete", { ref: { type: "ref/resource", uri: "users://{id}" }, argument }),
    ]
    for (const request of hidden) expect(await errorOf(mcp, request)).toMatchObject({ code: -32602 })
    expect((await errorOf(mcp, call("adds"))).message).not.toContain("`add`")
  })

  it("may put a check on what it passes on; no page of a list is then shared", async () => {
    const guard = defineTransform({
      name: "guard",
      list: (_kind, entries) => entries.map(guarded),
      async find(_kind, id, next) {
        const entry = await next(id)
        return entry === undefined ? undefined : guarded(entry)
      },
    })
    const mcp = fullServer({ transforms: [guard], cacheHints: { "tools/list": { scope: "public" } } })
    const admin = await createPrincipal({ subject: "root", scopes: ["admin"] })
    for (let n = 0; n < 2; n++) {
      const { result } = await handle(mcp, list, new FakeChannel({ principal: admin }))
      expect(result).toMatchObject({ tools: [{}, {}, {}], cacheScope: "private" })
      expect(await resultOf(mcp, list)).toMatchObject({ tools: [], cacheScope: "private" })
    }
    expect(await errorOf(mcp, call("add", { a: 1, b: 2 }))).toMatchObject({ code: -32602 })
  })

  it("that depends on the caller makes lists of their own, and private", async () => {
    const scoped = defineTransform({
      name: "own",
      scoped: true,
      list: (_kind, entries, { principal }) => (principal === undefined ? entries.slice(0, 1) : entries),
    })
    const mcp = fullServer({ transforms: [scoped], cacheHints: { "tools/list": { scope: "public" } } })
    const ada = await createPrincipal({ subject: "ada" })
    const whole = await handle(mcp, list, new FakeChannel({ principal: ada }))
    expect(whole.result?.tools).toHaveLength(3)
    expect(await resultOf(mcp, list)).toMatchObject({ tools: [{ name: "add" }], cacheScope: "private" })
  })

  it("may be asynchronous in both", async () => {
    const slow = defineTransform({
      name: "slow",
      list: async (_kind, entries) => entries.slice(1),
      find: async (_kind, id, next) => (id === "add" ? undefined : next(id)),
    })
    const mcp = fullServer({ transforms: [slow] })
    expect(namesOf(await resultOf(mcp, list))).toEqual(["fail", "nothing"])
    expect(await errorOf(mcp, call("add"))).toMatchObject({ code: -32602 })
  })

  it("that throws is an error of the request", async () => {
    const broken = defineTransform({
      name: "broken",
      list() {
        throw new Error("it broke")
      },
    })
    expect((await post(fullServer({ transforms: [broken] }), list)).error).toMatchObject({ code: -32603 })
  })

  it("may wrap how a component runs", async () => {
    const loud = defineTransform({
      name: "loud",
      async find(kind, id, next) {
        const entry = await next(id)
        if (entry === undefined || kind !== "tool") return entry
        // A tool's `invoke`, by its kind.
        const inner = entry as unknown as Resolved<"tool">
        return { ...inner, invoke: async () => ({ content: [{ type: "text", text: "wrapped" }] }) } as never
      },
    })
    const mcp = fullServer({ transforms: [loud] })
    expect(await resultOf(mcp, call("nothing"))).toMatchObject({ content: [{ text: "wrapped" }] })
  })
})

describe("versions of one name", () => {
  const versioned = (version: string, auth?: string) =>
    tool(
      { name: "v", version, ...(auth === undefined ? undefined : { auth: requireScopes(auth) }) },
      () => version,
    )
  const wanting = (version: string) => ({ "fleetmcp/version": version })

  it("are one entry of a list: the highest; and a call may want another", async () => {
    const mcp = quietServer({ tools: [versioned("1.9"), versioned("1.10"), versioned("1.2")] })
    const { tools } = await resultOf(mcp, list)
    expect(tools).toMatchObject([{ name: "v", _meta: { "fleetmcp/version": "1.10" } }])
    expect(await resultOf(mcp, call("v"))).toMatchObject({ content: [{ text: "1.10" }] })
    expect(await resultOf(mcp, call("v", {}, wanting("1.2")))).toMatchObject({ content: [{ text: "1.2" }] })
    expect(await errorOf(mcp, call("v", {}, wanting("3")))).toMatchObject({ code: -32602 })
  })

  it("are the highest that the caller may see", async () => {
    const mcp = quietServer({ tools: [versioned("1"), versioned("2", "beta")] })
    expect(await resultOf(mcp, call("v"))).toMatchObject({ content: [{ text: "1" }] })
    expect(await errorOf(mcp, call("v", {}, wanting("2")))).toMatchObject({ code: -32602 })
    expect((await resultOf(mcp, list)).tools).toMatchObject([{ _meta: { "fleetmcp/version": "1" } }])
    const tester = await createPrincipal({ subject: "t", scopes: ["beta"] })
    const { result } = await handle(mcp, call("v"), new FakeChannel({ principal: tester }))
    expect(result).toMatchObject({ content: [{ text: "2" }] })
  })

  it("of a template are read as they are listed: the highest, or the one that is wanted", async () => {
    const mcp = quietServer()
    for (const version of ["1", "3", "2"]) mcp.resource({ uri: "a://{x}", version }, () => version)
    const read = (meta: Fields = {}) => resultOf(mcp, rpc("resources/read", { uri: "a://b" }, meta))
    expect((await resultOf(mcp, rpc("resources/templates/list"))).resourceTemplates).toMatchObject([
      { _meta: { "fleetmcp/version": "3" } },
    ])
    expect(await read()).toMatchObject({ contents: [{ text: "3" }] })
    expect(await read(wanting("2"))).toMatchObject({ contents: [{ text: "2" }] })
  })
})

it("prefers a resource to a template that fits, and templates in their order", async () => {
  const mcp = quietServer()
  mcp.resource("a://{x}", () => "template")
  mcp.resource("a://{+y}", () => "later")
  mcp.resource("a://known", () => "resource")
  const read = async (uri: string) => (await resultOf(mcp, rpc("resources/read", { uri }))).contents
  expect(await read("a://known")).toMatchObject([{ text: "resource" }])
  expect(await read("a://other")).toMatchObject([{ text: "template" }])
  expect(await read("a://b/c")).toMatchObject([{ text: "later" }])
})

it("goes on to the next template where the schema of one refuses, and knows nothing where all do", async () => {
  const mcp = quietServer()
  mcp.resource({ uri: "a://{n}", args: z.object({ n: z.number() }) }, ({ n }) => `number ${n + 1}`)
  mcp.resource(
    { uri: "a://{word}", args: z.object({ word: z.string().min(3) }) },
    ({ word }) => `word ${word}`,
  )
  const read = async (uri: string) => (await resultOf(mcp, rpc("resources/read", { uri }))).contents
  expect(await read("a://7")).toMatchObject([{ text: "number 8" }])
  expect(await read("a://seven")).toMatchObject([{ text: "word seven" }])
  expect(await errorOf(mcp, rpc("resources/read", { uri: "a://ab" }))).toMatchObject({ code: -32602 })
})
