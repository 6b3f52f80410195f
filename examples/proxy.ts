// #region gateway
import { FleetMCP } from "fleetmcp"
import { proxy } from "fleetmcp/providers/proxy"

const mcp = new FleetMCP("Gateway")
mcp.mount(proxy("https://docs.example.com/mcp"), { prefix: "docs" })
mcp.mount(proxy({ command: "npx", args: ["-y", "@example/files-server"] }), { prefix: "files" })
// #endregion

// #region several
export const tools = new FleetMCP("Tools")
tools.mount(
  proxy({
    mcpServers: {
      weather: { url: "https://weather.example.com/mcp" },
      notes: { command: "notes-server", args: ["--read-only"] },
    },
  }),
)
// #endregion

// #region tenants
export const tenants = new FleetMCP("Tenants")
tenants.mount(
  proxy("https://crm.example.com/mcp", {
    forwardHeaders: ["x-tenant"], // and nothing else of what callers send
    onDown: "fail",
  }),
)
// #endregion

// #region local
const clock = new FleetMCP("Clock")
clock.tool({ name: "confirm_time", description: "Asks before it tells" }, async (_, ctx) =>
  (await ctx.confirm("Tell the time?")) ? new Date().toISOString() : "Not told",
)

export const front = new FleetMCP("Front")
front.mount(proxy(clock), { prefix: "clock" })
// #endregion

export default mcp
