import { FleetMCP, isFleetError } from "fleetmcp"
import { memoryStorage } from "fleetmcp/storage"
import * as z from "zod"

/** A payment service that does once what it is asked twice under one key. */
export const charges = new Map<string, number>()

function charge(amount: number, options: { readonly idempotencyKey: string }): { receipt: string } {
  charges.set(options.idempotencyKey, amount)
  return { receipt: `receipt-${charges.size}` }
}

const mcp = new FleetMCP("Durable tools", {
  storage: memoryStorage(), // replicas share one: Redis, PostgreSQL, …
  secrets: [process.env.MCP_SECRET ?? "an example of a secret, which nobody uses"],
})

// #region step
mcp.tool({ name: "order", input: z.object({ amount: z.int() }) }, async ({ amount }, ctx) => {
  const name = await ctx.elicit("Your name?", z.object({ name: z.string() }), { key: "name" })
  const size = await ctx.elicit("Which size?", z.object({ size: z.enum(["s", "m", "l"]) }), { key: "size" })
  const sure = await ctx.elicit(`Pay ${amount} now?`, z.object({}), { key: "sure" })
  if (name.action !== "accept" || size.action !== "accept" || sure.action !== "accept") return "Not ordered"
  const { receipt } = await ctx.step("charge", ({ idempotencyKey }) => charge(amount, { idempotencyKey }))
  return `${name.data.name} ordered ${size.data.size}: ${receipt}`
})
// #endregion

// #region unknown
mcp.tool({ name: "refund", input: z.object({ receipt: z.string() }) }, async ({ receipt }, ctx) => {
  const sure = await ctx.elicit(`Pay ${receipt} back?`, z.object({}))
  if (sure.action !== "accept") return "Kept"
  try {
    return await ctx.step("refund", () => `Paid ${receipt} back`)
  } catch (error) {
    if (isFleetError(error) && error.code === "STEP_OUTCOME_UNKNOWN")
      return "It may have been paid back: look it up before you ask again."
    throw error
  }
})
// #endregion

export default mcp
