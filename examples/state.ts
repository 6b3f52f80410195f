import { FleetMCP, sessionId, sessionTools, stateKey } from "fleetmcp"
import * as z from "zod"

const mcp = new FleetMCP("State")

// #region state
const visits = stateKey("visits", z.number().default(0))

mcp.tool({ name: "visit", description: "Counts your visits" }, async (_, ctx) => {
  const count = await ctx.state.update(visits, (before) => before + 1)
  return `Visit ${count}`
})
// #endregion

// #region handles
const cart = stateKey("cart", z.array(z.string()).default([]))

mcp.add(...sessionTools({ ttl: 60 * 60_000 }))

mcp.tool(
  {
    name: "put",
    description: "Puts something into the cart of a session",
    input: z.object({ session: sessionId(z.string()), item: z.string() }),
  },
  async ({ session, item }, ctx) => {
    const state = await ctx.sessions.open(session)
    return state.update(cart, (items) => [...items, item])
  },
)
// #endregion

export default mcp
