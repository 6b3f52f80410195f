import { createServer } from "node:http"
import { FleetMCP } from "fleetmcp"

// #region options
const mcp = new FleetMCP("HTTP", {
  http: {
    path: "/mcp",
    hosts: ["mcp.example.com"], // besides loopback names
    origins: ["https://app.example.com"], // web pages that may call
    cors: { origins: ["https://app.example.com"] }, // and read the answers
    bodyLimit: 1024 * 1024,
    health: "/healthz",
    routes: { "GET /version": () => Response.json({ version: "1.0.0" }) },
  },
})
// #endregion

mcp.tool({ name: "ping", description: "Answers" }, () => "pong")

// #region route
mcp.route("GET /metrics", () => new Response("calls 1\n", { headers: { "content-type": "text/plain" } }))
// #endregion

// #region node
/** The server beside others of your own, in a `node:http` server that you made. */
export const server = createServer(mcp.node)
// #endregion

// #region fetch
/** The same server at another path, for any runtime that speaks `fetch`. */
export const { fetch } = mcp.http({ path: "/v2/mcp", health: false })
// #endregion

export default mcp
