import { InvalidOption } from "../errors/server.ts"
import type { Call } from "../protocol/call.ts"
import { andThen, attempt, isThenable, type MaybePromise } from "../shared/maybe-promise.ts"
import { type Core, scopeOf } from "./core.ts"
import { failMethod, failTool } from "./failing.ts"
import { givenTool } from "./invoker.ts"
import { hookNames, type Middleware } from "./middleware.ts"
import type { MiddlewareServer } from "./middleware-view.ts"
import type { Resolved, Scope } from "./provider.ts"
import { repeating } from "./repeating.ts"
import { seen } from "./snapshot.ts"

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
  // Of a class: it would be lost here, and never called.
  const lost = hookNames.find((name) => name in hooks && !Object.hasOwn(hooks, name))
  if (lost !== undefined) {
    const what = `What \`attach\` of the middleware \`${layer.name ?? "(unnamed)"}\` returned`
    throw new InvalidOption(what, `the hook \`${lost}\` of a class`, "Return an object of hooks.")
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
    request: async (ctx, method, params) => (await core.invoker.load()).nested(ctx, method, params),
    provide: (provider) => core.catalog.addProviders([provider]),
    storage: (part) => core.storage.part(`middleware.${part}`),
    onChange: (hear) => core.bus.subscribe(hear),
    onClose(end) {
      // What fails must not keep the server from ending calls and lifespans.
      const run = () =>
        attempt(end, (error) =>
          core.log({ level: "error", message: "Error in `onClose` of middleware", error }),
        )
      core.onClose.add(run)
      return () => core.onClose.delete(run)
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
