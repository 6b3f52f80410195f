// #region cache
import { defineMiddleware, FleetMCP } from "fleetmcp"
import { cache, cacheStatus } from "fleetmcp/middleware/cache"
import * as z from "zod"

const results = cache({
  callTool: { only: ["search"], ttlMs: 300_000 },
  readResource: { ttlMs: 30_000 },
})

const mcp = new FleetMCP("Library", { middleware: [results] })

let searches = 0
mcp.tool({ name: "search", input: z.object({ words: z.string() }) }, ({ words }) => {
  searches++ // slow, and the same for the same words
  return `Books about ${words}`
})

await mcp.callTool("search", { words: "tea" })
await mcp.callTool("search", { words: "tea" })
console.error(results.statistics().callTool?.hits) // 1
// #endregion

// #region readonly
const readOnly = cache({ callTool: { only: (tool) => tool.annotations?.readOnlyHint === true } })
// #endregion

// #region shared
const weather = cache({
  callTool: {
    only: ["forecast"],
    sharedBy: "everyone",
    vary: ({ headers }) => headers?.get("x-region") ?? "world",
  },
})
// #endregion

// #region changed
let theme = "dark"
mcp.resource("config://theme", () => theme)

mcp.tool({ name: "set_theme", input: z.object({ name: z.string() }) }, ({ name }) => {
  theme = name
  mcp.resourceUpdated("config://theme") // tells subscribers, and what was read of it is forgotten
})

await results.invalidate({ tool: "search" }) // all results of a tool
await results.clear()
// #endregion

// #region status
const report = defineMiddleware({
  name: "report",
  before: ["cache"],
  async callTool(call, next) {
    const outcome = await next()
    console.error(call.target, call.get(cacheStatus)) // search hit
    return outcome
  },
})

// #endregion

export { readOnly, report, results, searches, weather }
export default mcp
