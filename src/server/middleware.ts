import { assertOptions } from "../components/options.ts"
import { InvalidParams } from "../errors/protocol.ts"
import { InvalidOption, MiddlewareMisuse, quoted } from "../errors/server.ts"
import { Call, type Outcome } from "../protocol/call.ts"
import type { Dispatch, DispatchCore } from "../protocol/dispatcher.ts"
import { isObject, type Params } from "../protocol/jsonrpc.ts"
import type { Principal } from "../protocol/principal.ts"
import { isThenable, type MaybePromise } from "../shared/maybe-promise.ts"
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
import type { MiddlewarePlace } from "./middleware-order.ts"
import type { MiddlewareServer } from "./middleware-view.ts"

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
export const hooks: { readonly [hook in MethodHook]: MethodHooks[hook][0] } = {
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

/** What those need that are more than hooks. `defineMiddleware()` brings it along: a server without need not load it. */
export interface Kit {
  /** @throws {MisorderedMiddleware} FLEET-18 */
  readonly assertInOrder: (layer: Middleware, all: readonly Middleware[]) => void
  /** Makes the hooks for a server, of which this is the core. */
  readonly attach: (layer: Middleware, core: object) => Middleware
}

export const kits: WeakMap<Middleware, Kit> = /* @__PURE__ */ new WeakMap()

/** Whether a middleware is more than hooks. */
export function needsMore({ before, after, provides, requires, attach }: Middleware): boolean {
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
export function attached(layer: Middleware, core: object): Middleware {
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

/** Refuses what is none. */
export function assertShape(middleware: Middleware): void {
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
    },
  )
}

/** All hooks. */
export const hookNames: readonly string[] = /* @__PURE__ */ ["message", "request", "notification"].concat(
  /* @__PURE__ */ Object.keys(hooks),
)

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

function tooLate(layer: Middleware, onLate: Late["onLate"]): MiddlewareMisuse {
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

const unnamed = "(unnamed)"
