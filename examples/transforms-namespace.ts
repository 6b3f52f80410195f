// #region use
import { FleetMCP, tool } from "fleetmcp"
import { namespace } from "fleetmcp/transforms/namespace"

const tools = [
  tool({ name: "add", tags: ["math"] }, () => 3),
  tool({ name: "reset", tags: ["admin"] }, () => "All is gone."),
]

const mcp = new FleetMCP("Demo", { tools, transforms: [namespace("math")] })
// lists `math_add` and `math_reset`
// #endregion

export default mcp
