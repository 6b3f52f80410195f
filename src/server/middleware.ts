import { assertOptions } from "../components/options.ts"
import { InvalidOption, MiddlewareMisuse, quoted } from "../errors/server.ts"
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
  /** The method, such as `notifications/cancelled`. */
  readonly method: string
  /** Its parameters. */
  readonly params: Params | undefined
  /** Who sends it; `undefined` for a caller nobody knows. */
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
  /** Wraps every request. */
  readonly request?: Hook
  /** Wraps every notification from a client. */
  readonly notification?: (notice: Notice, next: () => Promise<void>) => void | Promise<void>
} & { readonly [hook in MethodHook]?: Hook }

/**
 * Types a middleware as it is written and checks it.
 *
 * @throws {UnknownOption} FLEET-09: a hook does not exist.
 * @throws {InvalidOption} A hook is no function, or all is one function and not an object of hooks.
 * @example
 * const timing = defineMiddleware({
 *   name: "timing",
 *   async callTool(call, next) {
 *     const started = performance.now()
 *     const outcome = await next()
 *     console.error(`${call.target}: ${performance.now() - started} ms`)
 *     return outcome
 *   },
 * })
 */
export function defineMiddleware(middleware: Middleware): Middleware {
  assertMiddleware(middleware)
  return middleware
}

/**
 * Refuses hooks that do not exist: they would never be called.
 *
 * @throws {UnknownOption} FLEET-09
 * @throws {InvalidOption}
 */
export function assertMiddleware(middleware: Middleware): void {
  // Whatever it is: what is no object has no name.
  const name: unknown = (middleware as Middleware | undefined | null)?.name
  if (typeof middleware === "function") {
    throw new InvalidOption("A middleware", quoted(middleware), "Give `{ request: (call, next) => next() }`.")
  }
  assertOptions(
    `The middleware \`${typeof name === "string" && name !== "" ? name : unnamed}\``,
    middleware,
    {
      kinds: { name: "string", ...Object.fromEntries(hookNames.map((hook) => [hook, "function"])) },
      foreign: { onMessage: "Use `request`.", on_message: "Use `request`." },
    },
  )
}

const hookNames: readonly string[] = /* @__PURE__ */ ["request", "notification"].concat(Object.values(hooks))

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

interface Late {
  /** Hears of a `next()` that comes when nobody waits for its answer any more. */
  readonly onLate: (error: MiddlewareMisuse) => void
}

/** What middleware is put around. */
export interface Onion extends Late {
  readonly method: string
  readonly run: Dispatch
}

/** Takes a notification to those who listen to it. */
export type Deliver = (notice: Notice) => Promise<void>

/** What the hooks for notifications are put around. */
export interface NotificationOnion extends Late {
  readonly deliver: Deliver
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
    if (layer.notification === undefined) return inner
    return async (notice) => {
      const step = stepOf({ layer, onLate }, () => inner(notice))
      try {
        await layer.notification?.(notice, step.next)
      } finally {
        step.close()
      }
    }
  }, deliver)
}

function hookOf(layer: Middleware, method: string): Hook | undefined {
  const hook = Object.hasOwn(hooks, method) ? hooks[method] : undefined
  return hook === undefined ? undefined : layer[hook]
}

function wrap(layer: Middleware, hook: Hook, { run, onLate }: Onion): Dispatch {
  return async (call) => {
    const step = stepOf({ layer, onLate }, async () => run(call))
    try {
      const outcome = await hook.call(layer, call, step.next)
      if (isOutcome(outcome)) return outcome
      const what = step.isTaken() ? "returned no outcome" : "neither called `next()` nor returned an outcome"
      throw misuse(layer, what, "End the hook with `return next()` or with an outcome of its own.")
    } finally {
      step.close()
    }
  }
}

/** The way inwards that one run of a hook has. */
interface Step<T> {
  readonly next: () => Promise<T>
  readonly isTaken: () => boolean
  /** Called when the hook has returned. */
  readonly close: () => void
}

interface StepOwner extends Late {
  readonly layer: Middleware
}

/** Makes the `next()` of one run of a hook: it goes on once, and not after the hook has returned. */
function stepOf<T>({ layer, onLate }: StepOwner, goOn: () => Promise<T>): Step<T> {
  let isTaken = false
  let isClosed = false
  const take = async (): Promise<T> => {
    if (isClosed) {
      const late = misuse(layer, "called `next()` after it had returned", "Await `next()` inside the hook.")
      onLate(late)
      throw late
    }
    if (isTaken) throw misuse(layer, "called `next()` twice", "Call it once and keep what it returns.")
    isTaken = true
    return goOn()
  }
  return {
    next() {
      const outcome = take()
      // A hook may not wait for it; that must not end the process.
      outcome.catch(() => undefined)
      return outcome
    },
    isTaken: () => isTaken,
    close() {
      isClosed = true
    },
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
  return new MiddlewareMisuse(layer.name ?? unnamed, what, fix)
}

const unnamed = "(unnamed)"
