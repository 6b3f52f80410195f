import { defineTransform, FleetMCP, prompt, resource, tool } from "fleetmcp"
import * as z from "zod"

// #region values
export const add = tool(
  { name: "add", description: "Adds", input: z.object({ a: z.number(), b: z.number() }), tags: ["math"] },
  ({ a, b }) => a + b,
)
export const divide = tool(
  {
    name: "divide",
    description: "Divides",
    input: z.object({ a: z.number(), b: z.number() }),
    tags: ["math"],
  },
  ({ a, b }) => a / b,
)
export const settings = resource("config://settings", () => ({ theme: "dark" }))
export const review = prompt(
  { name: "review", args: z.object({ code: z.string() }) },
  ({ code }) => `Review ${code}`,
)
// #endregion

// #region server
const mcp = new FleetMCP("Composition", { tools: [add], resources: [settings], prompts: [review] })
mcp.add(divide)
// #endregion

// #region running
const saferDivide = tool(
  {
    name: "divide",
    description: "Divides, but not by zero",
    input: z.object({ a: z.number(), b: z.number() }),
  },
  ({ a, b }) => (b === 0 ? "Nobody can say" : a / b),
)

mcp.tool({ name: "upgrade", description: "Changes the tools while the server runs" }, () => {
  mcp.replace(saferDivide) // clients that listen are told
  mcp.remove(add)
})
// #endregion

// #region nested
mcp.tool(
  { name: "average", description: "Averages", input: z.object({ a: z.number(), b: z.number() }) },
  async ({ a, b }, ctx) => {
    const sum = await ctx.callTool("add", { a, b })
    return Number(sum.structuredContent) / 2
  },
)
// #endregion

// #region transform
/** Another server with the same components, but only those for calculating. */
export const calculator = new FleetMCP("Calculator", {
  tools: [add, divide],
  resources: [settings],
  transforms: [
    defineTransform({
      name: "math only",
      list: (_kind, entries) => entries.filter(({ component }) => component.tags.includes("math")),
      find: async (_kind, id, next) => {
        const found = await next(id)
        return found?.component.tags.includes("math") ? found : undefined
      },
    }),
  ],
})
// #endregion

export default mcp
