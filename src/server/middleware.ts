import { assertOptions } from "../components/options.ts"
import { InvalidOption, quoted } from "../errors/server.ts"
import type { Call, Outcome } from "../protocol/call.ts"
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

/** What a middleware without a name is called. */
export const unnamed = "(unnamed)"
