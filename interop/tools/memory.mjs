import * as z from "zod"
import { sessionId, sessionTools, stateKey } from "../../dist/node.js"

const visits = stateKey("visits", z.number().default(0))
const items = stateKey("items", z.array(z.string()).default([]))

/** Adds what remembers. */
export function addMemory(mcp) {
  mcp.add(...sessionTools())
  mcp.tool({ name: "count_visits" }, (_, ctx) => ctx.state.update(visits, (count) => count + 1))
  mcp.tool(
    { name: "put", input: z.object({ session: sessionId(z.string()), item: z.string() }) },
    async ({ session, item }, ctx) => {
      const cart = await ctx.sessions.open(session)
      return JSON.stringify(await cart.update(items, (before) => [...before, item]))
    },
  )
}
