// #region app
import { FleetMCP } from "fleetmcp"
import { Hono } from "hono"

const mcp = new FleetMCP("Demo")
mcp.tool({ name: "ping", description: "Answers" }, () => "pong")

export const app = new Hono()
app.get("/", (c) => c.text("Hello"))
app.all("/mcp", (c) => mcp.fetch(c.req.raw))
// #endregion
