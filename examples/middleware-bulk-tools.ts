// #region use
import { FleetMCP } from "fleetmcp"
import { bulkTools } from "fleetmcp/middleware/bulk-tools"
import * as z from "zod"

const mcp = new FleetMCP("Math", { middleware: [bulkTools({ max: 20 })] })

mcp.tool({ name: "double", input: z.object({ n: z.number() }) }, ({ n }) => 2 * n)
// #endregion

export default mcp
