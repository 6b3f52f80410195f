/** `tmcp` with its HTTP transport and zod adapter, on @hono/node-server. Wire: 2026-07-28, stateless. */
import http from "node:http"
import { getRequestListener } from "@hono/node-server"
import { ZodJsonSchemaAdapter } from "@tmcp/adapter-zod"
import { HttpTransport } from "@tmcp/transport-http"
import { McpServer } from "tmcp"
import * as z from "zod"
import { PROTOCOL, promptData, resourceData, SERVER_INFO, toolData } from "../lib/catalog.mjs"
import { config, listen } from "../lib/child.mjs"
import { toZod } from "../lib/zod.mjs"

const text = (value) => ({ content: [{ type: "text", text: value }] })
const capabilities = { tools: {}, resources: {}, prompts: {} }
const server = new McpServer(SERVER_INFO, { adapter: new ZodJsonSchemaAdapter(), capabilities })

const handlers = {
  add: ({ a, b }) => text(String(a + b)),
  echo: (args) => text(args.text),
  filler: () => text("ok"),
  progress: ({ steps }) => {
    for (let step = 1; step <= steps; step++) server.progress(step, steps)
    return text("done")
  },
}

for (const { kind, name, description, inputSchema } of toolData(config.tools)) {
  server.tool({ name, description, schema: z.object(toZod(z, inputSchema)) }, handlers[kind])
}
for (const { uri, name, description } of resourceData(config.resources)) {
  server.resource({ uri, name, description }, () => ({ contents: [{ uri, text: "{}" }] }))
}
for (const { name, description } of promptData(config.prompts)) {
  const messages = [{ role: "user", content: { type: "text", text: "Say hello" } }]
  server.prompt({ name, description }, () => ({ messages }))
}

const transport = new HttpTransport(server, { path: "/mcp" })
const respond = async (request) => (await transport.respond(request)) ?? new Response(null, { status: 404 })

listen(http.createServer(getRequestListener(respond)), { wire: PROTOCOL })
