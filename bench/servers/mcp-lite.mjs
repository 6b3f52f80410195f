/**
 * `mcp-lite` in Hono on @hono/node-server, without a session adapter, which is its quick start and its fastest way.
 * It answers in events whenever the client accepts them. Wire: 2025-06-18, the newest it speaks.
 */
import http from "node:http"
import { getRequestListener } from "@hono/node-server"
import { Hono } from "hono"
import { listen } from "../lib/child.mjs"
import { buildMcpLite } from "../lib/mcp-lite.mjs"

const handle = buildMcpLite()
const app = new Hono()
app.all("/mcp", (c) => handle(c.req.raw))

listen(http.createServer(getRequestListener(app.fetch)), { wire: "2025-06-18" })
