// #region timing
import { FleetMCP } from "fleetmcp"
import { timing } from "fleetmcp/middleware/timing"

const times = timing({
  slowMs: 2000,
  onSlow: ({ method, target, ms }) => console.error(`${method} ${target} took ${ms} ms`),
})

const mcp = new FleetMCP("Orders", { middleware: [times] })

mcp.tool({ name: "work", description: "Works" }, () => "done")
mcp.tool({ name: "times", description: "How long tools take" }, () => times.statistics().targets)

export default mcp
// #endregion
