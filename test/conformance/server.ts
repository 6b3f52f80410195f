/** The server that the official conformance suite tests: an ordinary one, written in the public API. */
import { FleetMCP } from "fleetmcp"
import { skills, skillsExtension } from "fleetmcp/providers/skills"
import { addInputRequired } from "./input-required.ts"
import { addPrompts } from "./prompts.ts"
import { addResources } from "./resources.ts"
import { addTools } from "./tools.ts"

const mcp = new FleetMCP("fleetmcp-conformance", {
  version: "1.0.0",
  title: "FleetMCP conformance fixture",
  instructions: "Offers what the scenarios of the official conformance suite call for.",
  cacheHints: { "tools/list": { ttlMs: 1000, scope: "public" } },
  plugins: [skillsExtension(skills(new URL("../../examples/skills/", import.meta.url)))],
  http: { sessions: process.env.SESSIONS === "none" ? "none" : "memory" },
})

addTools(mcp)
addResources(mcp)
addPrompts(mcp)
addInputRequired(mcp)

const server = await mcp.run({ transport: "http", port: Number(process.env.PORT ?? 3000) })
console.error(`Listening on ${server.url}`)

process.once("SIGTERM", () => void mcp.close({ graceMs: 500 }))
