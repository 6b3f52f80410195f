/** An `McpServer` of the official SDK v2 with the catalog registered. */
import { McpServer } from "@modelcontextprotocol/server"
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
    const { progressToken } = ctx.mcpReq._meta
    for (let progress = 1; progress <= steps; progress++) {
      const params = { progressToken, progress, total: steps }
      await ctx.mcpReq.notify({ method: "notifications/progress", params })
    }
    return text("done")
  },
}

const tools = toolData(config.tools).map(({ kind, name, description, inputSchema }) => ({
  name,
  handler: handlers[kind],
  options: { description, inputSchema: z.object(toZod(z, inputSchema)) },
}))
const resources = resourceData(config.resources)
const prompts = promptData(config.prompts)

export function buildSdkV2() {
  const server = new McpServer(SERVER_INFO)
  for (const { name, options, handler } of tools) server.registerTool(name, options, handler)
  for (const { uri, name, description } of resources) {
    server.registerResource(name, uri, { description }, () => ({ contents: [{ uri, text: "{}" }] }))
  }
  for (const { name, description } of prompts) {
    const messages = [{ role: "user", content: { type: "text", text: "Say hello" } }]
    server.registerPrompt(name, { description }, () => ({ messages }))
  }
  return server
}
