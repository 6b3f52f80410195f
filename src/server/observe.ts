import type { Dispatch } from "../protocol/dispatcher.ts"
import type { CallHooks } from "./hooks.ts"

/** Tells hooks of calls as they start and end. Without hooks it is the same function. */
export function observe(hooks: readonly CallHooks[], run: Dispatch): Dispatch {
  if (hooks.length === 0) return run
  return async (call) => {
    const started = hooks.map((hook) => hook.start?.(call))
    const outcome = await run(call)
    hooks.forEach((hook, index) => {
      hook.end?.(call, outcome, started[index])
    })
    return outcome
  }
}
