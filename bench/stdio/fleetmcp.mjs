/** FleetMCP with tools whose schemas are JSON Schema. Wire: 2026-07-28 and 2025-11-25. */
import { fleet } from "../lib/fleet.mjs"

await (await fleet({ toInput: (schema) => schema })).run()
