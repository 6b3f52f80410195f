import { setTimeout as sleep } from "node:timers/promises"
import { FleetMCP, ToolError } from "fleetmcp"
import * as z from "zod"

// #region masking
const mcp = new FleetMCP("Errors", {
  maskErrors: true, // clients see `Error calling tool 'x'`, the log sees everything
  log: ({ level, message, errorId, error }) => console.error(level, message, errorId, error),
})
// #endregion

// #region tool-error
const stock = new Map([["tea", 3]])

mcp.tool(
  {
    name: "buy",
    description: "Buys from stock",
    input: z.object({ item: z.string(), amount: z.int().positive() }),
  },
  ({ item, amount }) => {
    const left = stock.get(item)
    if (left === undefined) throw new ToolError(`We have no ${item}.`, { fix: "Try tea." })
    if (left < amount) throw new ToolError(`Only ${left} of ${item} are left.`)
    return `Sold ${amount} ${item}`
  },
)
// #endregion

// #region crash
mcp.tool({ name: "crash", description: "Has a bug" }, () => {
  throw new Error("password=hunter2 is wrong")
})
// #endregion

// #region timeout
mcp.tool({ name: "slow", description: "Takes too long", timeout: 20 }, async (_, ctx) => {
  await sleep(60_000, undefined, { signal: ctx.signal }) // `fetch` takes a signal too
})
// #endregion

export default mcp
