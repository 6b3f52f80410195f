import { Client, InMemoryTransport, StreamableHTTPClientTransport } from "@modelcontextprotocol/client"
import { expect, it, onTestFinished } from "vitest"
import { createServer, handler } from "../../examples/sdk.ts"

const add = { name: "add", arguments: { a: 1, b: 2 } }

it("sdk.ts serves over a transport of the SDK", async () => {
  const [left, right] = InMemoryTransport.createLinkedPair()
  const client = new Client({ name: "test", version: "1.0.0" })
  await createServer().connect(right)
  await client.connect(left)
  onTestFinished(() => client.close())
  expect((await client.callTool(add)).content).toEqual([{ type: "text", text: "3" }])
})

it("sdk.ts serves over the HTTP entry of the SDK", async () => {
  const client = new Client({ name: "test", version: "1.0.0" })
  const fetch = (url: string | URL, init?: RequestInit) => handler.fetch(new Request(url, init))
  await client.connect(new StreamableHTTPClientTransport(new URL("http://localhost/mcp"), { fetch }))
  onTestFinished(() => client.close())
  expect((await client.callTool(add)).content).toEqual([{ type: "text", text: "3" }])
})
