// #region limits
import { FleetMCP } from "fleetmcp"
import { rateLimit } from "fleetmcp/middleware/rate-limit"

export const everything = rateLimit({ perSecond: 5, burst: 20 }) // of each principal; strangers together
const searches = rateLimit({ perSecond: 10 / 60, burst: 3, tools: ["search"] }) // ten a minute

const mcp = new FleetMCP("Limited", { middleware: [everything, searches] })
// #endregion
mcp.tool({ name: "search", description: "Searches" }, () => "Found")

// #region by
const accounts = rateLimit({ perSecond: 2, by: ({ headers }) => headers?.get("x-account") }) // our proxy sets it
// #endregion

// #region statistics
mcp.tool({ name: "refused", description: "How many were turned away" }, () => everything.statistics().refused)

// #endregion

// #region shared
import { memoryStorage, scoped } from "fleetmcp/storage"

const storage = memoryStorage() // redisStorage({ url }) where there are several processes
const shared = rateLimit({ perSecond: 1000, by: "global", storage: scoped(storage, "all-calls") })
// #endregion
mcp.use(accounts, shared)

export default mcp
