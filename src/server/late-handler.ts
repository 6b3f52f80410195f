import { HandlerTimeout } from "../errors/tool.ts"
import type { Outcome } from "../protocol/call.ts"
import type { HandlerRun } from "./run-handler.ts"

/** Ends the call of a handler that took too long, and makes what it is answered with. */
export function late<Input>(
  { core, call, fail }: HandlerRun<Input>,
  ms: number,
): Promise<Outcome> | undefined {
  const { exchange } = call
  // Answered or given up before: its handler is late for nothing.
  if (exchange.inert && exchange.settling === undefined) return undefined
  const answer = new Promise<Outcome>((resolve) =>
    resolve(fail(core, call, new HandlerTimeout(call.target, ms))),
  )
  exchange.abort("timeout", answer)
  return answer
}
