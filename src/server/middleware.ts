import { MiddlewareMisuse } from "../errors/server.ts"
import type { Call, Outcome } from "../protocol/call.ts"
import type { Dispatch } from "../protocol/dispatcher.ts"
import type { Params } from "../protocol/jsonrpc.ts"
import type { Principal } from "../protocol/principal.ts"

/** Goes on to what lies further in, once. */
export type Next = () => Promise<Outcome>

/** Wraps a call: looks at it, goes on or answers itself, and may change the outcome. */
export type Hook = (call: Call, next: Next) => Outcome | Promise<Outcome>

/** A notification from a client, as middleware sees it. */
export interface Notice {
  readonly method: string
  readonly params: Params | undefined
  readonly principal: Principal | undefined
}

/** The hooks for single methods. */
export type MethodHook =
  | "callTool"
  | "listTools"
  | "readResource"
  | "listResources"
  | "listTemplates"
  | "getPrompt"
  | "listPrompts"
  | "complete"
  | "discover"
  | "listen"

/** Which method each of them wraps. */
const hooks: { readonly [method: string]: MethodHook } = {
  "tools/call": "callTool",
  "tools/list": "listTools",
  "resources/read": "readResource",
  "resources/list": "listResources",
  "resources/templates/list": "listTemplates",
  "prompts/get": "getPrompt",
  "prompts/list": "listPrompts",
  "completion/complete": "complete",
  "server/discover": "discover",
  "subscriptions/listen": "listen",
}

/** Wraps calls. Every hook is optional; `request` sees every request, of methods that do not exist too. */
export type Middleware = {
  /** Shown in errors about its misuse. */
  readonly name?: string
  readonly request?: Hook
  readonly notification?: (notice: Notice, next: () => Promise<void>) => void | Promise<void>
} & { readonly [hook in MethodHook]?: Hook }

/** Types a middleware as it is written. */
export function defineMiddleware(middleware: Middleware): Middleware {
  return middleware
}

/**
 * Composes the middleware that concerns one method around its run. Called when the server is built, so that a
 * call only runs what is there.
 */
export function composeMiddleware(middleware: readonly Middleware[], onion: Onion): Dispatch {
  return middleware.reduceRight<Dispatch>((inner, layer) => {
    const around = { ...onion, run: inner }
    const own = hookOf(layer, onion.method)
    const withOwn = own === undefined ? inner : wrap(layer, own, around)
    return layer.request === undefined ? withOwn : wrap(layer, layer.request, { ...around, run: withOwn })
  }, onion.run)
}

/** What middleware is put around. */
export interface Onion {
  readonly method: string
  readonly run: Dispatch
  /** Hears of a `next()` that comes when nobody waits for its answer any more. */
  readonly onLate: (error: MiddlewareMisuse) => void
}

function hookOf(layer: Middleware, method: string): Hook | undefined {
  const hook = Object.hasOwn(hooks, method) ? hooks[method] : undefined
  return hook === undefined ? undefined : layer[hook]
}

function wrap(layer: Middleware, hook: Hook, { run, onLate }: Onion): Dispatch {
  return async (call) => {
    let state: "fresh" | "called" | "returned" = "fresh"
    const goOn: Next = async () => {
      if (state === "returned") {
        const late = misuse(layer, "called `next()` after it had returned", "Await `next()` inside the hook.")
        onLate(late)
        throw late
      }
      if (state === "called")
        throw misuse(layer, "called `next()` twice", "Call it once and keep what it returns.")
      state = "called"
      return run(call)
    }
    const next: Next = () => {
      const outcome = goOn()
      // A hook may not wait for it; that must not end the process.
      outcome.catch(() => undefined)
      return outcome
    }
    const outcome = await hook(call, next)
    // Held open only so that the compiler knows `next` may have run.
    if (!isOutcome(outcome)) {
      const what =
        (state as string) === "called"
          ? "returned no outcome"
          : "neither called `next()` nor returned an outcome"
      throw misuse(layer, what, "End the hook with `return next()` or with an outcome of its own.")
    }
    state = "returned"
    return outcome
  }
}

function isOutcome(value: unknown): value is Outcome {
  if (typeof value !== "object" || value === null || !("kind" in value)) return false
  return (
    value.kind === "complete" ||
    value.kind === "failure" ||
    value.kind === "input-required" ||
    value.kind === "extended"
  )
}

function misuse(layer: Middleware, what: string, fix: string): MiddlewareMisuse {
  return new MiddlewareMisuse(layer.name ?? "(unnamed)", what, fix)
}
