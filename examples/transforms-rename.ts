// #region use
import { FleetMCP, tool } from "fleetmcp"
import { rename } from "fleetmcp/transforms/rename"

const tools = [
  tool({ name: "add", tags: ["math"] }, () => 3),
  tool({ name: "reset", tags: ["admin"] }, () => "All is gone."),
]

const mcp = new FleetMCP("Demo", { tools, transforms: [rename({ add: "plus" })] })
// #endregion

export default mcp
