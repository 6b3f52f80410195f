import { randomUUID } from "node:crypto"
import { Client as Client2, StreamableHTTPClientTransport as Http2 } from "@modelcontextprotocol/client"
import { Client as Client1 } from "@modelcontextprotocol/sdk/client/index.js"
import { StreamableHTTPClientTransport as Http1 } from "@modelcontextprotocol/sdk/client/streamableHttp.js"
import { Server as Server1 } from "@modelcontextprotocol/sdk/server/index.js"
import { StreamableHTTPServerTransport } from "@modelcontextprotocol/sdk/server/streamableHttp.js"
import { ElicitRequestSchema, ToolListChangedNotificationSchema } from "@modelcontextprotocol/sdk/types.js"
import { createMcpHandler, Server as Server2 } from "@modelcontextprotocol/server"
import { FleetMCP } from "fleetmcp"
import { serveInSdk } from "fleetmcp/sdk"
import { expect, it, onTestFinished } from "vitest"
import * as z from "zod"
import { listen } from "../http/entries.ts"

const info = { name: "official", version: "1.0.0" }

function sample(): FleetMCP {
  const mcp = new FleetMCP("Inside", { log: () => undefined })
  onTestFinished(() => mcp.close({ graceMs: 0 }))
  mcp.tool({ name: "add", input: z.object({ a: z.number(), b: z.number() }) }, ({ a, b }) => a + b)
  mcp.tool({ name: "list" }, () => [1, 2])
  mcp.tool({ name: "header" }, (_, { request }) => request.headers?.get("x-name"))
  mcp.tool({ name: "greet" }, async (_, ctx) => {
    ctx.progress(1, 2)
    const answer = await ctx.elicit("Your name?", z.object({ name: z.string() }))
    return answer.action === "accept" ? `Hello, ${answer.data.name}!` : answer.action
  })
  return mcp
}

/** Serves with sessions of SDK version 1, one server and transport for each. */
async function serve1(mcp: FleetMCP): Promise<URL> {
  const sessions = new Map<string, StreamableHTTPServerTransport>()
  const port = await listen(async (req, res) => {
    const known = sessions.get(String(req.headers["mcp-session-id"]))
    const transport =
      known ??
      new StreamableHTTPServerTransport({
        sessionIdGenerator: () => randomUUID(),
        onsessioninitialized: (id) => void sessions.set(id, transport),
      })
    if (known === undefined) await serveInSdk(mcp.handler, new Server1(info)).connect(transport)
    await transport.handleRequest(req, res)
  })
  return new URL(`http://127.0.0.1:${port}/mcp`)
}

async function connect1(url: URL, capabilities = {}): Promise<Client1> {
  const client = new Client1(info, { capabilities })
  await client.connect(new Http1(url, { requestInit: { headers: { "x-name": "ada" } } }))
  onTestFinished(() => client.close())
  return client
}

it("over HTTP of SDK version 1, calls report progress, ask, and see headers", async () => {
  const client = await connect1(await serve1(sample()), { elicitation: {} })
  client.setRequestHandler(ElicitRequestSchema, () => ({ action: "accept", content: { name: "Ada" } }))
  const steps: unknown[] = []
  const onprogress = ({ progress }: { readonly progress: number }) => void steps.push(progress)
  const greeted = await client.callTool({ name: "greet" }, undefined, { onprogress })
  expect([greeted.content, steps]).toEqual([[{ type: "text", text: "Hello, Ada!" }], [1]])
  expect((await client.callTool({ name: "header" })).content).toEqual([{ type: "text", text: "ada" }])
})

it("over HTTP of SDK version 1, two clients at once have sessions of their own, and hear of changes", async () => {
  const mcp = sample()
  const url = await serve1(mcp)
  const clients = [await connect1(url), await connect1(url)]
  const changes = clients.map(
    (client) =>
      new Promise<void>((resolve) =>
        client.setNotificationHandler(ToolListChangedNotificationSchema, () => resolve()),
      ),
  )
  await Promise.all(clients.map((client) => client.listTools()))
  mcp.tool({ name: "later" }, () => 1)
  await Promise.all(changes)
})

it("over HTTP of SDK version 1 without sessions, calls are served without one", async () => {
  const mcp = sample()
  const port = await listen(async (req, res) => {
    // The option left out and `undefined` are the same to the SDK, not to the types.
    const transport = new StreamableHTTPServerTransport({ sessionIdGenerator: undefined } as never)
    await serveInSdk(mcp.handler, new Server1(info)).connect(transport)
    await transport.handleRequest(req, res)
  })
  const client = await connect1(new URL(`http://127.0.0.1:${port}/mcp`), { elicitation: {} })
  expect((await client.callTool({ name: "add", arguments: { a: 1, b: 2 } })).content).toMatchObject([
    { text: "3" },
  ])
  expect(await client.callTool({ name: "greet" })).toMatchObject({ isError: true })
})

/** Serves with the entry of SDK version 2, one server for each request. */
function handler2(mcp: FleetMCP) {
  return createMcpHandler(() => serveInSdk(mcp.handler, new Server2(info)))
}

async function connect2(mcp: FleetMCP, mode: "legacy" | { readonly pin: string }): Promise<Client2> {
  const { fetch } = handler2(mcp)
  const client = new Client2(info, { capabilities: { elicitation: {} }, versionNegotiation: { mode } })
  client.setRequestHandler("elicitation/create", () => ({ action: "accept", content: { name: "Ada" } }))
  const headers = { "x-name": "ada" }
  const transport = new Http2(new URL("http://localhost/mcp"), {
    fetch: (url, init) => fetch(new Request(url, init)),
    requestInit: { headers },
  })
  await client.connect(transport)
  onTestFinished(() => client.close())
  return client
}

it("over the entry of SDK version 2, requests of 2026-07-28 are served as such, and ask in rounds", async () => {
  const client = await connect2(sample(), { pin: "2026-07-28" })
  expect(client.getNegotiatedProtocolVersion()).toBe("2026-07-28")
  expect(client.getServerCapabilities()).toMatchObject({ tools: { listChanged: true } })
  expect((await client.listTools()).tools).toHaveLength(4)
  // No object, which only this revision can say.
  expect((await client.callTool({ name: "list" })).structuredContent).toEqual([1, 2])
  const steps: unknown[] = []
  const onprogress = ({
    progress,
    total,
  }: {
    readonly progress: number
    readonly total?: number | undefined
  }) => {
    // The client adds one of its own for each round.
    if (total === 2) steps.push(progress)
  }
  const greeted = await client.callTool({ name: "greet" }, { onprogress })
  expect([greeted.content, steps]).toEqual([[{ type: "text", text: "Hello, Ada!" }], [1, 1]])
  expect((await client.callTool({ name: "header" })).content).toEqual([{ type: "text", text: "ada" }])
})

it("over the entry of SDK version 2, requests of older revisions are served without a session", async () => {
  const client = await connect2(sample(), "legacy")
  expect((await client.callTool({ name: "add", arguments: { a: 1, b: 2 } })).content).toMatchObject([
    { text: "3" },
  ])
  expect(await client.callTool({ name: "greet" })).toMatchObject({ isError: true })
})

it("leaves nothing behind of a server whose transport does not start", async () => {
  const mcp = sample()
  const server = serveInSdk(mcp.handler, new Server1(info))
  const start = () => Promise.reject(new Error("no wire"))
  const transport = { start, send: () => Promise.resolve(), close: () => Promise.resolve() }
  await expect(server.connect(transport)).rejects.toThrow("no wire")
})
