import { FleetMCP, resourceContents } from "fleetmcp"
import * as z from "zod"

const mcp = new FleetMCP("Resources")

// #region fixed
mcp.resource("config://settings", () => ({ theme: "dark" })) // JSON
mcp.resource(
  { uri: "docs://handbook", description: "How we work", mimeType: "text/markdown" },
  () => "# Handbook",
)
mcp.resource({ uri: "logo://dot", mimeType: "image/gif" }, () =>
  Buffer.from("R0lGODlhAQABAAAAACw=", "base64"),
)
// #endregion

// #region template
const users = new Map([["7", { name: "Ada" }]])

mcp.resource("users://{id}/files/{path*}{?format}", ({ id, path, format = "text" }) => {
  const { name } = users.get(id) ?? { name: "nobody" }
  return `${path} of ${name} as ${format}`
})
// #endregion

// #region coerced
mcp.resource(
  {
    uri: "orders://{year}/{month}",
    args: z.object({ year: z.int(), month: z.int().min(1).max(12) }), // what does not fit is not found
    complete: { year: ["2025", "2026"], month: (typed) => monthsFrom(typed) },
  },
  ({ year, month }) => ({ year, month, orders: year * month }),
)
// #endregion

// #region several
mcp.resource("folder://reports", () => [
  resourceContents("# First", { uri: "folder://reports/1.md", mimeType: "text/markdown" }),
  resourceContents({ visits: 20 }, { uri: "folder://reports/2.json" }),
])
// #endregion

// #region changes
let rate = 1.08

mcp.resource(
  { uri: "rates://eur-usd", description: "The exchange rate", cache: { ttlMs: 60_000, scope: "public" } },
  () => rate,
)
mcp.tool({ name: "set_rate", description: "Sets it", input: z.object({ rate: z.number() }) }, (args) => {
  rate = args.rate
  mcp.resourceUpdated("rates://eur-usd") // subscribers hear of it
})
// #endregion

function monthsFrom(typed: string): string[] {
  return Array.from({ length: 12 }, (_, index) => String(index + 1)).filter((month) =>
    month.startsWith(typed),
  )
}

export default mcp
