import { expect, it } from "vitest"
import * as z from "zod"
import { createPrincipal, type FleetMCP, link, requireScopes, tool } from "../../src/index.ts"
import { isStateless } from "../../src/spec/revisions.ts"
import { number } from "../support/playing.ts"
import { describeEras, type EraTools } from "./eras.ts"

/** A server with one of every kind, which names itself in all that it gives. */
function child(t: EraTools): FleetMCP {
  const mcp = t.server()
  mcp.tool({ name: "add", input: z.object({ a: z.number(), b: z.number() }) }, ({ a, b }) => `${a + b}`)
  mcp.tool({ name: "links" }, () => [link("notes://1"), link("config://here"), link("https://example.com/")])
  mcp.resource("config://here", () => "here")
  mcp.resource(
    { uri: "notes://{id}{?part}", complete: { id: ["1", "2"] } },
    ({ id, part }) => `${id} ${part}`,
  )
  mcp.prompt({ name: "plan", args: z.object({ what: z.string() }) }, ({ what }) => `Plan ${what}`)
  return mcp
}

describeEras("a mounted server", (t) => {
  it("is there under its prefix alone", async () => {
    const client = await t.connect(t.server().mount(child(t), { prefix: "up" }))
    expect((await client.listTools()).map(({ name }) => name)).toEqual(["up_add", "up_links"])
    expect((await client.listResources()).map(({ uri }) => uri)).toEqual(["config://up/here"])
    expect((await client.listTemplates()).map(({ uriTemplate }) => uriTemplate)).toEqual([
      "notes://up/{id}{?part}",
    ])
    expect((await client.listPrompts()).map(({ name }) => name)).toEqual(["up_plan"])
  })

  it("answers as it would by itself, under the names that were asked for", async () => {
    const client = await t.connect(t.server().mount(child(t), { prefix: "up" }))
    expect((await client.callTool("up_add", { a: 1, b: 2 })).content).toMatchObject([{ text: "3" }])
    expect((await client.readResource("config://up/here")).contents).toMatchObject([
      { uri: "config://up/here", text: "here" },
    ])
    expect((await client.readResource("notes://up/7?part=b")).contents).toMatchObject([
      { uri: "notes://up/7?part=b", text: "7 b" },
    ])
    expect((await client.getPrompt("up_plan", { what: "it" })).messages).toMatchObject([
      { content: { text: "Plan it" } },
    ])
  })

  it("refuses bad arguments as it would by itself", async () => {
    const client = await t.connect(t.server().mount(child(t), { prefix: "up" }))
    const { isError, content } = await client.callTool("up_add", { a: "1", b: 2 })
    expect(isError).toBe(true)
    expect(JSON.stringify(content)).toContain("expected number")
  })

  it("completes arguments", async () => {
    const client = await t.connect(t.server().mount(child(t), { prefix: "up" }))
    const ref = { type: "ref/resource", uri: "notes://up/{id}{?part}" } as const
    expect((await client.complete(ref, { name: "id", value: "" })).values).toEqual(["1", "2"])
  })

  it("links to what it has as it is called in the root", async () => {
    const client = await t.connect(t.server().mount(child(t), { prefix: "up" }))
    const text = JSON.stringify((await client.callTool("up_links")).content)
    expect(text).toContain("notes://up/1")
    expect(text).toContain("config://up/here")
    expect(text).toContain("https://example.com/")
  })

  it("names the right URI and the right name to whoever forgets the prefix", async () => {
    const client = await t.connect(
      t.server().mount(t.server().mount(child(t), { prefix: "b" }), { prefix: "a" }),
    )
    await expect(client.callTool("add")).rejects.toThrow("`a_b_add`")
    await expect(client.getPrompt("b_plan")).rejects.toThrow("`a_b_plan`")
    await expect(client.readResource("config://here")).rejects.toThrow("`config://a/b/here`")
    await expect(client.readResource("a+config://b/here")).rejects.toThrow("`config://a/b/here`")
    await expect(client.readResource("notes://7")).rejects.toThrow("`notes://a/b/7`")
  })

  it("shows nobody what he may not see", async () => {
    const guarded = child(t)
    guarded.add(tool({ name: "secret", auth: requireScopes("admin") }, () => "secret"))
    const root = t.server().mount(guarded, { prefix: "up" })
    const principal = await createPrincipal({ subject: "ada", scopes: ["read"] })
    const client = await t.connect(root, t.transport === "memory" ? { principal } : {})
    expect((await client.listTools()).map(({ name }) => name)).not.toContain("up_secret")
    await expect(client.callTool("up_secret")).rejects.toThrow()
  })

  it("tells of what changes in it", async () => {
    const changing = child(t)
    const root = t.server().mount(changing, { prefix: "up" })
    const client = await t.connect(root)
    await client.listTools()
    changing.tool({ name: "late" }, () => "late")
    expect((await client.listTools()).map(({ name }) => name)).toContain("up_late")
    expect((await client.callTool("up_late")).content).toMatchObject([{ text: "late" }])
    changing.remove({ kind: "tool", id: "late", version: undefined })
    await expect(client.callTool("up_late")).rejects.toThrow("up_late")
  })
})

describeEras(
  "a handler of a mounted server that asks",
  (t) => {
    it("asks the client, at any depth", async () => {
      const asking = child(t)
      let runs = 0
      asking.tool({ name: "ask" }, async (_, ctx) => {
        runs++
        return `${await number(ctx, "How many?")}`
      })
      const root = t.server().mount(t.server().mount(asking, { prefix: "b" }), { prefix: "a" })
      const client = await t.connect(root, {
        elicitation: () => ({ action: "accept", content: { n: 7 } }),
      })
      expect(JSON.stringify((await client.callTool("a_b_ask")).content)).toContain("7")
      expect(runs).toBe(isStateless(t.revision) ? 2 : 1)
    })

    it("does a step once, and calls its own components once, whatever the root has of that name", async () => {
      const counts = { step: 0, inner: 0, outer: 0 }
      const asking = child(t)
      asking.tool({ name: "inner" }, () => `inner ${++counts.inner}`)
      asking.tool({ name: "ask" }, async (_, ctx) => {
        const { content } = await ctx.callTool("inner")
        await ctx.step("charge", () => ++counts.step)
        await number(ctx, "How many?")
        return JSON.stringify(content)
      })
      const root = t.server().mount(asking, { prefix: "a" })
      root.tool({ name: "inner" }, () => `outer ${++counts.outer}`)
      const client = await t.connect(root, {
        elicitation: () => ({ action: "accept", content: { n: 7 } }),
      })
      expect(JSON.stringify((await client.callTool("a_ask")).content)).toContain("inner 1")
      expect(counts).toEqual({ step: 1, inner: 1, outer: 0 })
    })
  },
  { knows: (revision) => revision >= "2025-06-18" },
)

describeEras("an imported server", (t) => {
  it("is there as it was", async () => {
    const imported = child(t)
    const root = t.server()
    await root.import(imported, { prefix: "up", names: { add: "plus" } })
    imported.tool({ name: "late" }, () => "late")
    const client = await t.connect(root)
    expect((await client.listTools()).map(({ name }) => name)).toEqual(["up_plus", "up_links"])
    expect((await client.callTool("up_plus", { a: 1, b: 2 })).content).toMatchObject([{ text: "3" }])
    expect((await client.readResource("notes://up/7?part=b")).contents).toMatchObject([{ text: "7 b" }])
  })
})
