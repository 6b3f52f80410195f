import type { Context } from "../components/context.ts"
import { InvalidOption } from "../errors/server.ts"
import type { Call, Outcome } from "../protocol/call.ts"
import type { Params } from "../protocol/jsonrpc.ts"
import { andThen, isThenable, type MaybePromise } from "../shared/maybe-promise.ts"
import type { Implementation } from "../spec/index.ts"
import type { StorageDriver } from "../storage/storage.ts"
import { type Core, scopeOf } from "./core.ts"
import type { ChangeEvent } from "./events.ts"
import { failMethod, failTool } from "./failing.ts"
import { givenTool } from "./invoker.ts"
import type { LifespanFunction } from "./lifespan-host.ts"
import type { Middleware } from "./middleware.ts"
import type { Provider, Resolved, Scope } from "./provider.ts"
import { repeating } from "./repeating.ts"
import type { ServerLog } from "./server-log.ts"
import { seen } from "./snapshot.ts"
import type { ServerStats } from "./stats.ts"

/** A server, as far as middleware that it has may use it. */
export interface MiddlewareServer {
  /** What the server is. */
  readonly info: Implementation
  /** The server's own log. */
  readonly log: ServerLog
  /** Finds the tool, resource, template or prompt that a call is for; `undefined` where its caller can see none. */
  find(call: Call): MaybePromise<Resolved["component"] | undefined>
  /** Where its components come from: its own first. */
  readonly providers: readonly Provider[]
  /**
   * Calls a method as part of the call that a context is of, for the same caller, through middleware; gives its result.
   *
   * @throws {InProcessError} The context is of no call.
   */
  request(ctx: Context, method: string, params: Params): Promise<object>
  /**
   * Makes the outcome of a call as if its handler had thrown an error: logged whole, and told as far as a client may know.
   * Throws what the protocol must say instead.
   */
  fail(call: Call, error: unknown): MaybePromise<Outcome>
  /** Adds components. */
  provide(provider: Provider): void
  /** Gives a part of the server's storage, in which nothing else is. */
  storage(part: string): Promise<StorageDriver>
  /** Hears of changed lists and resources until what it returns is called. */
  onChange(hear: (event: ChangeEvent) => void): () => void
  /** Calls `end` when the server begins to close, until what it returns is called. */
  onClose(end: () => void): () => void
  /** Adds what starts before the first call and, by what it returns, ends after the last. */
  lifespan(start: LifespanFunction): void
  /** Counts of what the server has done and does: as `mcp.stats()`. */
  stats(): ServerStats
}

/**
 * Refuses hooks beside `attach`: they would never be called.
 *
 * @throws {InvalidOption}
 */
export function assertAlone(layer: Middleware, hooks: readonly string[]): void {
  const hook = layer.attach && hooks.find((name) => name in layer)
  if (hook === undefined) return
  const what = "A middleware with `attach`"
  throw new InvalidOption(what, `the hook \`${hook}\` beside it`, "Return it from `attach`.")
}

/** Makes the hooks that a middleware has for one server. */
export function attach(layer: Middleware, core: Core): Middleware {
  const { attach, ...place } = layer
  const hooks = attach?.call(layer, viewOf(core))
  if (isThenable(hooks) || typeof hooks !== "object" || hooks === null) {
    throw new InvalidOption(
      `What \`attach\` of the middleware \`${layer.name ?? "(unnamed)"}\` returned`,
      String(hooks),
      "Return an object of hooks.",
    )
  }
  const { repeats, ...own } = hooks
  const attached = { ...place, ...own }
  return repeats === true ? repeating(attached) : attached
}

function viewOf(core: Core): MiddlewareServer {
  return {
    info: core.info,
    log: core.log,
    find: (call) => find(core, call),
    fail: (call, error) =>
      (call.method === "tools/call" ? failTool : failMethod(`in \`${call.method}\`:`))(core, call, error),
    providers: core.catalog.providers,
    request: (ctx, method, params) => core.invoker.nested(ctx, method, params),
    provide: (provider) => core.catalog.addProviders([provider]),
    storage: (part) => core.storage.part(`middleware.${part}`),
    onChange: (hear) => core.bus.subscribe(hear),
    onClose(end) {
      core.onClose.add(end)
      return () => core.onClose.delete(end)
    },
    lifespan: (start) => core.lifespans.add({ lifespan: start }),
    stats: core.stats,
  }
}

function find(core: Core, call: Call): MaybePromise<Resolved["component"] | undefined> {
  const { method, params } = call
  const scope = scopeOf(call)
  const { name, uri } = params
  if (method === "resources/read" && typeof uri === "string") return findRead(core, uri, scope)
  if (typeof name !== "string") return undefined
  if (method === "prompts/get") return andThen(core.catalog.find("prompt", name, scope), componentOf)
  if (method !== "tools/call") return undefined
  const given = call.get(givenTool)
  return andThen(given ? seen(given, scope) : core.catalog.find("tool", name, scope), componentOf)
}

async function findRead(core: Core, uri: string, scope: Scope): Promise<Resolved["component"] | undefined> {
  const { findReadable } = await import("./find-readable.ts")
  return (await findReadable(core.catalog, uri, scope))?.resolved.component
}

function componentOf(found: Resolved | undefined): Resolved["component"] | undefined {
  return found?.component
}
