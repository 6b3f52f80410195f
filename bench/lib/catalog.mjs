/** The components every variant serves: the same names, descriptions and schemas, so that answers weigh the same. */

export const PROTOCOL = "2026-07-28"
export const LEGACY_PROTOCOL = "2025-11-25"
export const SERVER_INFO = { name: "bench", version: "1.0.0" }
export const META = {
  version: "io.modelcontextprotocol/protocolVersion",
  clientInfo: "io.modelcontextprotocol/clientInfo",
  capabilities: "io.modelcontextprotocol/clientCapabilities",
  serverInfo: "io.modelcontextprotocol/serverInfo",
}
export const PROGRESS_STEPS = 100
export const SMALL = { tools: 4, resources: 0, prompts: 0 }

const pad = (index) => String(index).padStart(4, "0")

const object = (properties, required) => ({
  $schema: "https://json-schema.org/draft/2020-12/schema",
  type: "object",
  properties,
  required,
  additionalProperties: false,
})

/** The three tools that are called; `kind` tells a server file which handler to write. */
export const CALLED = [
  {
    kind: "add",
    name: "add",
    description: "Add two numbers",
    inputSchema: object({ a: { type: "number" }, b: { type: "number" } }, ["a", "b"]),
  },
  {
    kind: "echo",
    name: "echo",
    description: "Give the text back",
    inputSchema: object({ text: { type: "string" } }, ["text"]),
  },
  {
    kind: "progress",
    name: "progress",
    description: "Report progress a number of times",
    inputSchema: object({ steps: { type: "number" } }, ["steps"]),
  },
]

/** Gives `count` tools: the called ones, then fillers that are only listed. */
export function toolData(count) {
  const tools = CALLED.slice(0, count)
  for (let index = tools.length; index < count; index++) tools.push(filler(index))
  return tools
}

function filler(index) {
  return {
    kind: "filler",
    name: `tool_${pad(index)}`,
    description: `Tool number ${pad(index)}: looks a record up by its id and changes one of its fields.`,
    inputSchema: object(
      {
        id: { type: "string", description: "Which record" },
        count: { type: "number", description: "How many to take" },
        mode: { type: "string", enum: ["read", "write", "append"], description: "What to do with it" },
        note: { type: "string", description: "A remark kept beside the change" },
      },
      ["id", "count", "mode"],
    ),
  }
}

/** Gives `count` resources that are registered and never read. */
export function resourceData(count) {
  return Array.from({ length: count }, (_, index) => ({
    uri: `bench://records/${pad(index)}`,
    name: `record_${pad(index)}`,
    description: `Record number ${pad(index)}`,
  }))
}

/** Gives `count` prompts that are registered and never asked for. */
export function promptData(count) {
  return Array.from({ length: count }, (_, index) => ({
    name: `prompt_${pad(index)}`,
    description: `Prompt number ${pad(index)}`,
  }))
}
