// #region use
import { FleetMCP, tool } from "fleetmcp"
import { versionArgument } from "fleetmcp/transforms/version-argument"

const tools = [
  tool({ name: "greet", version: "1.0" }, () => "Hello"),
  tool({ name: "greet", version: "2.0" }, () => "Good day"),
]
const mcp = new FleetMCP("Greeter", { tools, transforms: [versionArgument()] })
// a model may call `greet` with `{ version: "1.0" }`
// #endregion

export default mcp
