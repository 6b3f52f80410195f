/** The pool and the client of real servers: DATABASE_URL and REDIS_URL say where they are. */
import { FleetMCP, lifespan } from "fleetmcp"
import { Redis } from "ioredis"
import { Pool } from "pg"
import * as z from "zod"

// #region lifespans
export const db = lifespan("db", async function* () {
  const pool = new Pool({ connectionString: process.env.DATABASE_URL, connectionTimeoutMillis: 5000 })
  pool.on("error", (error) => console.error("An idle connection was lost", error)) // would end the process
  try {
    await pool.query("create table if not exists notes (id serial primary key, text text not null)")
    yield pool
  } finally {
    await pool.end()
  }
})

export const redis = lifespan("redis", async function* () {
  const client = new Redis(process.env.REDIS_URL ?? "redis://127.0.0.1:6379", { lazyConnect: true })
  client.on("error", (error) => console.error(`Redis: ${error.message}`))
  try {
    await client.connect()
    yield client
  } finally {
    client.disconnect()
  }
})
// #endregion

const mcp = new FleetMCP("Notes", { lifespan: [db, redis] })

// #region tools
mcp.tool(
  { name: "note", description: "Write something down", input: z.object({ text: z.string().max(1000) }) },
  async ({ text }, ctx) => {
    const { rows } = await ctx.require(db).query("insert into notes (text) values ($1) returning id", [text])
    await ctx.require(redis).incr("notes:written")
    return `Note ${rows[0].id}`
  },
)
mcp.tool({ name: "written", description: "How many notes were ever written" }, async (_, ctx) =>
  Number(await ctx.require(redis).get("notes:written")),
)
// #endregion

export default mcp
