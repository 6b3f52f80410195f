// #region tool
import { FleetMCP, tool } from "fleetmcp"
import { transformTool, transformTools } from "fleetmcp/transforms/tool"
import * as z from "zod"

const search = tool(
  { name: "search", input: z.object({ q: z.string(), limit: z.number(), key: z.string() }) },
  ({ q, limit, key }) => ({ found: `${q} (${limit}, by ${key})` }),
)

const findPages = transformTool(search, {
  name: "find_pages",
  description: "Finds pages of the handbook",
  arguments: {
    q: { name: "query", description: "What to look for", schema: z.string().max(100) },
    limit: { default: 10 },
    key: { hide: true, default: "secret" },
  },
})
// #endregion

// #region handler
const findTwice = transformTool(search, {
  name: "find_twice",
  arguments: {
    q: { name: "query" },
    limit: { hide: true, default: 1 },
    key: { hide: true, default: "secret" },
  },
  handler: async ({ query }, _ctx, original) => {
    const one = await original({ query })
    const two = await original.raw({ q: query.toUpperCase(), limit: 1, key: "secret" })
    return { both: [one.structuredContent, two.structuredContent] }
  },
})
// #endregion

// #region transform
const mcp = new FleetMCP("Handbook", {
  tools: [findPages, findTwice, search],
  transforms: [
    transformTools({ search: { name: "raw_search", arguments: { key: { hide: true, default: "x" } } } }),
  ],
})
// #endregion

export default mcp
