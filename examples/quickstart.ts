import { FleetMCP } from "fleetmcp"
import * as z from "zod"

const mcp = new FleetMCP("Demo")
const numbers = z.object({ a: z.number(), b: z.number() })
mcp.tool({ name: "add", description: "Add two numbers", input: numbers }, ({ a, b }) => a + b)
mcp.resource("config://settings", () => ({ theme: "dark" }))
mcp.resource("users://{id}", ({ id }) => `This is user ${id}.`)
mcp.prompt({ name: "review", args: z.object({ code: z.string() }) }, ({ code }) => `Review this:\n${code}`)
mcp.tool({ name: "greet", description: "Greet the user by name" }, async (_, ctx) => {
  const answer = await ctx.elicit("What is your name?", z.object({ name: z.string() }))
  ctx.progress(1, 1, "Your name is known")
  return answer.action === "accept" ? `Hello, ${answer.data.name}!` : "Hello, stranger!"
})
export default mcp
