// #region sdk
import { createMcpHandler, Server } from "@modelcontextprotocol/server"
import { FleetMCP } from "fleetmcp"
import { serveInSdk } from "fleetmcp/sdk"
import * as z from "zod"

const mcp = new FleetMCP("Demo")

mcp.tool(
  { name: "add", description: "Add two numbers", input: z.object({ a: z.number(), b: z.number() }) },
  ({ a, b }) => a + b,
)

/** A server of the official SDK that answers with the tools of ours; `connect()` it to any transport. */
export function createServer(): Server {
  return serveInSdk(mcp.handler, new Server({ name: "demo", version: "1.0.0" }))
}

// Or give it to what makes a server for each request.
export const handler = createMcpHandler(createServer)
// #endregion
