import { type FleetMCP, inputRequired, ToolError } from "fleetmcp"
import * as z from "zod"

const name = z.object({ name: z.string() })
const confirmation = z.object({ ok: z.boolean() })

/** Tools and a prompt that ask the client: by awaiting its answers, and by returning the questions themselves. */
export function addInputRequired(mcp: FleetMCP): void {
  addAwaiting(mcp)
  addSeveral(mcp)
  addReturning(mcp)
}

function addAwaiting(mcp: FleetMCP): void {
  mcp.tool({ name: "test_input_required_result_elicitation", description: "Asks a name" }, async (_, ctx) => {
    const answer = await ctx.elicit("What is your name?", name, { key: "user_name" })
    return answer.action === "accept" ? `Hello, ${answer.data.name}!` : "Hello, whoever you are!"
  })
  mcp.tool({ name: "test_input_required_result_sampling", description: "Asks the model" }, async (_, ctx) => {
    const { content } = await ctx.sample("What is the capital of France?", { key: "capital_question" })
    return `The model says ${JSON.stringify(content)}`
  })
  mcp.tool(
    { name: "test_input_required_result_list_roots", description: "Asks for roots" },
    async (_, ctx) => {
      const roots = await ctx.roots({ key: "client_roots" })
      return `Roots: ${roots.map(({ uri }) => uri).join(", ")}`
    },
  )
  mcp.prompt(
    { name: "test_input_required_result_prompt", description: "Asks for context" },
    async (_, ctx) => {
      const form = z.object({ context: z.string() })
      const answer = await ctx.elicit("What context should the prompt use?", form, { key: "user_context" })
      return answer.action === "accept" ? `Use this context: ${answer.data.context}` : "Use no context"
    },
  )
}

function addSeveral(mcp: FleetMCP): void {
  mcp.tool(
    { name: "test_input_required_result_multiple_inputs", description: "Asks three things at once" },
    async (_, ctx) => {
      const [user, greeting, roots] = await Promise.all([
        ctx.elicit("What is your name?", name, { key: "user_name" }),
        ctx.sample("Write a greeting", { key: "greeting" }),
        ctx.roots({ key: "client_roots" }),
      ])
      return `${user.action}, ${greeting.role}, ${roots.length} roots`
    },
  )
  mcp.tool({ name: "test_input_required_result_multi_round", description: "Asks twice" }, async (_, ctx) => {
    const who = await ctx.elicit("Step 1: what is your name?", name, { key: "step1" })
    if (who.action !== "accept") return "Stopped at step 1"
    const form = z.object({ color: z.string() })
    const favourite = await ctx.elicit(`Step 2: your favourite colour, ${who.data.name}?`, form, {
      key: "step2",
    })
    return favourite.action === "accept"
      ? `${who.data.name} likes ${favourite.data.color}`
      : "Stopped at step 2"
  })
}

function addReturning(mcp: FleetMCP): void {
  const confirm = {
    method: "elicitation/create",
    params: {
      mode: "form",
      message: "Please confirm",
      requestedSchema: { type: "object", properties: { ok: { type: "boolean" } }, required: ["ok"] },
    },
  } as const

  mcp.tool({ name: "test_input_required_result_request_state", description: "Keeps a state" }, (_, ctx) => {
    const answer = ctx.inputResponses?.confirm
    if (answer === undefined) return inputRequired({ requests: { confirm }, state: { asked: "confirm" } })
    if (JSON.stringify(ctx.inputState) !== '{"asked":"confirm"}') throw new ToolError("The state is lost")
    return "state-ok"
  })
  mcp.tool(
    { name: "test_input_required_result_tampered_state", description: "Keeps a state that must not change" },
    async (_, ctx) => {
      const answer = await ctx.elicit("Please confirm", confirmation, { key: "confirm" })
      return `The state is whole: ${answer.action}`
    },
  )
  mcp.tool(
    { name: "test_input_required_result_capabilities", description: "Asks only what the client can answer" },
    async (_, ctx) => {
      const { elicitation, sampling } = ctx.client.capabilities
      const asked = await Promise.all([
        elicitation && ctx.elicit("What is your name?", name, { key: "user_name" }),
        sampling && ctx.sample("Write a greeting", { key: "greeting" }),
      ])
      return `${asked.filter(Boolean).length} answers`
    },
  )
}
