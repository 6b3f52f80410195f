import { expect, it } from "vitest"
import * as z from "zod"
import { createPrincipal, type FleetMCP, requireScopes, tool } from "../../src/index.ts"
import { injectTools } from "../../src/middleware/inject-tools.ts"
import { promptTools } from "../../src/middleware/prompt-tools.ts"
import { resourceTools } from "../../src/middleware/resource-tools.ts"
import type { TestClient } from "../../src/testing/index.ts"
import { describeEras, type EraTools } from "./eras.ts"
import { memory } from "./transports.ts"

const secret = { auth: requireScopes("secret") }

function serverOf(t: EraTools): FleetMCP {
  const double = tool({ name: "double", input: z.object({ n: z.number() }) }, ({ n }) => n * 2)
  const hidden = tool({ name: "hidden", ...secret }, () => "secret")
  const mcp = t.server({ middleware: [injectTools([double, hidden]), promptTools(), resourceTools()] })
  mcp.prompt({ name: "plan", args: z.object({ city: z.string() }) }, ({ city }) => `Plan ${city}`)
  mcp.prompt({ name: "kept", ...secret }, () => "secret")
  mcp.resource("notes://one", () => "note one")
  mcp.resource({ uri: "notes://kept", ...secret }, () => "secret")
  mcp.resource("users://{id}", ({ id }) => `user ${id}`)
  return mcp
}

/** What a tool gave: the text of its first block, read as JSON where it is that. */
async function given(client: TestClient, name: string, args = {}): Promise<unknown> {
  const [block] = (await client.callTool(name, args)).content
  const text = block?.type === "text" ? block.text : ""
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}

describeEras("tools that middleware adds", (t) => {
  it("are listed, validated and called", async () => {
    const client = await t.connect(serverOf(t))
    expect((await client.listTools()).map(({ name }) => name)).toEqual([
      "double",
      "list_prompts",
      "get_prompt",
      "list_resources",
      "read_resource",
    ])
    expect(await given(client, "double", { n: 4 })).toBe(8)
    expect(await client.callTool("double", { n: "x" })).toMatchObject({ isError: true })
    await expect(client.callTool("hidden")).rejects.toThrow("No tool named `hidden`")
  })

  it("list and get prompts", async () => {
    const client = await t.connect(serverOf(t))
    expect(await given(client, "list_prompts")).toMatchObject({
      prompts: [{ name: "plan", arguments: [{ name: "city", required: true }] }],
    })
    expect(await given(client, "get_prompt", { name: "plan", arguments: { city: "Rome" } })).toEqual({
      messages: [{ role: "user", content: "Plan Rome" }],
    })
  })

  it("list and read resources and templates", async () => {
    const client = await t.connect(serverOf(t))
    expect(await given(client, "list_resources")).toMatchObject({
      resources: [{ uri: "notes://one" }],
      templates: [{ uriTemplate: "users://{id}" }],
    })
    expect(await given(client, "read_resource", { uri: "notes://one" })).toBe("note one")
    expect(await given(client, "read_resource", { uri: "users://7" })).toBe("user 7")
  })

  it("tell the model what it did wrong", async () => {
    const client = await t.connect(serverOf(t))
    expect(await given(client, "get_prompt", { name: "plam" })).toContain("Did you mean `plan`?")
    expect(await given(client, "get_prompt", { name: "plan" })).toContain("Invalid arguments")
    expect(await given(client, "read_resource", { uri: "notes://none" })).toContain("Resource not found")
  })

  it("show nobody what he may not see", async () => {
    const client = await t.connect(serverOf(t))
    expect(await given(client, "get_prompt", { name: "kept" })).toContain("No prompt named `kept`")
    expect(await given(client, "read_resource", { uri: "notes://kept" })).toContain("Resource not found")
  })
})

describeEras(
  "tools that middleware adds, for who is known,",
  (t) => {
    it("show what he may see", async () => {
      const principal = await createPrincipal({ subject: "ada", scopes: ["secret"] })
      const client = await t.connect(serverOf(t), { principal })
      expect(await given(client, "hidden")).toBe("secret")
      expect(await given(client, "get_prompt", { name: "kept" })).toMatchObject({
        messages: [{ content: "secret" }],
      })
      expect(await given(client, "read_resource", { uri: "notes://kept" })).toBe("secret")
    })
  },
  { over: [memory] },
)

describeEras(
  "prompts and resources that ask",
  (t) => {
    it("ask through the tools that stand for them", async () => {
      const mcp = serverOf(t)
      mcp.prompt({ name: "asks" }, async (_, ctx) => String(await ctx.confirm("Sure?")))
      mcp.resource("asks://here", async (_, ctx) => String(await ctx.confirm("Sure?")))
      const client = await t.connect(mcp, { elicitation: () => ({ action: "accept", content: {} }) })
      expect(await given(client, "get_prompt", { name: "asks" })).toMatchObject({
        messages: [{ content: "true" }],
      })
      expect(await given(client, "read_resource", { uri: "asks://here" })).toBe(true)
    })
  },
  { knows: (revision) => revision >= "2025-06-18" },
)
