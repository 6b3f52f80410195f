import { assertOptions } from "../components/options.ts"
import { InvalidParams } from "../errors/protocol.ts"
import { InvalidOption, MiddlewareMisuse, quoted } from "../errors/server.ts"
import { Call, type Outcome } from "../protocol/call.ts"
import type { Dispatch } from "../protocol/dispatcher.ts"
import type { Params } from "../protocol/jsonrpc.ts"
import type { Principal } from "../protocol/principal.ts"
import type {
  CallToolResult,
  CompleteResult,
  DiscoverResult,
  GetPromptResult,
  InitializeResult,
  ListPromptsResult,
  ListResourcesResult,
  ListResourceTemplatesResult,
  ListToolsResult,
  ReadResourceResult,
} from "../spec/index.ts"
import type { Core } from "./core.ts"
import { assertInOrder, type MiddlewarePlace } from "./middleware-order.ts"
import { attach, type MiddlewareServer } from "./middleware-server.ts"

/**
 * Goes on to what lies further in, once.
 *
 * @param changed What goes on in place of the call: `call.withParams({ … })`. Default: the call.
 */
export type Next<P extends Params = Params, R extends object = object> = (
  // biome-ignore lint/suspicious/noConfusingVoidType: `promise.then(next)` of what gives nothing is written often.
  changed?: Call<P> | void,
) => Promise<Outcome<R>>

/** Wraps a call: looks at it, goes on or answers itself, and may change the outcome. */
export type Hook<P extends Params = Params, R extends object = object> = (
  call: Call<P>,
  next: Next<P, R>,
) => Outcome<R> | Promise<Outcome<R>>

/** A notification from a client, as middleware sees it. */
export interface Notice {
  /** The method, such as `notifications/cancelled`. */
  readonly method: string
  /** Its parameters. */
  readonly params: Params | undefined
  /** Who sends it; `undefined` for a caller nobody knows. */
  readonly principal: Principal | undefined
}

/** The parameters of a call of a component by its name. */
type Named = Params & { readonly name: string; readonly arguments?: Params }

/** The parameters of what has a URI. */
type Located = Params & { readonly uri: string }

/** The hooks for single methods, each with the method it wraps, its parameters and its result. */
export interface MethodHooks {
  /** The opening of a session; clients of 2026-07-28 have none. */
  readonly initialize: ["initialize", Params & { readonly protocolVersion: string }, InitializeResult]
  readonly discover: ["server/discover", Params, DiscoverResult]
  readonly callTool: ["tools/call", Named, CallToolResult]
  readonly listTools: ["tools/list", Params, ListToolsResult]
  readonly readResource: ["resources/read", Located, ReadResourceResult]
  readonly listResources: ["resources/list", Params, ListResourcesResult]
  readonly listTemplates: ["resources/templates/list", Params, ListResourceTemplatesResult]
  readonly subscribe: ["resources/subscribe", Located, object]
  readonly unsubscribe: ["resources/unsubscribe", Located, object]
  readonly getPrompt: ["prompts/get", Named, GetPromptResult]
  readonly listPrompts: ["prompts/list", Params, ListPromptsResult]
  readonly complete: ["completion/complete", Params, CompleteResult]
  readonly setLevel: ["logging/setLevel", Params, object]
  readonly listen: ["subscriptions/listen", Params, object]
}

/** The name of a hook for a single method. */
export type MethodHook = keyof MethodHooks

/** Which method each of them wraps. */
const hooks: { readonly [hook in MethodHook]: MethodHooks[hook][0] } = {
  initialize: "initialize",
  discover: "server/discover",
  callTool: "tools/call",
  listTools: "tools/list",
  readResource: "resources/read",
  listResources: "resources/list",
  listTemplates: "resources/templates/list",
  subscribe: "resources/subscribe",
  unsubscribe: "resources/unsubscribe",
  getPrompt: "prompts/get",
  listPrompts: "prompts/list",
  complete: "completion/complete",
  setLevel: "logging/setLevel",
  listen: "subscriptions/listen",
}

/** What wraps calls. Every hook is optional; `message` and `request` see requests of methods that do not exist too. */
export type MiddlewareHooks = {
  /** Wraps every request and every notification; of a notification there is no outcome. */
  readonly message?: (
    message: Call | Notice,
    next: () => Promise<Outcome | undefined>,
  ) => Outcome | undefined | Promise<Outcome | undefined>
  /** Wraps every request. */
  readonly request?: Hook
  /** Wraps every notification from a client. */
  readonly notification?: (notice: Notice, next: () => Promise<void>) => void | Promise<void>
} & { readonly [hook in MethodHook]?: Hook<MethodHooks[hook][1], MethodHooks[hook][2]> }

/** The hooks that a middleware has for one server. */
export type AttachedHooks = MiddlewareHooks & {
  /**
   * Whether `request` and the hooks for methods may call `next()` again once it has given an outcome: what lies further in
   * then runs once more, with the same parameters, as another run of the same call. Steps that were done are not done again.
   * Default `false`.
   */
  readonly repeats?: boolean
}

/** Wraps calls: hooks, or what makes them for a server that has it, and where it stands among others. */
export type Middleware = MiddlewarePlace &
  MiddlewareHooks & {
    /**
     * Makes the hooks for a server, in place of those beside it: for what needs more of the server than calls, or
     * something for each server that has it. Called when the server takes it.
     */
    readonly attach?: (server: MiddlewareServer) => AttachedHooks
  }

/**
 * Types a middleware as it is written and checks it.
 *
 * @throws {UnknownOption} FLEET-09: a hook does not exist.
 * @throws {InvalidOption} A hook is no function, or all is one function and not an object of hooks.
 * @see FLEET-18 for where it stands among others: `before`, `after`, `provides` and `requires`.
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
  assertShape(middleware)
  if (needsMore(middleware)) kits.set(middleware, { assertInOrder, attach })
  return middleware
}

/** What those need that are more than hooks. They bring it along: a server that has none of them need not load it. */
const kits: WeakMap<
  Middleware,
  { readonly assertInOrder: typeof assertInOrder; readonly attach: typeof attach }
> = /* @__PURE__ */ new WeakMap()

function needsMore({ before, after, provides, requires, attach }: Middleware): boolean {
  return (before ?? after ?? provides ?? requires ?? attach) !== undefined
}

/**
 * Refuses an order in which one stands where it cannot.
 *
 * @param middleware All of a server, from the outermost.
 * @throws {MisorderedMiddleware} FLEET-18
 */
export function assertOrder(middleware: readonly Middleware[]): void {
  for (const layer of middleware) kits.get(layer)?.assertInOrder(layer, middleware)
}

/** Gives a middleware as one server has it. */
export function attached(layer: Middleware, core: Core): Middleware {
  return (layer.attach && kits.get(layer)?.attach(layer, core)) ?? layer
}

/**
 * Refuses hooks that do not exist: they would never be called.
 *
 * @throws {UnknownOption} FLEET-09
 * @throws {InvalidOption} Also of one that says where it stands and was not made by `defineMiddleware()`.
 */
export function assertMiddleware(middleware: Middleware): void {
  assertShape(middleware)
  if (needsMore(middleware) && !kits.has(middleware))
    throw new InvalidOption("A middleware", "more than hooks", "Make it by `defineMiddleware({ … })`.")
}

function assertShape(middleware: Middleware): void {
  // Whatever it is: what is no object has no name.
  const name: unknown = (middleware as Middleware | undefined | null)?.name
  if (typeof middleware === "function") {
    throw new InvalidOption("A middleware", quoted(middleware), "Give `{ request: (call, next) => next() }`.")
  }
  assertOptions(
    `The middleware \`${typeof name === "string" && name !== "" ? name : unnamed}\``,
    middleware,
    {
      kinds: {
        ...{ name: "string", before: "strings", after: "strings", provides: "list", requires: "list" },
        ...Object.fromEntries(["attach", ...hookNames].map((hook) => [hook, "function"])),
      },
      foreign: { onMessage: "Use `message`.", on_message: "Use `message`." },
    },
  )
}

const hookNames: readonly string[] = /* @__PURE__ */ ["message", "request", "notification"].concat(
  /* @__PURE__ */ Object.keys(hooks),
)

/**
 * Composes the middleware that concerns one method around its run. Called when the server is built, so that a
 * call only runs what is there.
 */
export function composeMiddleware(middleware: readonly Middleware[], onion: Onion): Dispatch {
  return middleware.reduceRight<Dispatch>((inner, layer) => {
    // From the inside: its own hook, then `request`, then `message`. They take any call and give any outcome here.
    const layers = [hookOf(layer, onion.method), layer.request, layer.message] as (Hook | undefined)[]
    return layers.reduce<Dispatch>(
      (run, hook) => (hook === undefined ? run : wrap(layer, hook, { ...onion, run })),
      inner,
    )
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
  /** Says what is wrong with the shape of parameters that were changed. */
  readonly check?: ((params: Params) => string | undefined) | undefined
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
    const { message, notification } = layer
    const hooks = [
      notification?.bind(layer),
      message && ((notice: Notice, next: () => Promise<void>) => message.call(layer, notice, nothing(next))),
    ]
    return hooks.reduce<Deliver>((further, hook) => {
      if (hook === undefined) return further
      return async (notice) => {
        const step = stepOf({ layer, onLate }, () => further(notice))
        try {
          await hook(notice, step.next)
        } finally {
          step.close()
        }
      }
    }, inner)
  }, deliver)
}

/** `next` of a message that has no outcome. */
function nothing(next: () => Promise<void>): () => Promise<undefined> {
  return () => next().then(() => undefined)
}

/** A hook with, besides `next`, what it goes on to. */
export type RuledHook = (call: Call, next: Next, run: Dispatch) => Outcome | Promise<Outcome>

function hookOf(layer: Middleware, method: string): Hook | undefined {
  // Typed for those who write them; here any of them takes the call of its method.
  const hook = Object.entries(hooks).find(([, wrapped]) => wrapped === method)?.[0] as MethodHook | undefined
  return hook === undefined ? undefined : (layer[hook] as Hook | undefined)
}

function wrap(layer: Middleware, hook: Hook, { run, check, onLate }: Onion): Dispatch {
  return async (call) => {
    const step = stepOf({ layer, onLate }, async (changed?: unknown) => {
      if (changed === undefined) return run(call)
      // Whoever writes `answers.then(next)` hands on what he did not mean to.
      if (!(changed instanceof Call))
        throw misuse(
          layer,
          "called `next()` with what is no call",
          "Give nothing, or `call.withParams({ … })`.",
        )
      const problem = check?.(changed.params)
      if (problem !== undefined) throw new InvalidParams(problem)
      return run(changed)
    })
    try {
      // The way on without the rules of `next`, for those that `attach` gives others.
      const outcome = await (hook as RuledHook).call(layer, call, step.next, run)
      if (isOutcome(outcome)) return outcome
      const what = step.isTaken() ? "returned no outcome" : "neither called `next()` nor returned an outcome"
      throw misuse(layer, what, "End the hook with `return next()` or with an outcome of its own.")
    } finally {
      step.close()
    }
  }
}

/** The way inwards that one run of a hook has. */
interface Step<T, Given> {
  readonly next: (given?: Given) => Promise<T>
  readonly isTaken: () => boolean
  /** Called when the hook has returned. */
  readonly close: () => void
}

interface StepOwner extends Late {
  readonly layer: Middleware
}

/** Makes the `next()` of one run of a hook: it goes on once, and not after the hook has returned. */
function stepOf<T, Given>({ layer, onLate }: StepOwner, goOn: (given?: Given) => Promise<T>): Step<T, Given> {
  let isTaken = false
  let isClosed = false
  const take = async (given?: Given): Promise<T> => {
    if (isClosed) {
      const late = misuse(layer, "called `next()` after it had returned", "Await `next()` inside the hook.")
      onLate(late)
      throw late
    }
    if (isTaken) throw misuse(layer, "called `next()` twice", "Call it once and keep what it returns.")
    isTaken = true
    return goOn(given)
  }
  return {
    next(given) {
      const outcome = take(given)
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
