// #region use
import { FleetMCP } from "fleetmcp"
import { resourceTools } from "fleetmcp/middleware/resource-tools"

const mcp = new FleetMCP("Notes", { middleware: [resourceTools({ maxBytes: 100_000 })] })

mcp.resource("notes://today", () => "Buy milk.")
mcp.resource("users://{id}", ({ id }) => `User ${id}`)
// #endregion

export default mcp
