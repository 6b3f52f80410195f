import { type Tool, tool } from "fleetmcp"
import { transformTool } from "fleetmcp/transforms/tool"
import * as z from "zod"
import { same } from "./same.ts"

const search = tool(
  { name: "search", input: z.object({ q: z.string(), limit: z.number().optional(), key: z.string() }) },
  ({ q }) => q.length,
)

// Arguments are renamed, left out where they are hidden, and optional where they have a default.

same<Tool<"find", { arguments: { query: string; limit?: number }; result: number }>>()(
  transformTool(search, {
    name: "find",
    arguments: { q: { name: "query" }, key: { hide: true, default: "k" } },
  }),
)
same<Tool<"search", { arguments: { q: string; limit: number; key?: string }; result: number }>>()(
  transformTool(search, { arguments: { key: { default: "k" }, limit: { required: true } } }),
)

// The handler gets the changed arguments, and calls the tool with them.

transformTool(search, {
  arguments: { q: { schema: z.string().transform(Number) }, key: { default: "k" } },
  handler: async (args, _ctx, original) => {
    same<{ q: number; key: string; limit?: number }>()(args)
    const { structuredContent } = await original({ q: "7" })
    same<number | undefined>()(structuredContent)
    return "done"
  },
})

// @ts-expect-error: there is no such argument.
transformTool(search, { arguments: { nope: { hide: true } } })

transformTool(search, {
  output: z.object({ n: z.number() }),
  // @ts-expect-error: the output is another.
  handler: () => ({ n: "1" }),
})
