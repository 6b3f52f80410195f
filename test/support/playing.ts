import * as z from "zod"
import type { Context } from "../../src/components/context.ts"
import { accept, answerAll, messagesOf, retry } from "./asking.ts"
import { resultOf, type Served } from "./post.ts"
import { call, capable, type Fields, type Rpc } from "./rpc.ts"
import { loggedServer, type quietServer } from "./server.ts"

const form = z.object({ n: z.number() })
/** The first request of a call that {@link asking} serves. */
export const request: Rpc = call("ask", {}, capable())

/** A server whose tool `ask` runs this handler. */
export function asking(
  handler: (ctx: Context) => unknown,
  options: Parameters<typeof quietServer>[0] = {},
): ReturnType<typeof loggedServer> {
  const { mcp, log } = loggedServer(options)
  mcp.tool({ name: "ask" }, (_, ctx) => handler(ctx))
  return { mcp, log }
}

/** Elicits and gives the number that was filled in. */
export async function number(
  ctx: Context,
  message: string,
  options?: { readonly key?: string },
): Promise<number> {
  const answer = await ctx.elicit(message, form, options)
  return answer.action === "accept" ? answer.data.n : Number.NaN
}

/** Plays the client until the call is complete; answers `1`, `2`, … in the order in which questions come. */
export async function play(
  mcp: Served,
): Promise<{ rounds: readonly (readonly unknown[])[]; result: Fields }> {
  const rounds: (readonly unknown[])[] = []
  let n = 0
  let result = await resultOf(mcp, request)
  while (result.resultType === "input_required") {
    rounds.push(messagesOf(result))
    result = await resultOf(
      mcp,
      retry(
        request,
        result,
        answerAll(result, () => accept({ n: ++n })),
      ),
    )
  }
  return { rounds, result }
}
