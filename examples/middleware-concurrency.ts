// #region places
import { FleetMCP } from "fleetmcp"
import { concurrency } from "fleetmcp/middleware/concurrency"

const rendering = concurrency({ max: 2, queue: 10, queueTimeoutMs: 5000, tools: ["render"] })

const mcp = new FleetMCP("Renders", { middleware: [rendering] })
mcp.tool({ name: "render", description: "Renders a page" }, async (_, { signal }) => {
  signal.throwIfAborted() // a handler that heeds its signal gives its place back at once
  return `One of ${rendering.statistics().running}`
})
// #endregion

export default mcp
