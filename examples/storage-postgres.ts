// #region server
import { FleetMCP } from "fleetmcp"
import { createAtomic, scoped } from "fleetmcp/storage"
import { postgresStorage } from "fleetmcp/storage/postgres"
import { Pool } from "pg"

export const pool = new Pool({ connectionString: process.env.POSTGRES_URL })
// Without a listener, a connection that the database ends while it has no work would end the program.
pool.on("error", (error) => console.error(error.message))

const storage = postgresStorage({ pool, table: "mcp_entries" })
const visits = createAtomic(scoped(storage, "visits"))
const mcp = new FleetMCP("Visits", { storage })

mcp.tool(
  { name: "visit", description: "Count a visit" },
  async () => `Visit ${await visits.increment("all")}`,
)

export default mcp
// #endregion
