// Tools that a session sees once its user has asked for them.
import { FleetMCP } from "fleetmcp"

const mcp = new FleetMCP("Database")

mcp.tool({ name: "query" }, () => "3 rows")
mcp.tool({ name: "drop_table", tags: ["admin"] }, () => "Dropped")

// #region hide
mcp.tool({ name: "leave_admin" }, async (_, ctx) => {
  await ctx.visibility.hide({ tags: ["admin"] })
  return "Tools for administrators are hidden."
})

mcp.tool({ name: "become_admin" }, async (_, ctx) => {
  const sure = await ctx.confirm("Show tools that change the database?")
  if (sure) await ctx.visibility.show({ tags: ["admin"] })
  return sure ? "They are in your list." : "Nothing has changed."
})
// #endregion

export default mcp
