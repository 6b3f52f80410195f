// #region use
import { FleetMCP, tool } from "fleetmcp"
import { relabel } from "fleetmcp/transforms/relabel"

const tools = [
  tool({ name: "add", tags: ["math"] }, () => 3),
  tool({ name: "reset", tags: ["admin"] }, () => "All is gone."),
]

const mcp = new FleetMCP("Demo", {
  tools,
  transforms: [relabel({ add: { title: "Sum", description: "Adds two numbers", tags: ["sums"] } })],
})
// #endregion

export default mcp
