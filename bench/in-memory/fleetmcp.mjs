/**
 * FleetMCP through `connect()` of its testing entry. The name given by the parent tells how messages travel:
 * `fleetmcp-json` (the default of `connect`) or `fleetmcp-objects` (by reference).
 */
import { SERVER_INFO } from "../lib/catalog.mjs"
import { DIST } from "../lib/dist.mjs"
import { fleetWithZod } from "../lib/fleet-zod.mjs"
import { ARGS, serveLoop } from "./loop.mjs"

const { connect } = await import(`${DIST}testing/index.js`)
const objects = process.argv[3] === "fleetmcp-objects"
const client = await connect(await fleetWithZod(), { clientInfo: SERVER_INFO, serialize: !objects })

await serveLoop(async () => {
  const { content } = await client.callTool("add", ARGS)
  return content[0].text
})
