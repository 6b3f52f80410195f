import { MiddlewareMisuse } from "../errors/middleware-misuse.ts"
import { InvalidParams } from "../errors/protocol.ts"
import { Call, type Outcome } from "../protocol/call.ts"
import type { Dispatch, DispatchCore } from "../protocol/dispatcher.ts"
import { isObject, type Params } from "../protocol/jsonrpc.ts"
import { isThenable, type MaybePromise } from "../shared/maybe-promise.ts"
import { type Hook, hooks, type MethodHook, type Middleware, type Notice, unnamed } from "./middleware.ts"

interface Late {
  /** Hears of a `next()` that comes when nobody waits for its answer any more. */
  readonly onLate: (error: MiddlewareMisuse) => void
}

/** What middleware is put around. */
export interface Onion extends Late, DispatchCore {}

/** Takes a notification to those who listen to it. */
export type Deliver = (notice: Notice) => Promise<void>

/** What the hooks for notifications are put around. */
export interface NotificationOnion extends Late {
  readonly deliver: Deliver
}

/**
 * Composes the middleware that concerns one method around its run. Called when the server is built, so that a
 * call only runs what is there.
 */
export function composeMiddleware(middleware: readonly Middleware[], onion: Onion): Dispatch {
  return middleware.reduceRight<Dispatch>((inner, layer) => {
    const read = (changed: unknown) => callOf(layer, changed, onion.check)
    // From the inside: its own hook, then `request`, then `message`. They take any call and give any outcome here.
    const layers = [hookOf(layer, onion.method), layer.request, layer.message] as (
      | AnyHook<Call>
      | undefined
    )[]
    return layers.reduce<Dispatch>(
      (run, hook) =>
        hook === undefined ? run : wrap(layer, hook, { ...onion, run, read, isRight: isOutcome }),
      inner,
    )
  }, onion.run)
}

/**
 * Composes the hooks for notifications around their delivery. Called when the server is built. A hook that does not
 * call `next()` keeps the notification from what lies further in.
 */
export function composeNotification(
  middleware: readonly Middleware[],
  { deliver, onLate }: NotificationOnion,
): Deliver {
  return middleware.reduceRight<Deliver>((inner, layer) => {
    const hooks = [layer.notification, layer.message] as (AnyHook<Notice> | undefined)[]
    return hooks.reduce<Deliver>((further, hook) => {
      if (hook === undefined) return further
      const run = (notice: Notice) => quietly(further(notice))
      const wrapped = wrap<Notice, void>(layer, hook, { run, onLate, fail: rethrow })
      return async (notice) => wrapped(notice)
    }, inner)
  }, deliver)
}

function hookOf(layer: Middleware, method: string): Hook | undefined {
  // Typed for those who write them; here any of them takes the call of its method.
  const hook = Object.entries(hooks).find(([, wrapped]) => wrapped === method)?.[0] as MethodHook | undefined
  return hook === undefined ? undefined : (layer[hook] as Hook | undefined)
}

/** A hook, whatever it gives: that is looked at. */
type AnyHook<C> = (
  given: C,
  next: (changed?: unknown) => Promise<unknown>,
  run: (given: C) => unknown,
) => unknown

/** What one hook is put around. */
interface Ring<C, T> extends Late {
  readonly run: (given: C) => MaybePromise<T>
  /** Reads what the hook goes on with in place of what it was given. */
  readonly read?: (changed: unknown) => C
  /** Default: it gives whatever it likes. */
  readonly isRight?: (value: unknown) => boolean
  /** Makes what is given for what was thrown, or throws. */
  readonly fail: (error: unknown, given: C) => T
}

/**
 * Puts a hook around what lies further in. Every call goes through it: it allocates little, and awaits nothing itself.
 * Around calls it never rejects: to those further out, what a hook throws is a failure like that of a handler.
 */
function wrap<C, T>(layer: Middleware, hook: AnyHook<C>, ring: Ring<C, T>): (given: C) => MaybePromise<T> {
  const { run, read, isRight, fail, onLate } = ring
  return (given) => {
    let isOver = false
    let isTaken = false
    let further: MaybePromise<T> | undefined
    let inner: Promise<T> | undefined
    const next = (changed?: unknown): Promise<T> => {
      if (isOver || isTaken) return quietly(Promise.reject(isOver ? tooLate(layer, onLate) : tooOften(layer)))
      isTaken = true
      try {
        const found = run(changed === undefined || read === undefined ? given : read(changed))
        further = found
        inner = Promise.resolve(found)
        return inner
      } catch (error) {
        return quietly(Promise.reject(error))
      }
    }
    const thrown = (error: unknown): T => {
      isOver = true
      return fail(error, given)
    }
    const end = (outcome: unknown): T => {
      isOver = true
      // What is right is of the type.
      return isRight?.(outcome) === false ? fail(noOutcome(layer, isTaken), given) : (outcome as T)
    }
    try {
      // `run` is for those whose `next()` has rules of its own.
      const outcome = hook.call(layer, given, next, run)
      // It was looked at further in. As it came from there: a call that was answered at once still is.
      if (outcome === inner && inner !== undefined) {
        isOver = true
        return further as MaybePromise<T>
      }
      return isThenable(outcome) ? Promise.resolve(outcome).then(end, thrown) : end(outcome)
    } catch (error) {
      return thrown(error)
    }
  }
}

/** Takes what a hook goes on with. */
function callOf(layer: Middleware, changed: unknown, check: Onion["check"]): Call {
  // Whoever writes `answers.then(next)` hands on what he did not mean to.
  if (!(changed instanceof Call)) {
    const fix = "Give nothing, or `call.withParams({ … })`."
    throw misuse(layer, "called `next()` with what is no call", fix)
  }
  const problem = check?.(changed.params)
  if (problem !== undefined) throw new InvalidParams(problem)
  return changed
}

function rethrow(error: unknown): never {
  throw error
}

/** A hook may not wait for what it started; that must not end the process. */
function quietly<T>(outcome: Promise<T>): Promise<T> {
  outcome.catch(() => undefined)
  return outcome
}

function isOutcome(value: unknown): value is Outcome {
  const { kind, result, error }: Params = Object(value)
  if (kind === "failure") return isObject(error)
  return kind === "complete" || kind === "extended" ? isObject(result) : kind === "input-required"
}

function tooLate(layer: Middleware, onLate: Onion["onLate"]): MiddlewareMisuse {
  const late = misuse(layer, "called `next()` after it had returned", "Await `next()` inside the hook.")
  onLate(late)
  return late
}

function tooOften(layer: Middleware): MiddlewareMisuse {
  return misuse(layer, "called `next()` twice", "Call it once and keep what it returns.")
}

function noOutcome(layer: Middleware, isTaken: boolean): MiddlewareMisuse {
  const what = isTaken ? "returned no outcome" : "neither called `next()` nor returned an outcome"
  return misuse(layer, what, "End the hook with `return next()` or with an outcome of its own.")
}

function misuse(layer: Middleware, what: string, fix: string): MiddlewareMisuse {
  return new MiddlewareMisuse(layer.name ?? unnamed, what, fix)
}
