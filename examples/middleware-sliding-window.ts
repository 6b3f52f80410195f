// #region window
import { FleetMCP } from "fleetmcp"
import { slidingWindow } from "fleetmcp/middleware/sliding-window"

const mcp = new FleetMCP("Limited", {
  middleware: [slidingWindow({ limit: 3, windowMs: 3_600_000, tools: ["report"] })],
})
mcp.tool({ name: "report", description: "Writes a report" }, () => "Written")
// #endregion

export default mcp
