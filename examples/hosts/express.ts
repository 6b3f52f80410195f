// #region app
import express from "express"
import { FleetMCP } from "fleetmcp"

const mcp = new FleetMCP("Demo")
mcp.tool({ name: "ping", description: "Answers" }, () => "pong")

export const app = express()
app.use(express.json()) // parsed bodies are taken as they are
app.get("/", (_request, response) => void response.send("Hello"))
app.all("/mcp", mcp.node)
// #endregion
