/** A server of npm `fastmcp` with the catalog registered. */
import { FastMCP } from "fastmcp"
import * as z from "zod"
import { promptData, resourceData, SERVER_INFO, toolData } from "./catalog.mjs"
import { config } from "./child.mjs"
import { toZod } from "./zod.mjs"

const handlers = {
  add: async ({ a, b }) => String(a + b),
  echo: async ({ text }) => text,
  filler: async () => "ok",
  progress: async ({ steps }, { reportProgress }) => {
    for (let progress = 1; progress <= steps; progress++) await reportProgress({ progress, total: steps })
    return "done"
  },
}

const silent = () => undefined
const logger = { debug: silent, error: silent, info: silent, log: silent, warn: silent }
export function buildFastMCP() {
  const server = new FastMCP({ ...SERVER_INFO, logger, ping: { enabled: false }, roots: { enabled: false } })
  for (const { kind, name, description, inputSchema } of toolData(config.tools)) {
    server.addTool({
      name,
      description,
      parameters: z.object(toZod(z, inputSchema)),
      execute: handlers[kind],
    })
  }
  for (const { uri, name, description } of resourceData(config.resources)) {
    server.addResource({
      uri,
      name,
      description,
      mimeType: "application/json",
      load: async () => ({ text: "{}" }),
    })
  }
  for (const { name, description } of promptData(config.prompts)) {
    server.addPrompt({ name, description, load: async () => "Say hello" })
  }
  return server
}
