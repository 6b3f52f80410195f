// #region errors
import { FleetMCP } from "fleetmcp"
import { errors } from "fleetmcp/middleware/errors"

class NoSuchOrder extends Error {}

const failures = errors({
  rules: [{ type: NoSuchOrder, message: "There is no such order. Ask for its number." }],
  onError: (error, call) => console.error(call.method, call.target, error),
})

const mcp = new FleetMCP("Orders", { middleware: [failures] })

mcp.tool({ name: "ship", description: "Ships an order" }, () => {
  throw new NoSuchOrder("orders/7 in db-3.internal")
})

mcp.tool({ name: "failures", description: "Counts failures" }, () => failures.counts()) // { "NoSuchOrder:tools/call": 1 }

export default mcp
// #endregion
