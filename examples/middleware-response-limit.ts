// #region limit
import { FleetMCP } from "fleetmcp"
import { responseLimit } from "fleetmcp/middleware/response-limit"

const mcp = new FleetMCP("Logs", { middleware: [responseLimit({ maxBytes: 2000 })] })

mcp.tool({ name: "log", description: "Gives the log" }, () => "GET / 200\n".repeat(10_000)) // cut, and says so

export default mcp
// #endregion
