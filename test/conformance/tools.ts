import { setTimeout as sleep } from "node:timers/promises"
import { audio, type FleetMCP, file, image, prompt, ToolError, text, tool } from "fleetmcp"
import * as z from "zod"
import { emptyWav, pngPixel } from "./media.ts"

/** What a tool may return, what it may tell on the way, and lists that change while somebody looks. */
export function addTools(mcp: FleetMCP): void {
  addContent(mcp)
  addReports(mcp)
  addConversations(mcp)
  addSchemas(mcp)
  addTriggers(mcp)
}

function addContent(mcp: FleetMCP): void {
  mcp.tool(
    { name: "test_simple_text", description: "Returns text" },
    () => "This is a simple text response for testing.",
  )
  mcp.tool({ name: "test_image_content", description: "Returns an image" }, () => image(pngPixel))
  mcp.tool({ name: "test_audio_content", description: "Returns audio" }, () => audio(emptyWav))
  mcp.tool({ name: "test_embedded_resource", description: "Returns an embedded resource" }, () =>
    file("This is an embedded resource content.", { uri: "test://embedded-resource" }),
  )
  mcp.tool(
    { name: "test_multiple_content_types", description: "Returns text, an image and a resource" },
    () => [
      text("Multiple content types test:"),
      image(pngPixel),
      file(JSON.stringify({ test: "data", value: 123 }), {
        uri: "test://mixed-content-resource",
        mimeType: "application/json",
      }),
    ],
  )
  mcp.tool({ name: "test_error_handling", description: "Fails" }, () => {
    throw new ToolError("This tool intentionally returns an error for testing")
  })
}

function addReports(mcp: FleetMCP): void {
  mcp.tool({ name: "test_tool_with_progress", description: "Reports progress" }, (_, ctx) => {
    for (const done of [0, 50, 100]) ctx.progress(done, 100, `Completed step ${done} of 100`)
    return "Completed with progress"
  })
  mcp.tool({ name: "test_logging_tool", description: "Logs to clients that ask for it" }, (_, ctx) => {
    ctx.log.info("Tool execution started")
    ctx.log.warning({ step: "processing" }, "fixture")
    return "Logged"
  })
  mcp.tool({ name: "test_streaming_elicitation", description: "Reports, then asks" }, async (_, ctx) => {
    ctx.progress(1, 2)
    const answer = await ctx.elicit("Go on?", z.object({ sure: z.boolean() }), { key: "go_on" })
    return answer.action
  })
  mcp.tool(
    { name: "test_missing_capability", description: "Needs a client with a model" },
    async (_, ctx) => {
      const { content } = await ctx.sample("Say hello", { key: "hello" })
      return JSON.stringify(content)
    },
  )
}

function addConversations(mcp: FleetMCP): void {
  mcp.tool({ name: "test_tool_with_logging", description: "Logs three times" }, async (_, ctx) => {
    for (const what of ["Tool execution started", "Tool processing data", "Tool execution completed"]) {
      ctx.log.info(what)
      await sleep(50)
    }
    return "Logged"
  })
  mcp.tool(
    {
      name: "test_sampling",
      description: "Asks the client's model",
      input: z.object({ prompt: z.string() }),
    },
    async ({ prompt }, ctx) => {
      const content = { type: "text" as const, text: prompt }
      const answer = await ctx.sample({ messages: [{ role: "user", content }], maxTokens: 100 })
      return `LLM response: ${JSON.stringify(answer.content)}`
    },
  )
  mcp.tool(
    { name: "test_elicitation", description: "Asks the user", input: z.object({ message: z.string() }) },
    async ({ message }, ctx) => {
      const form = z.object({ username: z.string(), email: z.string() })
      return `User response: ${JSON.stringify(await ctx.elicit(message, form))}`
    },
  )
  mcp.tool(
    { name: "test_elicitation_sep1034_defaults", description: "Asks with defaults" },
    async (_, ctx) => {
      const form = z.object({
        name: z.string().default("John Doe"),
        age: z.int().default(30),
        score: z.number().default(95.5),
        status: z.enum(["active", "inactive", "pending"]).default("active"),
        verified: z.boolean().default(true),
      })
      return `Elicitation completed: ${JSON.stringify(await ctx.elicit("Please review", form))}`
    },
  )
  mcp.tool({ name: "test_elicitation_sep1330_enums", description: "Asks for choices" }, async (_, ctx) => {
    return `Elicitation completed: ${JSON.stringify(await ctx.elicit("Please choose", choices))}`
  })
  mcp.tool({ name: "test_reconnection", description: "Lets its connection go" }, async (_, ctx) => {
    ctx.closeStream(100)
    await sleep(200)
    return "Reconnected"
  })
}

const titled = [
  { const: "value1", title: "First Option" },
  { const: "value2", title: "Second Option" },
]
const values = ["option1", "option2", "option3"]

/** Every kind of choice that a form can show. */
const choices = {
  type: "object",
  properties: {
    untitledSingle: { type: "string", enum: values },
    titledSingle: { type: "string", oneOf: titled },
    legacyEnum: { type: "string", enum: ["opt1", "opt2"], enumNames: ["Option One", "Option Two"] },
    untitledMulti: { type: "array", items: { type: "string", enum: values } },
    titledMulti: { type: "array", items: { anyOf: titled } },
  },
} as const

function addSchemas(mcp: FleetMCP): void {
  mcp.tool(
    {
      name: "test_x_mcp_header",
      description: "Takes an argument that a header repeats",
      input: z.object({ region: z.string().optional(), level: z.int().optional() }),
      headers: { region: "Region" },
    },
    ({ region = "nowhere", level = 0 }) => `${region} ${level}`,
  )
  mcp.tool(
    {
      name: "json_schema_2020_12_tool",
      description: "Shows its JSON Schema as it was written",
      dereference: false,
      input: {
        $schema: "https://json-schema.org/draft/2020-12/schema",
        type: "object",
        $defs: {
          address: {
            $anchor: "addressDef",
            type: "object",
            properties: { street: { type: "string" }, city: { type: "string" } },
          },
        },
        properties: {
          name: { type: "string" },
          address: { $ref: "#/$defs/address" },
          contactMethod: { type: "string", enum: ["phone", "email"] },
          phone: { type: "string" },
          email: { type: "string" },
        },
        allOf: [{ anyOf: [{ required: ["phone"] }, { required: ["email"] }] }],
        if: { properties: { contactMethod: { const: "phone" } }, required: ["contactMethod"] },
        // biome-ignore lint/suspicious/noThenProperty: a keyword of JSON Schema
        then: { required: ["phone"] },
        else: { required: ["email"] },
        additionalProperties: false,
      },
    },
    (contact) => `Got ${JSON.stringify(contact)}`,
  )
}

function addTriggers(mcp: FleetMCP): void {
  const extraTool = tool({ name: "test_extra_tool", description: "Comes and goes" }, () => "here")
  const extraPrompt = prompt({ name: "test_extra_prompt", description: "Comes and goes" }, () => "here")
  mcp.tool({ name: "test_trigger_tool_change", description: "Changes the list of tools" }, () => {
    if (!mcp.remove(extraTool)) mcp.add(extraTool)
    return "The list of tools has changed"
  })
  mcp.tool({ name: "test_trigger_prompt_change", description: "Changes the list of prompts" }, () => {
    if (!mcp.remove(extraPrompt)) mcp.add(extraPrompt)
    return "The list of prompts has changed"
  })
}
