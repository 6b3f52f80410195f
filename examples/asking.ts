import { FleetMCP, inputRequired } from "fleetmcp"
import * as z from "zod"

const mcp = new FleetMCP("Asking")

// #region elicit
mcp.tool({ name: "book_table", description: "Books a table" }, async (_, ctx) => {
  const answer = await ctx.elicit(
    "When, and for how many?",
    z.object({ day: z.iso.date(), guests: z.int().min(1).max(12).default(2) }),
  )
  switch (answer.action) {
    case "accept":
      return `Booked for ${answer.data.guests} on ${answer.data.day}`
    case "decline":
      return "No table then"
    case "cancel":
      return "Ask me again later"
  }
})
// #endregion

// #region again
mcp.tool({ name: "quiz", description: "Asks two questions, one after the other" }, async (_, ctx) => {
  const form = z.object({ answer: z.string() })
  const first = await ctx.elicit("Two and two?", form, { key: "sum" }) // the key names the question
  const second = await ctx.elicit("Three by three?", form, { key: "product" })
  const answers = [first, second].map((each) => (each.action === "accept" ? each.data.answer : ""))
  return answers.join() === "4,9" ? "All right" : "Not quite"
})
// #endregion

// #region url
mcp.tool({ name: "pay", description: "Takes a payment" }, async (_, ctx) => {
  const { action } = await ctx.elicitUrl("Pay your order here", "https://pay.example.com/orders/7")
  return action === "accept" ? "The page was opened" : "Not paid"
})
// #endregion

// #region model
mcp.tool(
  { name: "headline", description: "Writes a headline", input: z.object({ article: z.string() }) },
  async ({ article }, ctx) => {
    const { content } = await ctx.sample({
      messages: [{ role: "user", content: { type: "text", text: `Write a headline:\n${article}` } }],
      maxTokens: 50,
    })
    return content
  },
)
// #endregion

// #region roots
mcp.tool({ name: "folders", description: "Lists the folders the client works in" }, async (_, ctx) => {
  const roots = await ctx.roots()
  return roots.map(({ uri, name = uri }) => name)
})
// #endregion

// #region together
mcp.tool({ name: "introduce", description: "Asks the user and their folders at once" }, async (_, ctx) => {
  const [answer, roots] = await Promise.all([
    ctx.elicit("Your name?", z.object({ name: z.string() })),
    ctx.roots(),
  ])
  return answer.action === "accept" ? `${answer.data.name} works in ${roots.length} folders` : "Nobody"
})
// #endregion

// #region explicit
mcp.tool({ name: "confirm", description: "Asks by returning the question" }, (_, ctx) => {
  const answer = ctx.inputResponses?.sure
  if (answer !== undefined) return { answer: answer.action, state: ctx.inputState }
  return inputRequired({
    requests: {
      sure: {
        method: "elicitation/create",
        params: {
          message: "Are you sure?",
          requestedSchema: { type: "object", properties: { sure: { type: "boolean" } } },
        },
      },
    },
    state: { asked: 1 }, // the client keeps it, sealed
  })
})
// #endregion

export default mcp
