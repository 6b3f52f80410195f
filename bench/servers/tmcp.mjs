/** `tmcp` with its HTTP transport and zod adapter, on @hono/node-server. Wire: 2026-07-28, stateless. */
import http from "node:http"
import { getRequestListener } from "@hono/node-server"
import { HttpTransport } from "@tmcp/transport-http"
import { PROTOCOL } from "../lib/catalog.mjs"
import { listen } from "../lib/child.mjs"
import { buildTmcp } from "../lib/tmcp.mjs"

const transport = new HttpTransport(buildTmcp(), { path: "/mcp" })
const respond = async (request) => (await transport.respond(request)) ?? new Response(null, { status: 404 })

listen(http.createServer(getRequestListener(respond)), { wire: PROTOCOL })
