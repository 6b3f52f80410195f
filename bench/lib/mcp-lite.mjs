/** `mcp-lite` with the catalog registered, as its fetch handler. */
import { McpServer, StreamableHttpTransport } from "mcp-lite"
import * as z from "zod"
import { promptData, resourceData, SERVER_INFO, toolData } from "./catalog.mjs"
import { config } from "./child.mjs"
import { toZod } from "./zod.mjs"

const text = (value) => ({ content: [{ type: "text", text: value }] })

const handlers = {
  add: ({ a, b }) => text(String(a + b)),
  echo: (args) => text(args.text),
  filler: () => text("ok"),
  progress: async ({ steps }, ctx) => {
    for (let progress = 1; progress <= steps; progress++) await ctx.progress({ progress, total: steps })
    return text("done")
  },
}

export function buildMcpLite() {
  const server = new McpServer({ ...SERVER_INFO, schemaAdapter: (schema) => z.toJSONSchema(schema) })
  for (const { kind, name, description, inputSchema } of toolData(config.tools)) {
    server.tool(name, { description, inputSchema: z.object(toZod(z, inputSchema)), handler: handlers[kind] })
  }
  for (const { uri, name, description } of resourceData(config.resources)) {
    server.resource(uri, { name, description }, () => ({ contents: [{ uri, text: "{}" }] }))
  }
  for (const { name, description } of promptData(config.prompts)) {
    const messages = [{ role: "user", content: { type: "text", text: "Say hello" } }]
    server.prompt(name, { description, handler: () => ({ messages }) })
  }
  return new StreamableHttpTransport().bind(server)
}
