// #region use
import { FleetMCP, tool } from "fleetmcp"
import { injectTools } from "fleetmcp/middleware/inject-tools"

const about = tool({ name: "about", annotations: { readOnlyHint: true } }, () => "Run by the platform team")

const platform = injectTools([about])

const orders = new FleetMCP("Orders", { middleware: [platform] })
const stock = new FleetMCP("Stock", { middleware: [platform] })

// #endregion

export { orders, stock }
