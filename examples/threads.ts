// #region server
import { FleetMCP } from "fleetmcp"
import { threadPool } from "fleetmcp/threads"
import * as z from "zod"
import work from "./thread-work.ts"

export const pool = threadPool(work, { threads: 2 })
const mcp = new FleetMCP("Primes")

mcp.tool(
  {
    name: "count_primes",
    description: "Count the primes below a number",
    input: z.object({ below: z.number() }),
  },
  ({ below }, ctx) => pool.run("countPrimes", { below }, ctx),
)

export default mcp
// #endregion
