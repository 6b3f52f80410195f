// #region validate
import { defineMiddleware, FleetMCP } from "fleetmcp"
import { validateOutputs } from "fleetmcp/middleware/validate-outputs"
import * as z from "zod"

const cache = defineMiddleware({
  name: "cache",
  callTool: () => ({ kind: "complete", result: { content: [], structuredContent: { sum: "3" } } }),
})

const mcp = new FleetMCP("Sums", { middleware: [validateOutputs(), cache] })

mcp.tool({ name: "sum", description: "Sums", output: z.object({ sum: z.number() }) }, () => ({ sum: 3 }))

export default mcp
// #endregion
