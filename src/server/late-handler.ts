import { HandlerTimeout } from "../errors/tool.ts"
import type { Call, Outcome } from "../protocol/call.ts"
import type { MaybePromise } from "../shared/maybe-promise.ts"
import type { Core } from "./core.ts"

/** What is known of a handler that runs. */
interface LateRun {
  readonly core: Core
  readonly call: Call
  readonly fail: (core: Core, call: Call, error: unknown) => MaybePromise<Outcome>
}

/** Ends the call of a handler that took too long, and makes what it is answered with. */
export function late({ core, call, fail }: LateRun, ms: number): Promise<Outcome> | undefined {
  const { exchange } = call
  // Answered or given up before: its handler is late for nothing.
  if (exchange.inert && exchange.settling === undefined) return undefined
  const answer = new Promise<Outcome>((resolve) =>
    resolve(fail(core, call, new HandlerTimeout(call.target, ms))),
  )
  exchange.abort("timeout", answer)
  return answer
}
