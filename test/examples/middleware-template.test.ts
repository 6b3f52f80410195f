import { expect, it, onTestFinished } from "vitest"
import mcp from "../../examples/middleware-template.ts"
import { revisions } from "../../src/spec/revisions.ts"
import { connect } from "../../src/testing/index.ts"

const textOf = (content: readonly { readonly type: string; readonly text?: string }[]) =>
  content.map(({ text = "" }) => text).join("\n")

it.each(revisions)("the template server works in all its layers for a client of %s", async (revision) => {
  const client = await connect(mcp, { revision })
  onTestFinished(() => client.close())
  const tools = await client.listTools()
  expect(tools.map(({ name }) => name).sort()).toEqual([
    "get_prompt",
    "list_prompts",
    "list_resources",
    "read_resource",
    "search",
    "statistics",
  ])
  for (let n = 0; n < 2; n++)
    expect(textOf((await client.callTool("search", { words: "tea" })).content)).toBe("Books about tea")
  const hours = await client.callTool("read_resource", { uri: "library://hours" })
  expect(JSON.stringify(hours)).toContain("9 to 17")
  const prompt = await client.callTool("get_prompt", { name: "recommend", arguments: { topic: "tea" } })
  expect(JSON.stringify(prompt)).toContain("Recommend a book about tea.")
  await expect(client.callTool("no_such_tool")).rejects.toMatchObject({ error: { code: -32602 } })
  // Older clients have no structured content.
  const said = textOf((await client.callTool("statistics")).content)
  const { cache, failures } = JSON.parse(said) as {
    readonly cache: { readonly callTool: { readonly hits: number } }
    readonly failures: { readonly [type: string]: number }
  }
  expect(cache.callTool.hits).toBeGreaterThanOrEqual(1)
  expect(Object.values(failures)[0]).toBeGreaterThanOrEqual(1)
})
