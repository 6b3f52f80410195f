// #region connect
import { FleetMCP, tool } from "fleetmcp"
import { Client, formAnswer } from "fleetmcp/client"
import * as z from "zod"

const add = tool({ name: "add", input: z.object({ a: z.number(), b: z.number() }) }, ({ a, b }) => a + b)
export const mcp: FleetMCP<readonly [typeof add]> = new FleetMCP("Demo", { tools: [add] })
mcp.tool({ name: "invite" }, async (_, ctx) => {
  const answer = await ctx.elicit("Whom?", z.object({ name: z.string(), guests: z.number().default(1) }))
  return answer.action === "accept" ? `${answer.data.name} and ${answer.data.guests}` : "nobody"
})

export async function sum(): Promise<number> {
  await using client = await Client.connect(mcp)
  return await client.tools.add({ a: 1, b: 2 })
}
// #endregion

// #region ask
export async function invite(): Promise<string> {
  await using client = await Client.connect(mcp, {
    elicitation: (form) => formAnswer(form, { name: "Ada" }),
  })
  const { text } = await client.callTool("invite")
  return text
}
// #endregion

// #region several
export async function names(): Promise<readonly string[]> {
  await using client = await Client.connect({
    mcpServers: { home: mcp, work: new FleetMCP("Work", { tools: [add] }) },
  })
  const tools = await client.listTools()
  return tools.map(({ name }) => name)
}
// #endregion
