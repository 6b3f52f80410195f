// #region use
import { FleetMCP, tool } from "fleetmcp"

const tools = [
  tool({ name: "greet", version: "1.0" }, () => "Hello"),
  tool({ name: "greet", version: "2.0" }, () => "Good day"),
]
const mcp = new FleetMCP("Greeter", { tools })

await mcp.callTool("greet") // Good day
await mcp.callTool("greet", {}, { version: "1.0" }) // Hello
// #endregion

export default mcp
