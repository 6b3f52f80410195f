/** FleetMCP on `node:http`. Wire: 2026-07-28, stateless. */
import http from "node:http"
import { PROTOCOL } from "../lib/catalog.mjs"
import { listen } from "../lib/child.mjs"
import { fleetWithZod } from "../lib/fleet-zod.mjs"

listen(http.createServer((await fleetWithZod()).node), { wire: PROTOCOL })
