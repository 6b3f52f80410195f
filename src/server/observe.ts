import type { Dispatch } from "../protocol/dispatcher.ts"
import { isThenable } from "../shared/maybe-promise.ts"
import type { CallHooks } from "./hooks.ts"

/**
 * Tells hooks of calls as they start and end. Without hooks it is the same function.
 *
 * @param onError Hears of hooks that throw: what watches a call must not decide it.
 */
export function observe(
  hooks: readonly CallHooks[],
  run: Dispatch,
  onError: (error: unknown) => void,
): Dispatch {
  if (hooks.length === 0) return run

  function tell<T>(work: () => T): T | undefined {
    try {
      const value = work()
      // An exporter that fails later must not end the process either.
      if (isThenable(value)) Promise.resolve(value).catch(onError)
      return value
    } catch (error) {
      onError(error)
      return undefined
    }
  }

  return async (call) => {
    const started = hooks.map((hook) => tell(() => hook.start?.(call)))
    const outcome = await run(call)
    hooks.forEach((hook, index) => {
      tell(() => hook.end?.(call, outcome, started[index]))
    })
    return outcome
  }
}
