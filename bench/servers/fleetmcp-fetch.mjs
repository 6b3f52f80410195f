/** FleetMCP's `fetch` mounted in Hono on @hono/node-server. Wire: 2026-07-28, stateless. */
import http from "node:http"
import { getRequestListener } from "@hono/node-server"
import { Hono } from "hono"
import { PROTOCOL } from "../lib/catalog.mjs"
import { listen } from "../lib/child.mjs"
import { fleetWithZod } from "../lib/fleet-zod.mjs"

const mcp = await fleetWithZod()
const app = new Hono()
app.all("/mcp", (c) => mcp.fetch(c.req.raw))

listen(http.createServer(getRequestListener(app.fetch)), { wire: PROTOCOL })
