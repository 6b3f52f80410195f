import { MiddlewareMisuse } from "../errors/middleware-misuse.ts"
import type { Call, Outcome } from "../protocol/call.ts"
import type { Dispatch } from "../protocol/dispatcher.ts"
import { handlerFailure } from "./handler-failure.ts"
import type { Middleware, Next } from "./middleware.ts"

/** A hook with, besides `next`, what that goes on to. */
type RuledHook = (call: Call, next: Next, run: Dispatch) => Outcome | Promise<Outcome>

/** What wraps more than requests: a notification has no outcome after which one could go on again. */
const once: readonly string[] = ["message", "notification"]

/** Lets the hooks of a middleware go on again once `next()` has given an outcome. */
export function repeating(layer: Middleware): Middleware {
  const hooks = Object.entries(layer).map(([name, value]) =>
    // Functions of a middleware are its hooks.
    [name, typeof value === "function" && !once.includes(name) ? again(layer, value as RuledHook) : value],
  )
  return Object.fromEntries(hooks)
}

function again(layer: Middleware, hook: RuledHook): RuledHook {
  return async (call, next, run) => {
    const ways = { layer, call, next, run, isOver: false }
    try {
      return await hook.call(layer, call, nextOf(ways), run)
    } finally {
      ways.isOver = true
    }
  }
}

/** The ways on that one run of a hook has. */
interface Ways {
  readonly layer: Middleware
  readonly call: Call
  /** The first time, and when it is too late: it says so. */
  readonly next: Next
  readonly run: Dispatch
  isOver: boolean
}

function nextOf(ways: Ways): Next {
  let first: Call | undefined
  /** Why the first one was not gone on with. */
  let refusal: { readonly error: unknown } | undefined
  let isRunning = false
  const take: Next = async (changed) => {
    if (ways.isOver) return ways.next()
    if (isRunning) throw misuse(ways, "called `next()` again while it ran", "Await what it gives before.")
    if (refusal !== undefined) throw refusal.error
    if (first !== undefined && changed !== undefined && changed !== first)
      throw misuse(ways, "called `next()` again with another call", "Give nothing: it goes on as before.")
    isRunning = true
    try {
      if (first !== undefined) {
        // What a run of a handler leaves in its call is not for the next one.
        first.set(handlerFailure, undefined)
        return await ways.run(first.withParams(first.params))
      }
      first = changed ?? ways.call
      return await ways.next(changed)
    } catch (error) {
      // What lies further in never rejects: it was no call, or one with wrong parameters.
      refusal = { error }
      throw error
    } finally {
      isRunning = false
    }
  }
  return (changed) => {
    const outcome = take(changed)
    // A hook may not wait for it; that must not end the process.
    outcome.catch(() => undefined)
    return outcome
  }
}

function misuse({ layer }: Ways, what: string, fix: string): MiddlewareMisuse {
  return new MiddlewareMisuse(layer.name ?? "(unnamed)", what, fix)
}
