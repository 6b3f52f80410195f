import { appendFileSync } from "node:fs"
import * as z from "zod"
import { tool, UrlElicitationRequired } from "../../dist/node.js"

const name = z.object({ name: z.string() })
const sizes = { s: { title: "Small" }, l: { title: "Large" } }

/** What `choose` can ask for, by the names that checks have for it. */
const forms = {
  "a number": z.int().min(1).max(9).meta({ title: "How many" }),
  "one of several": ["s", "l"],
  "several of several": [["s", "l"]],
  "one of several with titles": sizes,
  "several of several with titles": [sizes],
}

/** The text of a question: how it is to be answered. */
const please = (action, content) => JSON.stringify({ action, content })
const page = { message: please("accept"), url: "https://example.com/pay" }

const add = tool({ name: "add", input: z.object({ a: z.number(), b: z.number() }) }, ({ a, b }) => a + b)

/** Adds what asks the client. */
export function addAsking(mcp) {
  mcp.tool({ name: "ask", input: z.object({ answer: z.string() }) }, async ({ answer }, ctx) => {
    const form = z.object({
      name: z.string(),
      size: z.enum(["s", "m"]).default("m"),
      count: z.int().optional(),
    })
    const content = answer === "accept" ? { name: "Ada" } : undefined
    return JSON.stringify(await ctx.elicit(please(answer, content), form))
  })
  mcp.tool(
    { name: "choose", input: z.object({ form: z.enum(Object.keys(forms)), value: z.unknown() }) },
    async ({ form, value }, ctx) =>
      JSON.stringify(await ctx.elicit(please("accept", { value }), forms[form])),
  )
  mcp.tool({ name: "confirm", input: z.object({ answer: z.string() }) }, async ({ answer }, ctx) =>
    String(await ctx.confirm(please(answer))),
  )
  mcp.tool({ name: "visit" }, async (_, ctx) => {
    const answer = await ctx.elicitUrl(page.message, page.url)
    answer.complete()
    return answer.action
  })
  mcp.tool({ name: "sign_in" }, (_, ctx) => {
    if (ctx.request.round === 0) throw new UrlElicitationRequired([page])
    return "welcome"
  })
  mcp.tool({ name: "think" }, async (_, ctx) => JSON.stringify((await ctx.sample("2 + 2?")).content))
  mcp.tool(
    { name: "reckon" },
    async (_, ctx) => (await ctx.sample({ messages: "2 + 2?", tools: [add] })).text,
  )
  mcp.tool({ name: "folders" }, async (_, ctx) => JSON.stringify(await ctx.roots()))
  mcp.tool({ name: "interview" }, async (_, ctx) => {
    const [folders, thought] = await Promise.all([ctx.roots(), ctx.sample("which?")])
    const answer = await ctx.elicit(please("accept", { name: "Ada" }), name)
    return `${folders.length} folder, ${thought.content.text}, ${answer.data.name}`
  })
  mcp.prompt("asking", async (_, ctx) => {
    const answer = await ctx.elicit(please("accept", { name: "Ada" }), name)
    return answer.data.name
  })
}

/** Adds the shop, which writes a line of a file each time it charges a card. */
export function addShop(mcp, charges) {
  const input = z.object({ id: z.string(), pay: z.string().default("accept"), dies: z.boolean().optional() })
  mcp.tool({ name: "order", input }, async ({ id, pay, dies }, ctx) => {
    const who = await ctx.elicit(please("accept", { name: "Ada" }), name)
    const size = await ctx.elicit(please("accept", { value: "l" }), ["s", "l"])
    if (!(await ctx.confirm(please(pay)))) return "Not ordered"
    await ctx.step("charge", ({ idempotencyKey }) => {
      appendFileSync(charges, `${id} ${idempotencyKey}\n`)
      if (dies) process.kill(process.pid, "SIGKILL")
    })
    return `${who.data.name} ordered ${size.data}`
  })
}
