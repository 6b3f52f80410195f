// #region handler
import { FleetMCP } from "fleetmcp"
import { lambda } from "fleetmcp/http/lambda"

const mcp = new FleetMCP("Demo")
mcp.tool({ name: "ping", description: "Answers" }, () => "pong")

export const handler = lambda(mcp)
// #endregion
