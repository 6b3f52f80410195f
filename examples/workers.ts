// #region worker
import { FleetMCP } from "fleetmcp"
import { workers } from "fleetmcp/http/workers"

const mcp = new FleetMCP("Demo")
mcp.tool({ name: "ping", description: "Answers" }, () => "pong")

export default workers(mcp)
// #endregion
