import { changedComponent } from "../components/changed.ts"
import type { Completer, CompletionContext, Suggestions } from "../components/completion.ts"
import type { Component, ComponentKind } from "../components/component.ts"
import type { Context } from "../components/context.ts"
import type { Call, Outcome } from "../protocol/call.ts"
import { createDispatcher, type Dispatch } from "../protocol/dispatcher.ts"
import type { Params } from "../protocol/jsonrpc.ts"
import type { Method } from "../protocol/method.ts"
import { CallContext } from "../server/context.ts"
import type { Core } from "../server/core.ts"
import type { Engine, EngineParts } from "../server/engine.ts"
import { failMethod, failTool } from "../server/failing.ts"
import { HandedOn } from "../server/handed-on.ts"
import { LocalCaller } from "../server/local-caller.ts"
import { coreMethods } from "../server/methods/index.ts"
import { hooks, type MethodHook, type Middleware } from "../server/middleware.ts"
import { composeMiddleware } from "../server/onion.ts"
import type { Provider, Resolved, Scope } from "../server/provider.ts"
import { type HandlerRun, runHandler } from "../server/run-handler.ts"
import { andThen, type MaybePromise } from "../shared/maybe-promise.ts"
import { scoped } from "../storage/scoped.ts"
import type { StorageDriver, StorageParts } from "../storage/storage.ts"
import { createWrapped } from "../transforms/wrapped.ts"

/** How a server is within another one. */
export interface SourceOptions {
  /** Keeps what is stored apart from what the other server and other mounts store. */
  readonly id: string
  /** Whether its hooks for methods are run. */
  readonly hasHooks: boolean
}

/**
 * Offers the components of a server to others. What they run has the context of that server: its lifespans, time-outs and
 * masking, wrapped in its hooks for methods; storage, callers and all else are of the server that was called.
 */
export function serverSource(engine: Engine, { id, hasHooks }: SourceOptions): Provider {
  const homes = new WeakMap<Core, Home>()
  const parts = hasHooks ? engine.parts : { ...engine.parts, middleware: [] }
  // Nearly always one: the server that was called.
  let last: { readonly outer: Core; readonly home: Home } | undefined
  const homeIn = (outer: Core): Home => {
    if (last?.outer === outer) return last.home
    const home = homes.get(outer) ?? new Home(parts, outer, id)
    homes.set(outer, home)
    last = { outer, home }
    return home
  }
  const wrapped = createWrapped((entry) => entered(entry, parts.core, homeIn))
  return {
    name: parts.core.info.name,
    list: (kind, scope) => {
      const { all, isKept } = engine.catalog.survey(kind, ownScope(scope))
      const entries = andThen(all, (listed) => listed.map(wrapped))
      // What is given at once is kept.
      return isKept ? entries : Promise.resolve(entries)
    },
    find: (kind, name, scope) =>
      andThen(engine.catalog.find(kind, name, ownScope(scope)), (entry) => entry && wrapped(entry)),
    onChange: (listener) => engine.catalog.onChange(listener),
    onEvent: (listener) => engine.onEvent(listener),
    namesFor: (kind, name) =>
      engine.catalog.providers.flatMap((provider) => provider.namesFor?.(kind, name) ?? []),
    lifespan: () => engine.lifespans.hold(),
  }
}

/** What is hidden from a session is said in the names of the server that was called. */
function ownScope(scope: Scope): Scope {
  return scope.hidden === undefined ? scope : { ...scope, hidden: undefined }
}

type HomeIn = (outer: Core) => Home

/** Gives an entry that runs in its own server, whichever server it is called in. */
function entered(entry: Resolved, core: Core, homeIn: HomeIn): Resolved {
  const { component } = entry
  // As its own server does it; what wraps it there and here then need no time-out of their own.
  const timeout = component.timeout ?? core.timeout
  const cache = "cache" in component ? (component.cache ?? core.cacheHints["resources/read"]) : undefined
  const changes = {
    timeout,
    ...("cache" in component ? { cache } : undefined),
    ...("completers" in component ? { completers: completersOf(component, homeIn) } : undefined),
  }
  const method = methods[component.kind]
  const invoke = (input: unknown, ctx: Context): MaybePromise<object> => {
    const outer = CallContext.partsOf(ctx)
    const run = entry.invoke as HandlerRun<unknown>["invoke"]
    if (outer === undefined) return run(input, ctx)
    const home = homeIn(outer.core)
    const call = outer.call.inside(method, paramsOf(component, input, outer.call.params._meta))
    return andThen(home.run(call, { owner: component, invoke: run, input }), resultOf)
  }
  return { ...entry, component: changedComponent(component, changes), invoke } as Resolved
}

const methods: { readonly [kind in ComponentKind]: string } = {
  tool: "tools/call",
  prompt: "prompts/get",
  resource: "resources/read",
  template: "resources/read",
}

function paramsOf({ kind, id }: Component, input: unknown, _meta: unknown): Params {
  if (kind === "resource") return { _meta, uri: id }
  // What a template takes has its URI.
  if (kind === "template") return { _meta, uri: (input as { readonly uri: string }).uri }
  return { _meta, name: id, arguments: input }
}

function resultOf(outcome: Outcome): object {
  if (outcome.kind === "complete") return outcome.result
  throw new HandedOn(outcome)
}

/** A completer asks in its own server, too. */
function completersOf(
  { kind, id, completers }: Resolved<"prompt" | "template">["component"],
  homeIn: HomeIn,
): { readonly [name: string]: Completer | undefined } {
  const ref = kind === "prompt" ? { type: "ref/prompt", name: id } : { type: "ref/resource", uri: id }
  const within = (name: string, completer: Completer): Completer => {
    if (typeof completer !== "function") return completer
    return async (value: string, context: CompletionContext) => {
      const outer = CallContext.partsOf(context.ctx)
      if (outer === undefined) return completer(value, context)
      const call = outer.call.inside("completion/complete", {
        _meta: outer.call.params._meta,
        ref,
        argument: { name, value },
        context: { arguments: context.arguments },
      })
      const result = resultOf(await homeIn(outer.core).complete(call))
      // What answers `completion/complete` is the result of a completion.
      return (result as { readonly completion: Suggestions }).completion
    }
  }
  return Object.fromEntries(
    Object.entries(completers).map(([name, completer]) => [name, completer && within(name, completer)]),
  )
}

/** A handler that is found and what it is run with. */
interface Running {
  readonly owner: Component
  readonly invoke: HandlerRun<unknown>["invoke"]
  readonly input: unknown
}

/** A server as it is within another one. */
class Home {
  readonly #parts: EngineParts
  readonly #core: Core
  #composed: { readonly count: number; readonly dispatch: Dispatch } | undefined

  constructor(parts: EngineParts, outer: Core, id: string) {
    this.#parts = parts
    const { core } = parts
    const invoker = new LocalCaller({
      core: () => this.#core,
      dispatch: () => this.#dispatch,
      start: () => undefined,
      running: outer.running,
      values: core.lifespans,
      sampling: core.invoker.sampling ?? outer.invoker.sampling,
      scope: id,
    })
    this.#core = {
      ...core,
      invoker,
      storage: storageWithin(outer.storage, id),
      bus: outer.bus,
      announce: outer.announce,
      plugins: outer.plugins,
      running: outer.running,
      log: outer.log,
      // Both are watched where they were called.
      watch: undefined,
      timeout: undefined,
    }
  }

  /** Runs a handler, in the hooks of this server for its method. */
  run(call: Call, running: Running): MaybePromise<Outcome> {
    const { middleware } = this.#parts
    if (middleware.length > 0 && hasHook(middleware, call.method)) return this.#dispatch(call)
    const { owner, invoke, input } = running
    return runHandler({
      core: this.#core,
      call,
      owner: untimed(owner),
      invoke,
      input,
      fail: fails[owner.kind],
    })
  }

  complete(call: Call): MaybePromise<Outcome> {
    return this.#dispatch(call)
  }

  /** Made when first needed, and again when there is more middleware. */
  get #dispatch(): Dispatch {
    const { middleware } = this.#parts
    if (this.#composed?.count !== middleware.length)
      this.#composed = { count: middleware.length, dispatch: this.#compose() }
    return this.#composed.dispatch
  }

  #compose(): Dispatch {
    const { methods, middleware, onError, onLate } = this.#parts
    const own = coreMethods(this.#core).map((method): [string, Method] => [method.name, method])
    const layers = middleware.map(onlyMethods)
    return createDispatcher({
      methods: new Map([...methods, ...own]),
      wrap: (core) => composeMiddleware(layers, { ...core, onLate }),
      onError,
    })
  }
}

const fails: { readonly [kind in ComponentKind]: HandlerRun<unknown>["fail"] } = {
  tool: failTool,
  prompt: failMethod("getting prompt"),
  resource: failMethod("reading resource"),
  template: failMethod("reading resource"),
}

const owners: WeakMap<Component, HandlerRun<unknown>["owner"]> = new WeakMap()

/** The server that was called keeps the time. */
function untimed(component: Component): HandlerRun<unknown>["owner"] {
  let owner = owners.get(component)
  if (owner === undefined) {
    owner = { kind: component.kind, id: component.id, timeout: Number.POSITIVE_INFINITY }
    owners.set(component, owner)
  }
  return owner
}

function hasHook(middleware: readonly Middleware[], method: string): boolean {
  return middleware.some((layer) =>
    // All keys of the table are hooks.
    Object.entries(hooks).some(
      ([hook, wrapped]) => wrapped === method && layer[hook as MethodHook] !== undefined,
    ),
  )
}

/** A middleware without the hooks that see every message, which are run where the message came in. */
function onlyMethods(layer: Middleware): Middleware {
  return Object.create(layer, { request: { value: undefined }, message: { value: undefined } }) as Middleware
}

/** Parts of another's storage, in which only one mount is. */
function storageWithin(outer: StorageParts, id: string): StorageParts {
  const parts = new Map<string, Promise<StorageDriver>>()
  return {
    part(name) {
      const known = parts.get(name) ?? outer.part(name).then((part) => scoped(part, `mount.${id}`))
      parts.set(name, known)
      return known
    },
  }
}
