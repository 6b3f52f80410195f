import { describe, expect, it, onTestFinished } from "vitest"
import * as z from "zod"
import { Client, type ClientOptions, formAnswer } from "../../src/client/index.ts"
import { fingerprintOf } from "../../src/components/fingerprint-of.ts"
import { tool } from "../../src/components/tool.ts"
import { FleetMCP } from "../../src/fleet-mcp.ts"
import { memoryStorage } from "../../src/storage/memory.ts"
import "../../src/node.ts"
import { revisions } from "../../src/spec/revisions.ts"
import { child } from "../support/connecting.ts"
import { quietServer } from "../support/server.ts"

const add = tool({ name: "add", input: z.object({ a: z.number(), b: z.number() }) }, ({ a, b }) => ({
  sum: a + b,
}))

function server() {
  const mcp = new FleetMCP("Test", { log: () => undefined, tools: [add] })
  mcp.tool({ name: "fail" }, () => {
    throw new Error("it broke")
  })
  mcp.tool({ name: "ask" }, async (_, ctx) => {
    const answer = await ctx.elicit("Who?", z.object({ name: z.string(), age: z.number().default(7) }))
    return answer.action === "accept" ? answer.data : answer.action
  })
  mcp.tool({ name: "say" }, async (_, ctx) => (await ctx.sample("Hi")).text)
  mcp.resource("config://settings", () => ({ theme: "dark" }))
  mcp.prompt({ name: "greet" }, () => "Hello")
  return mcp
}

async function connected(target: Parameters<typeof Client.connect>[0], options?: ClientOptions) {
  const client = await Client.connect(target, options)
  onTestFinished(() => client.close())
  return client
}

describe.each(revisions)("a client in %s", (era) => {
  it("calls tools by their types", async () => {
    await using client = await Client.connect(server(), { era })
    // What JSON text says is parsed where the revision has no structured content.
    expect((await client.callTool("add", { a: 1, b: 2 })).data).toEqual({ sum: 3 })
    if (era >= "2025-06-18") expect(await client.tools.add({ a: 1, b: 2 })).toEqual({ sum: 3 })
  })

  it("throws what a tool says failed, unless it shall not", async () => {
    const client = await connected(server(), { era })
    await expect(client.callTool("fail")).rejects.toMatchObject({ code: "TOOL_CALL_FAILED", tool: "fail" })
    expect(await client.callTool("fail", {}, { throwOnError: false })).toMatchObject({ isError: true })
  })

  it("lists, reads and gets", async () => {
    const client = await connected(server(), { era })
    expect((await client.listTools()).map(({ name }) => name)).toEqual(["add", "fail", "ask", "say"])
    expect((await client.listResources()).map(({ uri }) => uri)).toEqual(["config://settings"])
    expect((await client.readResource("config://settings")).contents).toMatchObject([
      { text: '{"theme":"dark"}' },
    ])
    expect((await client.getPrompt("greet")).messages).toMatchObject([{ content: { text: "Hello" } }])
  })

  it("samples by the model of the client", async () => {
    const client = await connected(server(), { era, sampling: () => "Hello yourself" })
    expect((await client.callTool("say")).text).toBe("Hello yourself")
  })

  it("hears of updated resources", async () => {
    const mcp = server()
    const client = await connected(mcp, { era })
    const heard = new Promise((resolve) => {
      void client.watch("config://settings", resolve).then(() => mcp.resourceUpdated("config://settings"))
    })
    expect(await heard).toBe("config://settings")
  })

  it("hears which list has changed", async () => {
    const mcp = server()
    const heard = new Promise((resolve) => {
      void connected(mcp, { era, onListChanged: resolve }).then(() => mcp.tool({ name: "more" }, () => 1))
    })
    expect(await heard).toBe("tools")
  })
})

it.each(["2025-06-18", "2025-11-25", "2026-07-28"] as const)(
  "answers forms with their defaults in %s",
  async (era) => {
    const client = await connected(server(), {
      era,
      elicitation: (form) => formAnswer(form, { name: "Ada" }),
    })
    expect((await client.callTool("ask")).data).toEqual({ name: "Ada", age: 7 })
  },
)

it("refuses an answer that does not fit its form", async () => {
  const form = { requestedSchema: { type: "object", properties: { age: { type: "integer" } } } }
  await expect(formAnswer(form, { age: "old" })).rejects.toMatchObject({ code: "WRONG_ANSWER" })
})

describe("several servers", () => {
  it("are told apart by their names", async () => {
    const one = quietServer()
    one.tool({ name: "who" }, () => "one")
    one.resource("config://who", () => "one")
    const two = quietServer()
    two.tool({ name: "who" }, () => "two")
    two.resource("config://who", () => "two")
    const client = await connected({ mcpServers: { one, two } })
    expect((await client.listTools()).map(({ name }) => name)).toEqual(["one_who", "two_who"])
    expect((await client.callTool("two_who")).text).toBe("two")
    expect((await client.listResources()).map(({ uri }) => uri)).toEqual([
      "config://one/who",
      "config://two/who",
    ])
    expect((await client.readResource("config://two/who")).contents).toMatchObject([{ text: "two" }])
  })

  it("are all closed where one cannot be reached", async () => {
    const target = { mcpServers: { one: server(), none: { url: "http://127.0.0.1:9/mcp" } } }
    await expect(Client.connect(target)).rejects.toMatchObject({ code: "CANNOT_CONNECT" })
  })
})

describe("a pinned tool", () => {
  it("is called while it is what it was", async () => {
    const [definition] = await (await connected(server())).listTools()
    const print = await fingerprintOf(definition as object)
    const client = await connected(server(), { pins: { "tool:add": print } })
    expect((await client.callTool("add", { a: 1, b: 1 })).data).toEqual({ sum: 2 })
  })

  it("is refused when it has changed", async () => {
    const client = await connected(server(), { pins: { "tool:add": "sha256:0" } })
    await expect(client.callTool("add", { a: 1, b: 1 })).rejects.toMatchObject({ code: "PIN_BROKEN" })
  })
})

it("connects anew when its program has died", { timeout: 30_000 }, async () => {
  const client = await connected(child, { reconnect: { delayMs: 1 } })
  await expect(client.callTool("die")).rejects.toMatchObject({ code: "CONNECTION_LOST" })
  expect((await client.callTool("add", { a: 1, b: 2 })).data).toBe(3)
})

it("forks without asking again", async () => {
  const client = await connected(server())
  await using fork = await client.fork()
  expect(fork.discovery).toEqual(client.discovery)
  expect((await fork.callTool("add", { a: 1, b: 2 })).data).toEqual({ sum: 3 })
})

describe("a result that may be kept", () => {
  const reads = async (partition: string, storage = memoryStorage(), mcp = counting()) => {
    const running = await mcp.run({ transport: "http", port: 0, inTests: true })
    onTestFinished(() => mcp.close())
    const client = await connected(running.url, { cache: { storage, partition } })
    const read = async () => (await client.readResource("count://now")).contents[0] as { text: string }
    return { read, storage, mcp, url: running.url }
  }

  function counting() {
    let count = 0
    const mcp = quietServer()
    mcp.resource({ uri: "count://now", cache: { ttlMs: 60_000, scope: "private" } }, () => String(++count))
    return mcp
  }

  it("is read once", async () => {
    const { read } = await reads("ada")
    expect([(await read()).text, (await read()).text]).toEqual(["1", "1"])
  })

  it("is not another's", async () => {
    const { read, storage, url } = await reads("ada")
    await read()
    const other = await connected(url, { cache: { storage, partition: "bob" } })
    expect((await other.readResource("count://now")).contents).toMatchObject([{ text: "2" }])
    const same = await connected(url, { cache: { storage, partition: "ada" } })
    expect((await same.readResource("count://now")).contents).toMatchObject([{ text: "1" }])
  })
})

it("refuses options that do not exist", async () => {
  await expect(Client.connect(server(), { timeout: 3 } as object)).rejects.toMatchObject({ code: "FLEET-09" })
})
