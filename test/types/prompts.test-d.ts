import { FleetMCP, message, type Prompt, PromptResult, prompt, text } from "fleetmcp"
import * as z from "zod"
import { same } from "./same.ts"

const args = z.object({ code: z.string(), depth: z.number().default(1) })

export const review = prompt(
  {
    name: "review",
    args,
    complete: {
      code: ["a"],
      depth: (typed, { ctx }) => (ctx.signal.aborted ? [] : { values: [typed], total: 1 }),
    },
  },
  (given, ctx) => {
    same<{ code: string; depth: number }>()(given)
    same<AbortSignal>()(ctx.signal)
    return given.code
  },
)
same<Prompt<"review", { code: string; depth?: number | undefined }>>()(review)

export const hello = prompt("hello", (none) => {
  // biome-ignore lint/complexity/noBannedTypes: what hover shows
  same<{}>()(none)
  return "Hello"
})
// biome-ignore lint/complexity/noBannedTypes: what hover shows
same<Prompt<"hello", {}>>()(hello)

prompt(
  { name: "p", args: { type: "object", properties: { code: { type: "string" } }, required: ["code"] } },
  (given) => {
    same<{ code: string }>()(given)
    return [message.user("x"), message.assistant(text("y")), "z"]
  },
)
prompt("p", async () => new PromptResult({ messages: "x", description: "y" }))
prompt("p", async (_, { elicit }) => {
  const answer = await elicit("Sure?", z.object({ sure: z.boolean() }))
  return answer.action === "accept" && answer.data.sure ? "yes" : "no"
})

// @ts-expect-error 'cod' does not exist in type 'Completers<"code" | "depth">'. Did you mean to write 'code'?
prompt({ name: "p", args, complete: { cod: ["x"] } }, () => "x")
// @ts-expect-error 'arguments' does not exist in type 'PromptConfig<"p", undefined>'.
prompt({ name: "p", arguments: [] }, () => "x")
// @ts-expect-error Type 'number' is not assignable to type 'PromptReturn'.
prompt("p", () => 1)
// @ts-expect-error Type 'Promise<{ a: number; }>' is not assignable to type 'PromiseLike<PromptReturn>'.
prompt("p", async () => ({ a: 1 }))
// @ts-expect-error Property 'codes' does not exist on type '{ code: string; depth: number; }'.
prompt({ name: "p", args }, ({ codes }) => codes)

const mcp = new FleetMCP("types")
export const registered = mcp.prompt({ name: "p", args }, ({ code }) => code)
same<Prompt<"p", { code: string; depth?: number | undefined }>>()(registered)
// @ts-expect-error Type 'number' is not assignable to type 'PromptReturn'.
mcp.prompt("p", () => 1)
