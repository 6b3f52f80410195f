/** FleetMCP on `node:http`, for a client of older revisions. Wire: 2025-11-25, one session. */
import http from "node:http"
import { LEGACY_PROTOCOL } from "../lib/catalog.mjs"
import { listen } from "../lib/child.mjs"
import { fleetWithZod } from "../lib/fleet-zod.mjs"

listen(http.createServer((await fleetWithZod()).node), { wire: LEGACY_PROTOCOL })
