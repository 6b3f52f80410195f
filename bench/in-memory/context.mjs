/**
 * FleetMCP through `connect()` of its testing entry, with tools that use the context. The name given by the parent tells
 * which: `plain` does not, `context` takes from it, `step` does one, `step-behind-ask` does one that others could do too,
 * `state` changes it, `ask` and `ask-session` ask one question in either era.
 */
import { SERVER_INFO } from "../lib/catalog.mjs"
import { DIST, ENTRY } from "../lib/dist.mjs"
import { ARGS, serveLoop } from "./loop.mjs"

const { FleetMCP } = await import(ENTRY)
const { connect } = await import(`${DIST}testing/index.js`)
const work = process.argv[3]
const question = ["Sure?", { type: "object", properties: { sure: { type: "boolean" } } }]

const handlers = {
  plain: ({ a, b }) => String(a + b),
  context: ({ a, b }, { auth, request, client }) =>
    String(a + b + (auth || request.round || client.info === undefined ? 1 : 0)),
  step: ({ a, b }, ctx) => ctx.step("add", () => String(a + b)),
  "step-behind-ask": async ({ a, b }, ctx) => {
    await ctx.elicit(...question)
    return ctx.step("add", () => String(a + b))
  },
  state: async ({ a, b }, ctx) => {
    await ctx.state.update("sum", () => a + b)
    return String(a + b)
  },
  ask: async ({ a, b }, ctx) => {
    await ctx.elicit(...question)
    return String(a + b)
  },
}

const isSession = work === "state" || work.endsWith("-session")
const mcp = new FleetMCP(SERVER_INFO.name, { version: SERVER_INFO.version, blockedMs: false })
const input = { type: "object", properties: { a: { type: "number" }, b: { type: "number" } } }
mcp.tool({ name: "add", input }, handlers[work.replace(/-session$/, "")])
const client = await connect(mcp, {
  clientInfo: SERVER_INFO,
  revision: isSession ? "2025-11-25" : "2026-07-28",
  elicitation: () => ({ action: "accept", content: { sure: true } }),
})

await serveLoop(async () => {
  const { content } = await client.callTool("add", ARGS)
  return content[0].text
})
