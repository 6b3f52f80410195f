// #region route
import { FleetMCP } from "fleetmcp"
import { vercel } from "fleetmcp/http/vercel"

const mcp = new FleetMCP("Demo")
mcp.tool({ name: "ping", description: "Answers" }, () => "pong")

export const { GET, POST, DELETE, OPTIONS } = vercel(mcp)
// #endregion
