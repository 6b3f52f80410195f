import {
  type Context,
  contextKey,
  type Elicited,
  getContext,
  inputRequired,
  type Principal,
  tool,
} from "fleetmcp"
import * as z from "zod"
import { same } from "./same.ts"

interface User {
  readonly email: string
}

const currentUser = contextKey<User>("currentUser")
const form = z.object({ name: z.string(), age: z.number().default(18) })

tool({ name: "t" }, async (_, ctx) => {
  // What a form gives is what its schema makes of it, once it was accepted.
  const answer = await ctx.elicit("Who?", form)
  same<Elicited<{ name: string; age: number }>>()(answer)
  if (answer.action === "accept") same<{ name: string; age: number }>()(answer.data)
  // @ts-expect-error Property 'data' does not exist on type '{ action: "decline" }'.
  if (answer.action !== "accept") answer.data
  const raw = await ctx.elicit("Sure?", {
    type: "object",
    properties: { sure: { type: "boolean" } },
  } as const)
  if (raw.action === "accept") same<boolean | undefined>()(raw.data.sure)
  const { action } = await ctx.elicitUrl("Pay", "https://example.com")
  same<"accept" | "decline" | "cancel">()(action)
  const { model } = await ctx.sample({ messages: [], maxTokens: 5 })
  same<string>()(model)
  // @ts-expect-error Property 'messages' is missing.
  await ctx.sample({ maxTokens: 5 })

  // What a key holds, its type says.
  ctx.set(currentUser, { email: "ada@example.com" })
  same<User | undefined>()(ctx.get(currentUser))
  same<User>()(ctx.require(currentUser))
  // @ts-expect-error Type 'number' is not assignable to type 'string'.
  ctx.set(currentUser, { email: 5 })
  // @ts-expect-error Argument of type 'string' is not assignable to parameter of type 'ContextKey<…>'.
  ctx.require("currentUser")

  same<Principal | undefined>()(ctx.auth)
  same<AbortSignal>()(ctx.signal)
  same<unknown>()(ctx.inputState)
  same<number>()(ctx.request.round)
  ctx.log.info({ any: "json" }, "logger")
  // @ts-expect-error Property 'inform' does not exist on type 'ContextLog'.
  ctx.log.inform("x")
  ctx.progress(1, 2, "half")
  // @ts-expect-error Argument of type 'string' is not assignable to parameter of type 'number'.
  ctx.progress("1")
  const { content } = await ctx.callTool("other", { a: 1 })
  return content.length
})

same<Context>()(getContext())

inputRequired({
  requests: {
    who: { method: "elicitation/create", params: { mode: "url", message: "x", url: "https://x" } },
  },
})
// @ts-expect-error Type '"elicit"' is not assignable to type '"elicitation/create" | …'.
inputRequired({ requests: { who: { method: "elicit" } } })
