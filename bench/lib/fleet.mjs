/** The FleetMCP server that all of our variants serve, in the public API. */
import { promptData, resourceData, SERVER_INFO, toolData } from "./catalog.mjs"
import { config } from "./child.mjs"
import { ENTRY } from "./dist.mjs"

// Text, as everybody here answers: a number would also be sent as structured content, which is more work.
const handlers = {
  add: ({ a, b }) => String(a + b),
  echo: ({ text }) => text,
  filler: () => "ok",
  progress: ({ steps }, ctx) => {
    for (let step = 1; step <= steps; step++) ctx.progress(step, steps)
    return "done"
  },
}

/** Builds the server of the configured size; `toInput` makes the schema of a tool's arguments of JSON Schema. */
export async function fleet({ toInput }) {
  const { tools, resources, prompts, layers = 0 } = config
  const { FleetMCP } = await import(ENTRY)
  const middleware = Array.from({ length: layers }, () => ({ callTool: async (_, next) => await next() }))
  const mcp = new FleetMCP(SERVER_INFO.name, { version: SERVER_INFO.version, middleware })
  for (const { kind, name, description, inputSchema } of toolData(tools)) {
    mcp.tool({ name, description, input: toInput(inputSchema) }, handlers[kind])
  }
  for (const { uri } of resourceData(resources)) mcp.resource(uri, () => ({ uri }))
  for (const { name, description } of promptData(prompts))
    mcp.prompt({ name, description }, () => "Say hello")
  return mcp
}
