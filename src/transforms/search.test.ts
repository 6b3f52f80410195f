import { describe, expect, it } from "vitest"
import * as z from "zod"
import { quietServer } from "../../test/support/server.ts"
import { image } from "../components/content.ts"
import { ToolResult } from "../components/result.ts"
import type { FleetMCP } from "../fleet-mcp.ts"
import type { FleetMCPOptions } from "../fleet-mcp-options.ts"
import { cache } from "../middleware/cache.ts"
import { logging } from "../middleware/logging.ts"
import { complete } from "../protocol/call.ts"
import { connect } from "../testing/index.ts"
import { type ToolSearchOptions, toolSearch } from "./search.ts"

function serverOf(options: ToolSearchOptions = {}, more: FleetMCPOptions = {}): FleetMCP<never> {
  const mcp = quietServer({ transforms: [toolSearch(options)], ...more }) as FleetMCP<never>
  mcp.tool({ name: "send_email", description: "Sends a letter", tags: ["mail"] }, () => "sent")
  mcp.tool(
    {
      name: "findUser",
      description: "Looks people up",
      input: z.object({ city: z.string().describe("Place of residence") }),
    },
    ({ city }) => ({ city }),
  )
  mcp.tool(
    { name: "drop", description: "Deletes letters", auth: { scopes: ["admin"] } as never },
    () => "dropped",
  )
  mcp.tool({ name: "help", description: "Helps with letters" }, () => "helped")
  return mcp
}

type Client = Awaited<ReturnType<typeof connect>>
const namesOf = async (client: Client) => (await client.listTools()).map(({ name }) => name)
const search = async (client: Client, query: string, key = "query") => {
  const result = await client.callTool("search_tools" as never, { [key]: query } as never)
  return result as unknown as {
    structuredContent: { tools: { name: string; inputSchema: object }[]; found: number }
    isError?: boolean
    content: { text: string }[]
  }
}
const foundBy = async (client: Client, query: string, key?: string) =>
  (await search(client, query, key)).structuredContent.tools.map(({ name }) => name)

describe("toolSearch()", () => {
  it("lists two tools and those that are pinned", async () => {
    const client = await connect(serverOf({ alwaysVisible: ["help"] }))
    expect(await namesOf(client)).toEqual(["search_tools", "call_tool", "help"])
  })

  it.each([
    ["user", "findUser"],
    ["find a person", "findUser"],
    ["residence", "findUser"],
    ["city", "findUser"],
    ["mail", "send_email"],
    ["sned email", "send_email"],
  ])("finds by %j", async (query, name) => {
    expect((await foundBy(await connect(serverOf()), query))[0]).toBe(name)
  })

  it("finds nothing that its caller may not see", async () => {
    const mcp = serverOf()
    const own = await connect(mcp)
    expect(await foundBy(own, "deletes letters drop")).not.toContain("drop")
    expect(await foundBy(own, ".*", "query")).not.toContain("drop")
    const result = (await mcp.callTool("search_tools", { query: "drop" } as never)).structuredContent
    expect(JSON.stringify(result)).toContain("Deletes letters")
    expect(JSON.stringify((await search(own, "drop")).content)).not.toContain("Deletes letters")
  })

  it("finds what middleware for lists shows, and nothing else", async () => {
    const middleware = [
      {
        async listTools(
          _: unknown,
          next: () => Promise<{ kind: string; result: { tools: { name: string }[] } }>,
        ) {
          const outcome = await next()
          const tools = outcome.result.tools.filter(({ name }) => name !== "send_email")
          return complete({ ...outcome.result, tools })
        },
      } as never,
    ]
    expect(await foundBy(await connect(serverOf({}, { middleware })), "letter")).toEqual(["help"])
  })

  it("leaves out what is listed anyway", async () => {
    expect(await foundBy(await connect(serverOf({ alwaysVisible: ["help"] })), "letters")).toEqual([
      "send_email",
    ])
  })

  it("finds what was added, and no more what was removed", async () => {
    const mcp = serverOf()
    const client = await connect(mcp)
    expect(await foundBy(client, "weather")).toEqual([])
    const weather = mcp.tool({ name: "weather" }, () => "sun")
    expect(await foundBy(client, "weather")).toEqual(["weather"])
    mcp.remove(weather as never)
    expect(await foundBy(client, "weather")).toEqual([])
  })

  it("passes results through as they are", async () => {
    const mcp = serverOf()
    const png = Uint8Array.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a])
    mcp.tool({ name: "draw" }, () => image(png))
    mcp.tool(
      { name: "odd" },
      () => new ToolResult({ content: "bad", isError: true, meta: { "com.example/x": 1 } }),
    )
    const client = await connect(mcp)
    for (const name of ["draw", "odd"] as const) {
      const direct = await client.callTool(name as never)
      expect(await client.callTool("call_tool" as never, { name } as never)).toEqual(direct)
    }
  })

  it("calls tools as their caller", async () => {
    const client = await connect(serverOf())
    const call = (args: object) => client.callTool("call_tool" as never, args as never)
    expect(await call({ name: "findUser", arguments: { city: "Rome" } })).toMatchObject({
      structuredContent: { city: "Rome" },
    })
    expect(await call({ name: "findUser", arguments: {} })).toMatchObject({ isError: true })
    expect(await call({ name: "drop" })).toMatchObject({
      isError: true,
      content: [{ text: expect.stringContaining("No tool named `drop`") }],
    })
    expect(await call({ name: "search_tools" })).toMatchObject({ isError: true })
    expect(await call({ name: "call_tool" })).toMatchObject({ isError: true })
  })

  it.each([true, false])("lets others be called by name where callHidden is %s", async (callHidden) => {
    const client = await connect(serverOf({ callHidden }))
    const direct = client.callTool("help" as never)
    if (callHidden) expect(await direct).toMatchObject({ content: [{ text: "helped" }] })
    else await expect(direct).rejects.toThrow("No tool named `help`")
    expect(await client.callTool("call_tool" as never, { name: "help" } as never)).toMatchObject({
      content: [{ text: "helped" }],
    })
  })

  it("cannot be told by a client to open the catalogue", async () => {
    const client = await connect(serverOf({ callHidden: false }))
    const sent = { "fleetmcp/whole": "Symbol(the whole catalogue)" }
    const list = (await client.request("tools/list", sent)) as unknown as { tools: unknown[] }
    expect(list.tools).toHaveLength(2)
    await expect(client.request("tools/call", { name: "help", ...sent })).rejects.toThrow("No tool named")
  })

  it("works beside a cache and a log of payloads, each list for itself", async () => {
    const middleware = [
      logging({ log: () => undefined, payloads: true } as never),
      cache({ listTools: true } as never),
    ]
    const client = await connect(serverOf({}, { middleware }))
    for (let round = 0; round < 2; round++) {
      expect(await namesOf(client)).toHaveLength(2)
      expect(await foundBy(client, "mail")).toEqual(["send_email"])
    }
  })

  it("hides a tool of the server that has the name of its own", async () => {
    const mcp = serverOf()
    mcp.tool({ name: "search_tools", description: "Mine, with letters" }, () => "mine")
    const client = await connect(mcp)
    expect(await namesOf(client)).toEqual(["search_tools", "call_tool"])
    expect(await foundBy(client, "mine letters")).not.toContain("search_tools")
  })

  it("returns what render makes", async () => {
    const client = await connect(serverOf({ render: (tools, found) => `${tools.length}/${found}` }))
    expect((await search(client, "letters")).content[0]?.text).toBe("2/2")
  })

  it.each([
    { max: 0 },
    { strategy: "x" },
    { names: { search: "a b" } },
    { names: { search: "x", call: "x" } },
    { maxResults: 1 },
  ])("refuses %j", (options) => expect(() => toolSearch(options as never)).toThrow(/\w/))
})

describe("toolSearch({ strategy: 'regex' })", () => {
  const regex = (pattern: string) =>
    connect(serverOf({ strategy: "regex" })).then((client) => search(client, pattern, "pattern"))

  it.each([
    ["SEND", ["send_email"]],
    ["^find", ["findUser"]],
    ["let(ter)+s?", ["send_email", "help"]],
    ["nothing.like", []],
  ])("finds by %j", async (pattern, names) => {
    expect((await regex(pattern)).structuredContent.tools.map(({ name }) => name)).toEqual(names)
  })

  it.each(["(", "(a)\\1", "(?<=a)b", "(((a{50}){50}){50})"])(
    "says that %j cannot be used",
    async (pattern) => {
      expect(await regex(pattern)).toMatchObject({
        isError: true,
        content: [{ text: expect.stringContaining("cannot be used") }],
      })
    },
  )

  it("is not held up by a hostile pattern", async () => {
    const mcp = serverOf({ strategy: "regex" })
    mcp.tool({ name: "long", description: "a".repeat(2000) }, () => "x")
    const before = performance.now()
    await search(await connect(mcp), "(a|aa)+(a+)+$x", "pattern")
    expect(performance.now() - before).toBeLessThan(3000)
  })
})

describe("toolSearch() over 10,000 tools", () => {
  it("indexes once and then searches at once", async () => {
    const mcp = quietServer({ transforms: [toolSearch()] }) as FleetMCP<never>
    for (let n = 0; n < 10_000; n++)
      mcp.tool(
        { name: `tool_${n}`, description: `Does thing ${n} with word${n % 97} and more of the same sort` },
        () => "x",
      )
    const times: number[] = []
    for (const query of ["word5 thing", "word7", "tool_4711"]) {
      const before = performance.now()
      const result = await mcp.callTool("search_tools", { query } as never)
      times.push(Math.round(performance.now() - before))
      expect((result.structuredContent as unknown as { tools: unknown[] }).tools).toHaveLength(5)
    }
    expect(times[2]).toBeLessThan(1000)
  }, 60_000)
})
