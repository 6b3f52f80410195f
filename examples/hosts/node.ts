// #region app
import { createServer } from "node:http"
import { FleetMCP } from "fleetmcp"

const mcp = new FleetMCP("Demo")
mcp.tool({ name: "ping", description: "Answers" }, () => "pong")

export const app = createServer((request, response) => {
  if (request.url === "/") response.end("Hello")
  else mcp.node(request, response)
})
// #endregion
