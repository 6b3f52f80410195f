// #region use
import { FleetMCP } from "fleetmcp"
import { promptTools } from "fleetmcp/middleware/prompt-tools"
import * as z from "zod"

const mcp = new FleetMCP("Travel", { middleware: [promptTools()] })

mcp.prompt(
  { name: "plan", description: "Plans a trip", args: z.object({ city: z.string() }) },
  ({ city }) => `Plan a trip to ${city}.`,
)
// #endregion

export default mcp
