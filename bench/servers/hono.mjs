/** Bare Hono on @hono/node-server doing what `raw` does: what a fetch front alone costs. Wire: 2026-07-28, no check of it. */
import http from "node:http"
import { getRequestListener } from "@hono/node-server"
import { Hono } from "hono"
import { PROTOCOL, toolData } from "../lib/catalog.mjs"
import { config, listen } from "../lib/child.mjs"

const text = (value) => ({ content: [{ type: "text", text: value }] })
const handlers = {
  add: ({ a, b }) => text(String(a + b)),
  echo: (args) => text(args.text),
}
const tools = new Map(toolData(config.tools).map(({ kind, name }) => [name, handlers[kind]]))

const app = new Hono()
app.post("/mcp", async (c) => {
  const { id, params } = await c.req.json()
  return c.json({ jsonrpc: "2.0", id, result: tools.get(params.name)(params.arguments) })
})

listen(http.createServer(getRequestListener(app.fetch)), { wire: PROTOCOL })
