import { describe, expect, it } from "vitest"
import { quietServer } from "../../test/support/server.ts"
import { image } from "../components/content.ts"
import type { FleetMCP } from "../fleet-mcp.ts"
import { promptTools } from "../middleware/prompt-tools.ts"
import { resourceTools } from "../middleware/resource-tools.ts"
import { complete } from "../protocol/call.ts"
import type { Middleware } from "../server/middleware.ts"

const serverOf = (...middleware: Middleware[]) => quietServer({ middleware, pageSize: 3 }) as FleetMCP<never>

const structured = async (mcp: FleetMCP<never>, name: string, args = {}) =>
  (await mcp.callTool(name, args as never)).structuredContent as {
    readonly [name: string]: readonly object[]
  } & { readonly nextCursor?: string }

const png = Uint8Array.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a])

describe("resourceTools()", () => {
  it("lists in pages of its own, templates behind resources, each once", async () => {
    const mcp = serverOf(resourceTools({ pageSize: 4 }))
    for (let n = 0; n < 7; n++) mcp.resource(`a://${n}`, () => "a")
    for (let n = 0; n < 3; n++) mcp.resource(`t${n}://{id}`, () => "t")
    const pages: string[][] = []
    let cursor: string | undefined
    do {
      const page = await structured(mcp, "list_resources", cursor === undefined ? {} : { cursor })
      pages.push([...(page.resources ?? []), ...(page.templates ?? [])].map((each) => Object.values(each)[0]))
      cursor = page.nextCursor
    } while (cursor !== undefined)
    expect(pages.map((each) => each.length)).toEqual([4, 4, 2])
    expect(new Set(pages.flat()).size).toBe(10)
  })

  it.each(["x", "-1", "1e3", "9999999999"])("refuses the cursor %j", async (cursor) => {
    const mcp = serverOf(resourceTools())
    expect(await mcp.callTool("list_resources", { cursor } as never)).toMatchObject({
      isError: true,
      content: [{ text: expect.stringContaining("none of ours") }],
    })
  })

  it("ends where middleware makes a list without an end", async () => {
    const endless: Middleware = {
      listResources: () => complete({ resources: [], nextCursor: "more" } as never) as never,
    }
    const mcp = serverOf(resourceTools(), endless)
    mcp.resource("a://1", () => "a")
    expect(await structured(mcp, "list_resources")).toMatchObject({ resources: [] })
  })

  it("gives binary data as a resource", async () => {
    const mcp = serverOf(resourceTools())
    mcp.resource({ uri: "pic://1", mimeType: "image/png" }, () => png)
    expect(await mcp.callTool("read_resource", { uri: "pic://1" } as never)).toMatchObject({
      content: [
        { type: "resource", resource: { uri: "pic://1", mimeType: "image/png", blob: expect.any(String) } },
      ],
    })
  })

  it("reads no more than it may", async () => {
    const mcp = serverOf(resourceTools({ maxBytes: 10 }))
    mcp.resource("big://text", () => "äääääö")
    mcp.resource("small://text", () => "äääää")
    expect(await mcp.callTool("read_resource", { uri: "big://text" } as never)).toMatchObject({
      isError: true,
    })
    expect(await mcp.callTool("read_resource", { uri: "small://text" } as never)).toMatchObject({
      content: [{ text: "äääää" }],
    })
  })

  it("hides what masked errors hide", async () => {
    const mcp = quietServer({ middleware: [resourceTools()], maskErrors: true }) as FleetMCP<never>
    mcp.resource("bad://one", () => {
      throw new Error("password 123")
    })
    const { content } = await mcp.callTool("read_resource", { uri: "bad://one" } as never)
    expect(JSON.stringify(content)).not.toContain("password")
    expect(JSON.stringify(content)).toContain("Error reading resource")
  })

  it("takes other names", async () => {
    const mcp = serverOf(resourceTools({ list: "ls", read: "cat" }))
    expect((await mcp.listTools()).map(({ name }) => name)).toEqual(["ls", "cat"])
  })

  it.each([{ pageSize: 0 }, { maxBytes: -1 }, { list: 1 }, { list: "not a name" }, { names: [] }])(
    "refuses %j",
    (options) => {
      expect(() => resourceTools(options as never)).toThrow(/\w/)
    },
  )
})

describe("promptTools()", () => {
  it("gives what is no text behind the text, in order", async () => {
    const mcp = serverOf(promptTools())
    mcp.prompt({ name: "look", description: "Looks" }, () => [
      { role: "user", content: { type: "text", text: "See:" } },
      { role: "user", content: image(png) },
    ])
    const { content } = await mcp.callTool("get_prompt", { name: "look" } as never)
    const [text, picture] = content
    expect(JSON.parse(text?.type === "text" ? text.text : "")).toEqual({
      description: "Looks",
      messages: [
        { role: "user", content: "See:" },
        { role: "user", content: { type: "image", block: 1 } },
      ],
    })
    expect(picture).toMatchObject({ type: "image" })
  })

  it("lists what middleware makes of the list", async () => {
    const own: Middleware = {
      listPrompts: () => complete({ prompts: [{ name: "other" }] }),
    }
    const mcp = serverOf(promptTools(), own)
    expect(await structured(mcp, "list_prompts")).toEqual({ prompts: [{ name: "other" }] })
  })

  it("is refused two tools of one name", () => {
    expect(() => promptTools({ list: "same", get: "same" })).toThrow("same")
  })
})
