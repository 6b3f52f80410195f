/** FleetMCP with tools whose schemas are zod's. Wire: 2026-07-28. */
import { fleetWithZod } from "../lib/fleet-zod.mjs"

await (await fleetWithZod()).run()
