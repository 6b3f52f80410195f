/** A `tmcp` server with its zod adapter and the catalog registered. */
import { ZodJsonSchemaAdapter } from "@tmcp/adapter-zod"
import { McpServer } from "tmcp"
import * as z from "zod"
import { promptData, resourceData, SERVER_INFO, toolData } from "./catalog.mjs"
import { config } from "./child.mjs"
import { toZod } from "./zod.mjs"

const text = (value) => ({ content: [{ type: "text", text: value }] })
const capabilities = { tools: {}, resources: {}, prompts: {} }

export function buildTmcp() {
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
  return server
}
