// #region use
import { FleetMCP, tool } from "fleetmcp"
import { onlyTagged } from "fleetmcp/transforms/only-tagged"

const tools = [
  tool({ name: "add", tags: ["math"] }, () => 3),
  tool({ name: "reset", tags: ["admin"] }, () => "All is gone."),
]

const mcp = new FleetMCP("Demo", { tools, transforms: [onlyTagged({ exclude: ["admin"] })] })
// #endregion

export default mcp
