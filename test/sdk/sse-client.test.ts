import { Client } from "@modelcontextprotocol/sdk/client/index.js"
import { SSEClientTransport } from "@modelcontextprotocol/sdk/client/sse.js"
import {
  ElicitRequestSchema,
  LoggingMessageNotificationSchema,
  ResourceUpdatedNotificationSchema,
  ToolListChangedNotificationSchema,
} from "@modelcontextprotocol/sdk/types.js"
import { FleetMCP } from "fleetmcp"
import { expect, it, onTestFinished } from "vitest"
import * as z from "zod"

/** Connects the official client of version 1 over HTTP+SSE until the test ends. */
async function connect(mcp: FleetMCP): Promise<Client> {
  const { port } = await mcp.run({ transport: "http", port: 0, inTests: true })
  const client = new Client({ name: "v1", version: "1.32" }, { capabilities: { elicitation: {} } })
  onTestFinished(async () => {
    await client.close()
    await mcp.close({ graceMs: 0 })
  })
  await client.connect(new SSEClientTransport(new URL(`http://127.0.0.1:${port}/sse`)))
  return client
}

function server(): FleetMCP {
  const mcp = new FleetMCP("Old friend", { log: () => undefined, http: { legacySse: true } })
  mcp.tool({ name: "add", input: z.object({ a: z.number(), b: z.number() }) }, ({ a, b }) => a + b)
  mcp.resource("config://a", () => "A")
  mcp.prompt({ name: "greet", args: z.object({ name: z.string() }) }, ({ name }) => `Greet ${name}`)
  return mcp
}

it("the client of SDK v1 lists, calls, reads and gets over HTTP+SSE", async () => {
  const client = await connect(server())
  expect((await client.listTools()).tools.map(({ name }) => name)).toEqual(["add"])
  expect(await client.callTool({ name: "add", arguments: { a: 1, b: 2 } })).toMatchObject({
    content: [{ text: "3" }],
  })
  expect((await client.readResource({ uri: "config://a" })).contents).toMatchObject([{ text: "A" }])
  const { messages } = await client.getPrompt({ name: "greet", arguments: { name: "Ada" } })
  expect(messages).toMatchObject([{ content: { text: "Greet Ada" } }])
})

it("the client of SDK v1 hears progress and logs, and is asked", async () => {
  const mcp = server()
  mcp.tool({ name: "ask" }, async (_, ctx) => {
    ctx.progress(1, 2)
    ctx.log.info("asking")
    const answer = await ctx.elicit("Who?", z.object({ name: z.string() }))
    return answer.action === "accept" ? answer.data.name : answer.action
  })
  const client = await connect(mcp)
  const heard: unknown[] = []
  client.setNotificationHandler(
    LoggingMessageNotificationSchema,
    ({ params }) => void heard.push(params.data),
  )
  client.setRequestHandler(ElicitRequestSchema, () => ({ action: "accept", content: { name: "Ada" } }))
  const onprogress = ({ progress }: { readonly progress: number }) => void heard.push(progress)
  const result = await client.callTool({ name: "ask" }, undefined, { onprogress })
  expect([result.content, heard]).toEqual([[{ type: "text", text: "Ada" }], [1, "asking"]])
})

it("the client of SDK v1 cancels a call", async () => {
  const mcp = server()
  const aborted = new Promise((resolve) => {
    mcp.tool({ name: "wait" }, (_, { signal }) => {
      signal.addEventListener("abort", () => resolve(signal.reason.reason))
      leave.abort("enough")
      return new Promise<string>(() => undefined)
    })
  })
  const leave = new AbortController()
  const client = await connect(mcp)
  await expect(client.callTool({ name: "wait" }, undefined, { signal: leave.signal })).rejects.toThrow(
    "enough",
  )
  expect(await aborted).toBe("cancel")
})

it("the client of SDK v1 hears of changes", async () => {
  const mcp = server()
  const client = await connect(mcp)
  const updated = new Promise((resolve) =>
    client.setNotificationHandler(ResourceUpdatedNotificationSchema, ({ params }) => resolve(params.uri)),
  )
  const changed = new Promise<void>((resolve) =>
    client.setNotificationHandler(ToolListChangedNotificationSchema, () => resolve()),
  )
  await client.subscribeResource({ uri: "config://a" })
  mcp.resourceUpdated("config://a")
  mcp.tool({ name: "later" }, () => "later")
  expect(await updated).toBe("config://a")
  await changed
})
