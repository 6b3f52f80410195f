import { contextKey, FleetMCP, lifespan, provide } from "fleetmcp"
import * as z from "zod"
import { connectCache, Pool } from "./lifespan-stand-ins.ts"

// #region lifespan
export const db = lifespan("db", async function* () {
  const pool = new Pool("postgres://localhost/shop")
  yield pool // serves, until the server closes
  await pool.end()
})
export const cache = lifespan("cache", async (server) => connectCache({ signal: server.signal })) // is disposed of
// #endregion

// #region dependencies
const connection = contextKey<Awaited<ReturnType<Pool["connect"]>>>("connection")

export const inTransaction = provide(connection, async function* (ctx) {
  const client = await ctx.require(db).connect()
  try {
    await client.query("begin")
    yield client
    await client.query("commit") // before the call is answered
  } catch (error) {
    await client.query("rollback") // the handler failed, or was cancelled
    throw error
  } finally {
    client.release()
  }
})
// #endregion

const mcp = new FleetMCP("Shop", { lifespan: [db, cache], dependencies: [inTransaction] })

// #region require
mcp.tool({ name: "list_orders", description: "The orders" }, async (_, ctx) => {
  const known = await ctx.require(cache).get("orders")
  if (known !== undefined) return known
  const { rows } = await ctx.require(db).query("select id, item from orders")
  await ctx.require(cache).set("orders", rows)
  return rows
})
// #endregion

// #region use
mcp.tool(
  { name: "order", description: "Order something", input: z.object({ item: z.string() }) },
  async ({ item }, ctx) => {
    const client = await ctx.use(connection)
    await client.query("insert into orders (item) values ($1)", [item])
    await ctx.require(cache).delete("orders")
    if (item === "") throw new Error("There is nothing of that name.")
    return `Ordered: ${item}`
  },
)
// #endregion

mcp.route("GET /orders", async () =>
  Response.json((await mcp.require(db).query("select id, item from orders")).rows),
)

export default mcp
