import { expect, it } from "vitest"
import { cache } from "../../src/middleware/cache.ts"
import { features } from "../../src/spec/features.ts"
import { isStateless, type ProtocolRevision } from "../../src/spec/revisions.ts"
import type { TestClient } from "../../src/testing/index.ts"
import { describeEras, type EraTools } from "./eras.ts"

function setup(t: EraTools) {
  const results = cache({
    callTool: { only: ["count", "ask", "outer"], sharedBy: "principal" },
    readResource: true,
    getPrompt: true,
    listTools: true,
  })
  const mcp = t.server({ middleware: [results] })
  const state = { runs: 0 }
  mcp.tool({ name: "count", input: { type: "object" } }, () => `${++state.runs}`)
  mcp.tool({ name: "ask" }, async (_, ctx) => {
    const { action } = await ctx.elicit("Sure?", {
      type: "object",
      properties: { sure: { type: "boolean" } },
    })
    return `${action} ${++state.runs}`
  })
  mcp.tool({ name: "outer" }, async (_, ctx) => {
    const { content } = await ctx.callTool("ask")
    return content[0]?.type === "text" ? content[0].text : ""
  })
  mcp.resource("notes://{id}", ({ id }) => `${id} ${++state.runs}`)
  mcp.prompt({ name: "plan" }, () => `${++state.runs}`)
  return { mcp, results }
}

const textOf = async (client: TestClient, name: string) => {
  const [block] = (await client.callTool(name)).content
  return block?.type === "text" ? block.text : ""
}

describeEras("a cache", (t) => {
  it("answers tools, resources, prompts and lists from memory", async () => {
    const { mcp, results } = setup(t)
    const client = await t.connect(mcp)
    const ask = async () => ({
      tool: await client.callTool("count", { n: 1 }),
      resource: await client.readResource("notes://a"),
      prompt: await client.getPrompt("plan"),
      list: await client.listTools(),
    })
    const first = await ask()
    expect(await ask()).toEqual(first)
    // Some clients list tools once more, for the headers of a call.
    const hits = Object.values(results.statistics()).map((each) => Math.min(each.hits, 1))
    expect(hits).toEqual([1, 1, 1, 1])
  })

  it("forgets what the server says has changed", async () => {
    const { mcp } = setup(t)
    const client = await t.connect(mcp)
    await client.readResource("notes://a")
    mcp.resourceUpdated("notes://a")
    expect((await client.readResource("notes://a")).contents).toMatchObject([{ text: "a 2" }])
  })
})

const asks = (revision: ProtocolRevision) =>
  isStateless(revision) || features[revision].elicitation.length > 0

describeEras(
  "a cache, of calls that ask",
  (t) => {
    it.each(["ask", "outer"])("keeps nothing of `%s`, in no round", async (name) => {
      const { mcp, results } = setup(t)
      const client = await t.connect(mcp, { elicitation: () => ({ action: "accept", content: {} }) })
      expect([await textOf(client, name), await textOf(client, name)]).toEqual(["accept 1", "accept 2"])
      expect(results.statistics().callTool).toMatchObject({ hits: 0, stores: 0 })
    })
  },
  { knows: asks },
)

describeEras(
  "a cache, of a session",
  (t) => {
    it("keeps what depends on the session apart", async () => {
      const { mcp } = setup(t)
      mcp.resource("mine://name", async (_, ctx) => `${await ctx.state.get("name")}`)
      mcp.tool({ name: "remember", input: { type: "object" } }, (args, ctx) =>
        ctx.state.set("name", (args as { name: string }).name),
      )
      const read = async (name: string) => {
        const client = await t.connect(mcp)
        await client.callTool("remember", { name })
        return (await client.readResource("mine://name")).contents
      }
      expect([await read("ada"), await read("bob")]).toMatchObject([[{ text: "ada" }], [{ text: "bob" }]])
    })
  },
  { knows: (revision) => !isStateless(revision) },
)
