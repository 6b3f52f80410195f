// #region live
import { FleetMCP, tool } from "fleetmcp"
import { visibility } from "fleetmcp/transforms/visibility"

const tools = [
  tool({ name: "query" }, () => "3 rows"),
  tool({ name: "drop_table", tags: ["admin"] }, () => "Dropped"),
]

export const shown = visibility({ rules: [{ hide: { tags: ["admin"] } }] })
const mcp = new FleetMCP("Database", { tools, transforms: [shown] })

mcp.route("POST /maintenance", () => {
  shown.only({ id: "query" }) // clients that listen are told
  return new Response("Only queries now.")
})
// #endregion

// #region principal
export const byCaller = new FleetMCP("Database", {
  tools,
  transforms: [
    visibility({
      rules: [{ hide: { tags: ["admin"] } }],
      for: (principal) => (principal?.subject === "ada" ? [{ show: { tags: ["admin"] } }] : []),
    }),
  ],
})
// #endregion

export default mcp
