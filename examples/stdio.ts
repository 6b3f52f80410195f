// #region server
import { FleetMCP } from "fleetmcp"
import * as z from "zod"

const mcp = new FleetMCP("Demo")

mcp.tool(
  { name: "add", description: "Add two numbers", input: z.object({ a: z.number(), b: z.number() }) },
  ({ a, b }) => a + b,
)

await mcp.run()
// #endregion
