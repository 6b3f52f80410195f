import { FleetMCP, tool } from "fleetmcp"
import * as z from "zod"

// What answers where the client has no model; see `fleetmcp/sampling/openai` and its neighbours for real ones.
const mcp = new FleetMCP("Sampling", {
  sampling: { handler: ({ messages }) => `I read ${messages.length} messages.` },
})

// #region text
mcp.tool(
  { name: "headline", description: "Writes a headline", input: z.object({ article: z.string() }) },
  async ({ article }, ctx) => {
    const { text } = await ctx.sample({
      messages: `Write a headline:\n${article}`,
      systemPrompt: "You write for a newspaper.",
      modelPreferences: { speedPriority: 1 },
      maxTokens: 50,
    })
    return text
  },
)
// #endregion

// #region output
const mood = z.object({ mood: z.enum(["good", "bad"]), why: z.string() })

mcp.tool(
  { name: "judge", description: "Judges a review", input: z.object({ review: z.string() }), output: mood },
  async ({ review }, ctx) => {
    const { data } = await ctx.sample({ messages: `Judge this review:\n${review}`, output: mood })
    return data // { mood: "good" | "bad", why: string }
  },
)
// #endregion

// #region tools
const stock = tool(
  { name: "stock", description: "How many are left", input: z.object({ item: z.string() }) },
  ({ item }) => (item === "pen" ? 12 : 0),
)

mcp.tool(
  {
    name: "advise",
    description: "Answers questions about what we sell",
    input: z.object({ question: z.string() }),
  },
  async ({ question }, ctx) => {
    const { text } = await ctx.sample({ messages: question, tools: [stock], maxSteps: 4 })
    return text
  },
)
// #endregion

// #region step
mcp.tool(
  { name: "plan", description: "Says what it would look up", input: z.object({ question: z.string() }) },
  async ({ question }, ctx) => {
    const { toolCalls } = await ctx.sample({ messages: question, tools: [stock], maxSteps: 1 })
    return toolCalls.map(({ name, input }) => `${name} ${JSON.stringify(input)}`)
  },
)
// #endregion

export default mcp
