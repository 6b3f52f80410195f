// #region child
import { FleetMCP } from "fleetmcp"
import * as z from "zod"

export const orders = new FleetMCP("Orders")

orders.tool(
  { name: "find", description: "Finds an order", input: z.object({ id: z.string() }) },
  ({ id }, ctx) => {
    ctx.log.info(`looking for ${id}`)
    return { id, state: "paid" }
  },
)
orders.tool({ name: "refund", tags: ["internal"] }, () => "refunded")
orders.resource("orders://{id}", ({ id }) => ({ id, state: "paid" }))
// #endregion

// #region mount
const mcp = new FleetMCP("Shop")
mcp.mount(orders, { prefix: "orders", excludeTags: ["internal"], names: { find: "search" } })
// #endregion

// #region import
/** Has what the other server had when it was made, and nothing that comes later. */
export async function snapshot(): Promise<FleetMCP> {
  const copy = new FleetMCP("Copy")
  await copy.import(orders, { prefix: "o" })
  return copy
}
// #endregion

export default mcp
