import { FleetMCP } from "fleetmcp"
import { Hono } from "hono"
import { expect, it } from "vitest"

const envelope = {
  "io.modelcontextprotocol/protocolVersion": "2026-07-28",
  "io.modelcontextprotocol/clientCapabilities": {},
}

it("is mounted in Hono as a handler of one path", async () => {
  const mcp = new FleetMCP("mounted")
  mcp.tool({ name: "hello" }, () => "Hello")
  const app = new Hono().all("/mcp", ({ req }) => mcp.fetch(req.raw))
  const response = await app.request("http://localhost/mcp", {
    method: "POST",
    headers: {
      "content-type": "application/json",
      "mcp-protocol-version": "2026-07-28",
      "mcp-method": "tools/call",
      "mcp-name": "hello",
    },
    body: JSON.stringify({
      jsonrpc: "2.0",
      id: 1,
      method: "tools/call",
      params: { name: "hello", _meta: envelope },
    }),
  })
  expect(await response.json()).toMatchObject({ id: 1, result: { content: [{ text: "Hello" }] } })
})
