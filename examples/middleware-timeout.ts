// #region use
import { FleetMCP } from "fleetmcp"
import { timeout } from "fleetmcp/middleware/timeout"

const mcp = new FleetMCP("Reports", {
  middleware: [timeout({ ms: 50, tools: { build_report: 60_000 } })],
})

mcp.tool({ name: "look_up" }, (_, ctx) => {
  return new Promise<string>((resolve) => {
    const timer = setTimeout(resolve, 60_000, "found")
    ctx.signal.addEventListener("abort", () => clearTimeout(timer))
  })
})
mcp.tool({ name: "build_report" }, () => "built")
// #endregion

export default mcp
