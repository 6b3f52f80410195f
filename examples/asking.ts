import { FleetMCP, inputRequired, UrlElicitationRequired } from "fleetmcp"
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

// #region choices
mcp.tool({ name: "order_shirt", description: "Orders a shirt" }, async (_, ctx) => {
  const size = await ctx.elicit("Which size?", { s: { title: "Small" }, l: { title: "Large" } })
  const colours = await ctx.elicit("Which colours?", [["red", "green", "blue"]])
  const count = await ctx.elicit("How many?", z.int().min(1).default(1))
  if (size.action !== "accept" || colours.action !== "accept" || count.action !== "accept")
    return "Nothing was ordered"
  // size.data: "s" | "l" · colours.data: ("red" | "green" | "blue")[] · count.data: number
  return `Ordered ${count.data} of size ${size.data} in ${colours.data.join(" and ")}`
})
// #endregion

// #region confirm
mcp.tool({ name: "empty_bin", description: "Deletes what is in the bin" }, async (_, ctx) => {
  if (!(await ctx.confirm("Delete everything in the bin?"))) return "The bin was left as it is"
  return "The bin is empty"
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

// #region complete
mcp.tool(
  { name: "pay_order", description: "Takes the payment of an order", input: z.object({ order: z.uuid() }) },
  async ({ order }, ctx) => {
    const url = `https://pay.example.com/orders/${order}`
    const { action } = await ctx.elicitUrl("Pay your order here", url, { elicitationId: order })
    return action === "accept" ? "The page was opened" : "Not paid"
  },
)

// The payment service calls it; check its signature here.
mcp.route("POST /paid", async (request) => {
  const { order } = z.object({ order: z.uuid() }).parse(await request.json())
  mcp.elicitationComplete(order)
  return new Response(null, { status: 204 })
})
// #endregion

// #region required
const tokens = new Map<string, string>()

mcp.tool({ name: "calendar", description: "Reads the calendar, once somebody signed in there" }, () => {
  const token = tokens.get("ada")
  if (token === undefined) {
    const url = "https://auth.example.com/start?user=ada" // its last page keeps the token
    throw new UrlElicitationRequired([{ message: "Sign in to the calendar", url }])
  }
  return `Read with ${token}`
})
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

export { tokens }
export default mcp
