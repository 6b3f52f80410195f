/** FleetMCP on `node:http`. Wire: 2026-07-28, stateless. */
import http from "node:http"
import { PROTOCOL } from "../lib/catalog.mjs"
import { listen } from "../lib/child.mjs"
import { fleet } from "../lib/fleet.mjs"

listen(http.createServer((await fleet()).node), { wire: PROTOCOL })
