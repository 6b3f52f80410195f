import { expect, it } from "vitest"
import { type ComponentFilter, type FleetMCP, type Provider, tool } from "../../src/index.ts"
import { isStateless, type ProtocolRevision } from "../../src/spec/revisions.ts"
import type { TestClient } from "../../src/testing/index.ts"
import { turn } from "../http/entries.ts"
import { describeEras, type EraTools } from "./eras.ts"
import { everyTransport, transports } from "./transports.ts"

const hasSessions = (revision: ProtocolRevision) => !isStateless(revision)

/** Adds what is hidden, and tools that hide and show it, by the filters that the test gives in order. */
function hiding(
  mcp: FleetMCP,
  ...steps: readonly (readonly ["hide" | "show", ComponentFilter | "all"])[]
): FleetMCP {
  let at = 0
  mcp.tool({ name: "next", tags: ["control"] }, async (_, ctx) => {
    const [act, filter] = steps[at++] ?? ["show", "all"]
    await ctx.visibility[act](filter)
    return "done"
  })
  mcp.tool({ name: "reset", tags: ["control"] }, (_, ctx) => ctx.visibility.reset())
  mcp.tool({ name: "drop", tags: ["admin", "danger"] }, () => "dropped")
  mcp.tool({ name: "grant", tags: ["admin"] }, () => "granted")
  mcp.tool({ name: "greet" }, () => "hello")
  mcp.resource({ uri: "notes://secret", tags: ["admin"] }, () => "secret")
  mcp.resource({ uri: "notes://{id}" }, ({ id }) => `note ${id}`)
  mcp.prompt({ name: "plan", tags: ["admin"] }, () => "Plan")
  return mcp
}

const toolsOf = async (client: TestClient) => {
  const names = (await client.listTools()).map(({ name }) => name)
  return names.filter((name) => name !== "next" && name !== "reset")
}

async function connected(t: EraTools, ...steps: Parameters<typeof hiding>[1][]): Promise<TestClient> {
  return t.connect(hiding(t.server(), ...steps))
}

describeEras(
  "the visibility of a session",
  (t) => {
    it("hides by tag from lists, and from those who know the name", async () => {
      const client = await connected(t, ["hide", { tags: ["admin"] }])
      await client.callTool("next")
      expect(await toolsOf(client)).toEqual(["greet"])
      expect(await client.listPrompts()).toEqual([])
      expect((await client.listResources()).map(({ uri }) => uri)).toEqual([])
      await expect(client.callTool("drop")).rejects.toThrow("No tool named `drop`")
      await expect(client.getPrompt("plan")).rejects.toThrow("No prompt named `plan`")
    })

    it("does not let a template read what is hidden", async () => {
      const client = await connected(t, ["hide", { tags: ["admin"] }])
      await client.callTool("next")
      await expect(client.readResource("notes://secret")).rejects.toThrow("Resource not found")
    })

    it("shows again, the last word counting", async () => {
      const client = await connected(
        t,
        ["hide", { tags: ["admin"] }],
        ["show", { kind: "tool", id: "grant" }],
      )
      await client.callTool("next")
      await client.callTool("next")
      expect(await toolsOf(client)).toEqual(["grant", "greet"])
      expect(await client.listPrompts()).toEqual([])
    })

    it("is as it was after a reset", async () => {
      const client = await connected(t, ["hide", { kind: "tool", id: ["drop", "grant", "greet"] }])
      await client.callTool("next")
      expect(await toolsOf(client)).toEqual([])
      await client.callTool("reset")
      expect(await toolsOf(client)).toEqual(["drop", "grant", "greet"])
    })

    it("is of one session alone", async () => {
      const mcp = hiding(t.server(), ["hide", { tags: ["admin"] }])
      const [one, other] = [await t.connect(mcp), await t.connect(mcp)]
      await one.callTool("next")
      expect([await toolsOf(one), await toolsOf(other)]).toEqual([["greet"], ["drop", "grant", "greet"]])
    })

    it("is of one session alone also where a provider must be waited for", async () => {
      const late = tool({ name: "late", tags: ["admin"] }, () => "here")
      const list: Provider["list"] = async (kind) =>
        (kind === "tool" ? [{ component: late, owner: "late", invoke: late.invoke }] : []) as never
      const provider = { name: "late", list, onChange: () => () => undefined }
      const mcp = hiding(t.server({ providers: [provider] }), ["hide", { tags: ["admin"] }])
      const [one, other] = [await t.connect(mcp), await t.connect(mcp)]
      await one.callTool("next")
      await one.callTool("late").catch(() => undefined)
      expect(await other.callTool("late")).toMatchObject({ content: [{ text: "here" }] })
    })

    it("holds at once for what the handler itself calls", async () => {
      const mcp = hiding(t.server())
      mcp.tool({ name: "try" }, async (_, ctx) => {
        await ctx.visibility.hide({ id: "greet" })
        return ctx.callTool("greet").catch((error: Error) => error.message)
      })
      const { content } = await (await t.connect(mcp)).callTool("try")
      expect(content).toMatchObject([{ text: expect.stringContaining("No tool named `greet`") }])
    })

    it("tells the session that its lists have changed, and nobody else", async () => {
      const mcp = hiding(
        t.server(),
        ["hide", { kind: "tool", id: "drop" }],
        ["hide", { kind: "tool", id: "drop" }],
      )
      const heard: string[][] = [[], []]
      const [one, other] = await Promise.all(
        heard.map(async (each) => {
          const client = await t.connect(mcp)
          await client.listen({ toolsListChanged: true }, ({ method }) => void each.push(method))
          return client
        }),
      )
      await one?.callTool("next")
      await one?.callTool("next")
      await other?.callTool("greet")
      for (let n = 0; n < 10; n++) await turn()
      expect(heard).toEqual([["notifications/tools/list_changed"], []])
    })
  },
  { knows: hasSessions },
)

const refusesWithoutSession = (t: EraTools) => {
  it("cannot be changed, and says what can be done", async () => {
    const client = await connected(t, ["hide", { tags: ["admin"] }])
    const { content, isError } = await client.callTool("next")
    expect(isError).toBe(true)
    expect(content).toMatchObject([{ text: expect.stringContaining("by the `auth` of a component") }])
    expect(await toolsOf(client)).toEqual(["drop", "grant", "greet"])
  })
}

describeEras("the visibility of a call without a session", refusesWithoutSession, { knows: isStateless })

describeEras("the visibility of a call at a server without sessions", refusesWithoutSession, {
  knows: hasSessions,
  over: everyTransport.filter((transport) => !transports.includes(transport)),
})

describeEras(
  "a filter of components",
  (t) => {
    it.each([
      [{}, 'Say a `kind`, `id`, `tags`, `version` or `key`, or `"all"`.'],
      [{ names: ["drop"] }, "Use `id`."],
      [{ kind: "tools" }, "Give one of tool, resource, template, prompt."],
      [{ tags: [] }, "Give 1 to 100 texts."],
      [{ id: [1] }, "Give 1 to 100 texts."],
      [{ tags: Array.from({ length: 101 }, (_, at) => `t${at}`) }, "Give 1 to 100 texts."],
    ])("refuses %j", async (filter, remedy) => {
      const client = await connected(t, ["hide", filter as ComponentFilter])
      expect(await client.callTool("next")).toMatchObject({
        isError: true,
        content: [{ text: expect.stringContaining(remedy) }],
      })
    })

    it("is refused beyond a hundred of them, which `reset()` mends", async () => {
      const mcp = hiding(t.server())
      mcp.tool({ name: "many" }, async (_, ctx) => {
        for (let at = 0; at < 101; at++) await ctx.visibility.hide({ id: `t${at}` })
      })
      const client = await t.connect(mcp)
      expect(await client.callTool("many")).toMatchObject({
        content: [{ text: expect.stringContaining("`reset()` first") }],
      })
      await client.callTool("reset")
      expect((await client.callTool("many")).isError).toBe(true)
    })
  },
  { knows: (revision) => revision === "2025-11-25" },
)
