// #region server
import { FleetMCP } from "fleetmcp"
import { createAtomic, scoped } from "fleetmcp/storage"
import { mongoStorage } from "fleetmcp/storage/mongodb"

export const storage = mongoStorage({ url: process.env.MONGODB_URL ?? "mongodb://localhost:27017/app" })
const visits = createAtomic(scoped(storage, "visits"))
const mcp = new FleetMCP("Visits", { storage })

mcp.tool(
  { name: "visit", description: "Count a visit" },
  async () => `Visit ${await visits.increment("all")}`,
)

export default mcp
// #endregion
