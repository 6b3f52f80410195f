// #region use
import { FleetMCP, tool } from "fleetmcp"
import { inlineRefs } from "fleetmcp/transforms/inline-refs"

const place = { type: "object", properties: { city: { type: "string" } } } as const
const route = tool(
  {
    name: "route",
    dereference: false,
    input: { type: "object", properties: { to: { $ref: "#/$defs/place" } }, $defs: { place } },
  },
  () => "Go straight on.",
)
const mcp = new FleetMCP("Routes", { tools: [route], transforms: [inlineRefs()] })
// #endregion

export default mcp
