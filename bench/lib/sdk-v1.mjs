/** An `McpServer` of the official SDK v1 with the catalog registered. */
import { McpServer } from "@modelcontextprotocol/sdk/server/mcp.js"
import * as z from "zod"
import { promptData, resourceData, SERVER_INFO, toolData } from "./catalog.mjs"
import { config } from "./child.mjs"
import { toZod } from "./zod.mjs"

const text = (value) => ({ content: [{ type: "text", text: value }] })

const handlers = {
  add: ({ a, b }) => text(String(a + b)),
  echo: (args) => text(args.text),
  filler: () => text("ok"),
  progress: async ({ steps }, extra) => {
    const { progressToken } = extra._meta
    for (let progress = 1; progress <= steps; progress++) {
      const params = { progressToken, progress, total: steps }
      await extra.sendNotification({ method: "notifications/progress", params })
    }
    return text("done")
  },
}

export function buildSdkV1() {
  const server = new McpServer(SERVER_INFO)
  for (const { kind, name, description, inputSchema } of toolData(config.tools)) {
    server.registerTool(name, { description, inputSchema: toZod(z, inputSchema) }, handlers[kind])
  }
  for (const { uri, name, description } of resourceData(config.resources)) {
    server.registerResource(name, uri, { description }, () => ({ contents: [{ uri, text: "{}" }] }))
  }
  for (const { name, description } of promptData(config.prompts)) {
    const messages = [{ role: "user", content: { type: "text", text: "Say hello" } }]
    server.registerPrompt(name, { description }, () => ({ messages }))
  }
  return server
}
