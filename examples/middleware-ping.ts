// #region use
import { FleetMCP } from "fleetmcp"
import { ping } from "fleetmcp/middleware/ping"

const mcp = new FleetMCP("Live", {
  middleware: [
    ping({ intervalMs: 15_000, failures: 3, onDead: ({ id, misses }) => console.error(id, misses) }),
  ],
})
// #endregion

mcp.tool({ name: "now" }, () => "12:00")

export default mcp
