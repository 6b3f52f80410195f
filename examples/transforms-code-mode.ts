// #region use
import { FleetMCP } from "fleetmcp"
import { codeMode } from "fleetmcp/transforms/code-mode"
import { quickjsSandbox } from "fleetmcp/transforms/quickjs"
import * as z from "zod"

const mcp = new FleetMCP("Shop", {
  transforms: [codeMode({ calls: 20, sandbox: quickjsSandbox({ threads: 2 }) })],
})

mcp.tool(
  { name: "price", description: "The price of an article", input: z.object({ article: z.string() }) },
  ({ article }) => ({ euros: article.length }),
)
// #endregion

export default mcp
