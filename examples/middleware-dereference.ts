// #region use
import { complete, defineMiddleware, FleetMCP } from "fleetmcp"
import { dereference } from "fleetmcp/middleware/dereference"

const place = { type: "object" as const, properties: { city: { type: "string" } } }

const upstream = defineMiddleware({
  name: "upstream",
  listTools: () =>
    complete({
      ttlMs: 0,
      cacheScope: "private",
      tools: [
        {
          name: "route",
          inputSchema: { type: "object", properties: { to: { $ref: "#/$defs/place" } }, $defs: { place } },
        },
      ],
    }),
})

const mcp = new FleetMCP("Gateway", { middleware: [dereference(), upstream] })
// #endregion

mcp.tool({ name: "own" }, () => "own")

export default mcp
