// #region server
import { FleetMCP } from "fleetmcp"
import { createAtomic, scoped } from "fleetmcp/storage"
import { redisStorage } from "fleetmcp/storage/redis"

export const storage = redisStorage({ url: process.env.REDIS_URL ?? "redis://localhost:6379" })
const visits = createAtomic(scoped(storage, "visits"))
const mcp = new FleetMCP("Visits", { storage })

mcp.tool(
  { name: "visit", description: "Count a visit" },
  async () => `Visit ${await visits.increment("all")}`,
)

export default mcp
// #endregion
