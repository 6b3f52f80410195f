/**
 * FleetMCP through `connect()` of its testing entry. The name given by the parent tells how messages travel:
 * `fleetmcp-json` (the default of `connect`) or `fleetmcp-objects` (by reference).
 */
import { DIST } from "../lib/dist.mjs"
import { fleet } from "../lib/fleet.mjs"
import { ARGS, serveLoop } from "./loop.mjs"

const { connect } = await import(`${DIST}testing/index.js`)
const objects = process.argv[3] === "fleetmcp-objects"
const client = await connect(await fleet(), objects ? { serialize: false } : {})
const method = ["callTool", "call"].find((name) => typeof client[name] === "function")
if (method === undefined) throw new Error("the in-memory client has neither `callTool` nor `call`")

const textOf = (result) => (typeof result === "object" ? result.content[0].text : String(result))
await serveLoop(async () => textOf(await client[method]("add", ARGS)))
