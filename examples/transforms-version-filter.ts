// #region use
import { FleetMCP, tool } from "fleetmcp"
import { versionFilter } from "fleetmcp/transforms/version-filter"

const tools = [
  tool({ name: "greet", version: "1.0" }, () => "Hello"),
  tool({ name: "greet", version: "2.0" }, () => "Good day"),
]
const mcp = new FleetMCP("Greeter", { tools, transforms: [versionFilter({ below: "2" })] })
// #endregion

export default mcp
