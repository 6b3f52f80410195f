// #region use
import { FleetMCP, tool } from "fleetmcp"
import { dereference } from "fleetmcp/transforms/dereference"

const place = { type: "object", properties: { city: { type: "string" } } } as const
const route = tool(
  {
    name: "route",
    dereference: false,
    input: { type: "object", properties: { to: { $ref: "#/$defs/place" } }, $defs: { place } },
  },
  () => "Go straight on.",
)
const mcp = new FleetMCP("Routes", { tools: [route], transforms: [dereference()] })
// #endregion

export default mcp
