import * as z from "zod"
import {
  audio,
  type FleetMCP,
  type FleetMCPOptions,
  file,
  icon,
  image,
  link,
  message,
  PromptResult,
  resourceContents,
  ToolResult,
  text,
} from "../../src/index.ts"

const png = new Uint8Array([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a])
const icons = [icon("https://example.com/a.png", { mimeType: "image/png", sizes: ["48x48"], theme: "dark" })]
const annotations = { audience: ["user" as const], priority: 0.5, lastModified: "2026-07-28T00:00:00Z" }
const meta = { "com.example/key": 1 }
const described = { title: "A title", description: "What it is", icons, meta }

/** What a server can say of itself. */
export const worldOptions: FleetMCPOptions = {
  version: "1.2.3",
  title: "The world",
  description: "Has everything",
  websiteUrl: "https://example.com",
  icons,
  instructions: "Look around.",
}

/** Blocks of every type, with all their fields. */
function everyBlock() {
  return [
    text("words", { annotations, meta }),
    image(png, { annotations, meta }),
    audio("UklGRgAAAABXQVZF", { mimeType: "audio/wav", annotations, meta }),
    link("docs://guide", {
      title: "The guide",
      description: "How to",
      mimeType: "text/plain",
      size: 7,
      icons,
      annotations,
      meta,
    }),
    link("docs://bare"),
    file("a,b", { name: "a.csv", annotations, meta }),
    file(png, { name: "a.png" }),
  ]
}

/** A tree, in JSON Schema that refers to itself. */
const tree = {
  type: "array",
  items: { $ref: "#/$defs/node" },
  $defs: {
    node: {
      type: "object",
      properties: { name: { type: "string" }, children: { $ref: "#" } },
      required: ["name"],
    },
  },
} as const

/** What tools return that declare it: by name, the schema and a value of it. */
export const outputs: { readonly [name: string]: { readonly schema: object; readonly value: unknown } } = {
  object: { schema: z.object({ sum: z.number() }), value: { sum: 3 } },
  number: { schema: z.number(), value: 5 },
  list: { schema: z.array(z.string()), value: ["a"] },
  nothing: { schema: { type: "null" }, value: null },
  perhaps: { schema: z.union([z.object({ a: z.number() }), z.string()]), value: { a: 1 } },
  either: { schema: { type: ["object", "null"] }, value: { a: 1 } },
  tree: { schema: tree, value: [{ name: "root", children: [{ name: "leaf" }] }] },
  itself: {
    schema: {
      type: ["object", "null"],
      properties: { next: { $ref: "#" } },
      additionalProperties: false,
    },
    value: { next: { next: null } },
  },
  closed: {
    schema: { type: "object", properties: { open: true, never: false, name: { type: "string" } } },
    value: { open: [1], name: "n" },
  },
}

/** Fills a server with components of every kind and feature. */
export function addWorld(mcp: FleetMCP): void {
  addTools(mcp)
  addResources(mcp)
  addPrompts(mcp)
}

function addTools(mcp: FleetMCP): void {
  for (const [name, { schema, value }] of Object.entries(outputs)) {
    // A table of schemas of many kinds; each value fits its own.
    mcp.tool({ name: `output_${name}`, output: schema as z.ZodType }, () => value as never)
  }
  mcp.tool(
    {
      ...described,
      name: "every_field",
      annotations: { title: "Hint", readOnlyHint: true, openWorldHint: false },
      input: z.object({ a: z.number().describe("A"), b: z.array(z.string()).optional() }),
    },
    () => "done",
  )
  mcp.tool({ name: "titled", title: "Only titled" }, () => "done")
  mcp.tool(
    { name: "open_input", input: { type: "object", properties: { any: true } } as const },
    () => "done",
  )
  mcp.tool({ name: "every_block" }, () => everyBlock())
  mcp.tool({ name: "undeclared" }, () => [1, 2])
  mcp.tool({ name: "silent" }, () => new ToolResult({ content: [], structuredContent: { found: 3 }, meta }))
  mcp.tool({ name: "fails" }, () => new ToolResult({ content: "It broke.", isError: true, meta }))
  mcp.tool({ name: "speaks" }, (_, ctx) => {
    ctx.progress(1, 2, "half")
    ctx.log.warning({ at: "half" }, "world")
    return "done"
  })
}

function addResources(mcp: FleetMCP): void {
  mcp.resource(
    { ...described, uri: "docs://guide", name: "guide", mimeType: "text/plain", size: 7, annotations },
    () => [
      resourceContents("words", { meta }),
      resourceContents(png, { uri: "docs://guide/image", mimeType: "image/png", meta }),
    ],
  )
  mcp.resource(
    {
      ...described,
      uri: "users://{id}",
      name: "user",
      mimeType: "application/json",
      annotations,
      complete: { id: ["1", "2"] },
    },
    ({ id }) => ({ id }),
  )
}

function addPrompts(mcp: FleetMCP): void {
  mcp.prompt(
    {
      ...described,
      name: "everything",
      args: z.object({
        topic: z.string().meta({ title: "The topic", description: "About what" }),
        tone: z.string().meta({ title: "The tone" }).optional(),
      }),
      complete: { topic: ["cats", "dogs"] },
    },
    () => new PromptResult({ messages: [message.user(everyBlock()), message.assistant("So?")], meta }),
  )
}

/** Adds tools that ask the client. */
export function addQuestions(mcp: FleetMCP): void {
  const colors = z.union([z.literal("r").meta({ title: "Red" }), z.literal("g").meta({ title: "Green" })])
  const basic = z.object({
    name: z.string().min(1).max(9).meta({ title: "Name", description: "Yours" }),
    mail: z.email().default("a@example.com"),
    age: z.int().min(1).max(150).default(30),
    sure: z.boolean().default(true),
    size: z.enum(["s", "m"]).default("m"),
    color: colors,
  })
  mcp.tool({ name: "ask_form" }, async (_, ctx) => (await ctx.elicit("Who?", basic)).action)
  mcp.tool(
    { name: "ask_several" },
    async (_, ctx) => (await ctx.elicit("Which?", z.object({ sizes: z.array(z.enum(["s", "m"])) }))).action,
  )
  mcp.tool(
    { name: "ask_url" },
    async (_, ctx) => (await ctx.elicitUrl("Pay", "https://example.com/pay")).action,
  )
  mcp.tool({ name: "ask_roots" }, async (_, ctx) => JSON.stringify(await ctx.roots()))
  mcp.tool({ name: "ask_model" }, async (_, ctx) => {
    const content = [text("one", { annotations, meta }), image(png, { meta })]
    await ctx.sample({
      messages: [{ role: "user", content }],
      systemPrompt: "Be brief.",
      temperature: 0.5,
      stopSequences: ["."],
      modelPreferences: { hints: [{ name: "small" }], costPriority: 1 },
    })
    return "asked"
  })
  mcp.tool({ name: "ask_model_sound" }, async (_, ctx) => {
    const content = audio("UklGRgAAAABXQVZF", { mimeType: "audio/wav" })
    await ctx.sample({ messages: [{ role: "user", content }] })
    return "asked"
  })
  mcp.tool({ name: "ask_model_tools" }, async (_, ctx) => {
    await ctx.sample({
      messages: [
        { role: "assistant", content: [{ type: "tool_use", id: "1", name: "count", input: {} }] },
        {
          role: "user",
          content: {
            type: "tool_result",
            toolUseId: "1",
            content: [{ type: "text", text: "5" }],
            structuredContent: 5,
          },
        },
      ],
      tools: [{ name: "count", inputSchema: { type: "object" }, outputSchema: { type: "number" } }],
      toolChoice: { mode: "auto" },
    })
    return "asked"
  })
}
