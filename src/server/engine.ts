import type { CacheHints, ComponentKind } from "../components/component.ts"
import type { FleetError } from "../errors/fleet-error.ts"
import { InvalidRequest, MissingClientCapability, show, UnsupportedVersion } from "../errors/protocol.ts"
import { InvalidPlugin, ServerClosed, UndeclaredResultType } from "../errors/server.ts"
import { type Codec, createStatelessCodec, errorToJson } from "../protocol/codec.ts"
import { createDispatcher, type Dispatch, toFailure } from "../protocol/dispatcher.ts"
import { claimedVersion, eraOf } from "../protocol/era.ts"
import {
  type NotificationMessage,
  type RequestId,
  type RequestMessage,
  toIncoming,
} from "../protocol/jsonrpc.ts"
import type { Method } from "../protocol/method.ts"
import type { StatelessExchange } from "../protocol/stateless/exchange.ts"
import { createSealer, type Sealer } from "../protocol/stateless/seal.ts"
import { type StatelessHost, serveStateless } from "../protocol/stateless/serve.ts"
import type { Channel, MessageHandler, Reply } from "../protocol/transport.ts"
import type { MaybePromise } from "../shared/maybe-promise.ts"
import { statusOfError } from "../spec/error-codes.ts"
import type { Implementation, ServerCapabilities } from "../spec/index.ts"
import { latestStatelessRevision, statelessRevisions } from "../spec/revisions.ts"
import { type Authenticator, scopeChallenge } from "./authenticator.ts"
import { Catalog } from "./catalog.ts"
import type { CacheableMethod, Core, Limits } from "./core.ts"
import type { ChangeEvent, EventBus } from "./events.ts"
import { InProcessCaller } from "./in-process.ts"
import { type Lifespan, Lifespans } from "./lifespans.ts"
import { coreListenFilters } from "./listen-filters.ts"
import { Lister } from "./lister.ts"
import { coreMethods } from "./methods/index.ts"
import { composeMiddleware, type Middleware, type Notice } from "./middleware.ts"
import { observe } from "./observe.ts"
import { definePlugin, type ListenFilter, type Plugin } from "./plugin.ts"
import { newErrorId, type ServerLog, safeLog } from "./server-log.ts"

/** What an engine is made of; the facade fills in the defaults. */
export interface EngineOptions {
  readonly info: Implementation
  readonly instructions: string | undefined
  readonly cacheHints: { readonly [method in CacheableMethod]?: CacheHints }
  readonly pageSize: number
  readonly timeout: number | undefined
  readonly maskErrors: boolean
  readonly disclosesServerInfo: boolean
  readonly secrets: readonly (string | Uint8Array)[] | undefined
  readonly bus: EventBus
  readonly log: ServerLog
  readonly limits: Limits
  /** For the headers that challenge callers; who they are the transport finds out. */
  readonly authenticator: Authenticator | undefined
}

/** What depends on middleware and plugins, made when first needed and again when those change. */
interface Built {
  readonly methods: ReadonlyMap<string, Method>
  readonly dispatch: Dispatch
  readonly stateless: StatelessHost
}

/** Serves messages of any transport with the components that providers offer. */
export class Engine implements MessageHandler {
  readonly catalog: Catalog
  readonly caller: InProcessCaller
  readonly #options: EngineOptions
  readonly #core: Core
  readonly #codec: Codec
  readonly #sealer: Sealer
  readonly #middleware: Middleware[] = []
  readonly #plugins: Plugin[] = []
  readonly #listenFilters: Map<string, ListenFilter>
  readonly #lifespans: Lifespans = new Lifespans(() => this.#allLifespans())
  readonly #running: Set<StatelessExchange> = new Set()
  /** What open subscriptions want done when the server closes. */
  readonly #onClose: Set<() => void> = new Set()
  #built: Built | undefined
  #closing: Promise<void> | undefined
  #idle: (() => void) | undefined

  constructor(given: EngineOptions) {
    const options = { ...given, log: safeLog(given.log) }
    this.#options = options
    this.catalog = new Catalog((kinds) => this.#announce(kinds))
    this.caller = new InProcessCaller(
      () => this.#build().dispatch,
      () => this.#admit(),
    )
    const offers = (kind: ComponentKind) => this.catalog.offers(kind)
    this.#listenFilters = new Map(coreListenFilters({ catalog: this.catalog, offers }))
    this.#core = {
      ...options,
      supported: statelessRevisions,
      capabilities: () => this.capabilities,
      catalog: this.catalog,
      lister: new Lister(this.catalog, options.pageSize),
      invoker: this.caller,
      listenFilters: this.#listenFilters,
      offers,
      onClose: this.#onClose,
      challengeHeaders: (scopes) => options.authenticator?.challenge?.(scopes) ?? scopeChallenge(scopes),
    }
    const serverInfo = options.disclosesServerInfo ? options.info : undefined
    this.#codec = createStatelessCodec(latestStatelessRevision, { serverInfo })
    this.#sealer = createSealer({ secrets: options.secrets })
  }

  get capabilities(): ServerCapabilities {
    const extensions = Object.fromEntries(this.#plugins.map(({ id, settings }) => [id, settings ?? {}]))
    return {
      ...(this.catalog.offers("tool") ? { tools: { listChanged: true } } : undefined),
      ...(this.catalog.offers("resource")
        ? { resources: { listChanged: true, subscribe: true } }
        : undefined),
      ...(this.catalog.offers("prompt") ? { prompts: { listChanged: true } } : undefined),
      ...(this.catalog.completes ? { completions: {} } : undefined),
      logging: {},
      ...(this.#plugins.length === 0 ? undefined : { extensions }),
    }
  }

  use(...middleware: Middleware[]): void {
    this.#middleware.push(...middleware)
    this.#built = undefined
  }

  /** @throws {InvalidPlugin} It is malformed, or another, or the core, has the id, a method, filter or type of it. */
  addPlugin(added: Plugin): void {
    // Not everybody writes it with `definePlugin`, which checks it.
    const plugin = definePlugin(added)
    if (this.#plugins.some(({ id }) => id === plugin.id)) {
      throw new InvalidPlugin(`The plugin \`${plugin.id}\` is added already.`, { fix: "Add it once." })
    }
    const methods = new Set(this.#build().methods.keys())
    for (const { name } of plugin.methods ?? []) {
      if (methods.has(name)) throw taken(plugin, "method", name)
      methods.add(name)
    }
    for (const name of Object.keys(plugin.listenFilters ?? {})) {
      if (this.#listenFilters.has(name)) throw taken(plugin, "listen filter", name)
    }
    const types = this.#plugins.flatMap(({ resultTypes = [] }) => resultTypes)
    for (const name of plugin.resultTypes ?? []) {
      if (types.includes(name)) throw taken(plugin, "result type", name)
    }
    for (const [name, filter] of Object.entries(plugin.listenFilters ?? {}))
      this.#listenFilters.set(name, filter)
    for (const provider of plugin.providers ?? []) this.catalog.addProvider(provider)
    for (const transform of plugin.transforms ?? []) this.catalog.addTransform(transform)
    this.#plugins.push(plugin)
    this.use(...(plugin.middleware ?? []))
  }

  get plugins(): readonly Plugin[] {
    return this.#plugins
  }

  publish(event: ChangeEvent): void {
    try {
      const done = this.#options.bus.publish(event)
      if (done instanceof Promise) done.catch((error) => this.#busFailed(error))
    } catch (error) {
      this.#busFailed(error)
    }
  }

  handle(message: unknown, channel: Channel): MaybePromise<Reply> {
    if (this.#lifespans.isReady || this.#closing !== undefined) return this.#handleNow(message, channel)
    return this.start().then(
      () => this.#handleNow(message, channel),
      (error) => this.#notStarted(error, message),
    )
  }

  /** Starts what plugins and providers need, once. Requests that come before wait for it. */
  start(): Promise<void> {
    return this.#lifespans.start()
  }

  #notStarted(error: unknown, sent: unknown): Reply {
    const incoming = toIncoming(sent)
    const id = incoming.kind === "request" ? incoming.message.id : undefined
    const message = this.#internalError(error, "start")
    return { status: 500, body: errorToJson(id, { code: -32603, message }) }
  }

  /** Lets a call in that comes from this process. */
  #admit(): Promise<void> {
    return this.#closing === undefined ? this.start() : Promise.reject(new ServerClosed())
  }

  #handleNow(message: unknown, channel: Channel): MaybePromise<Reply> {
    const incoming = toIncoming(message)
    switch (incoming.kind) {
      case "request":
        return this.#handleRequest(incoming.message, channel)
      case "notification":
        return this.#handleNotification(incoming.message, channel)
      case "response":
        return refuse(
          new InvalidRequest("A response was sent, but this server asks nothing that way."),
          undefined,
        )
      case "batch":
        return refuse(
          new InvalidRequest("An array of messages was sent; send one message at a time."),
          undefined,
        )
      case "invalid":
        return refuse(new InvalidRequest(incoming.reason), incoming.id)
    }
  }

  /**
   * Takes no more calls, waits for those that run, and aborts what is left.
   *
   * @param graceMs How long to wait, in milliseconds.
   */
  close(graceMs: number): Promise<void> {
    this.#closing ??= this.#close(graceMs)
    return this.#closing
  }

  #handleRequest(message: RequestMessage, channel: Channel): MaybePromise<Reply> {
    if (this.#closing !== undefined) return refuse(new ServerClosed(), message.id)
    const claimed = claimedVersion(message.params)
    const era = eraOf(claimed, channel.headers?.get("mcp-protocol-version"))
    if (era === "stateless") return serveStateless(this.#build().stateless, message, channel)
    const requested =
      message.params?.protocolVersion ?? channel.headers?.get("mcp-protocol-version") ?? "none"
    return refuse(new UnsupportedVersion(show(requested), statelessRevisions), message.id)
  }

  async #handleNotification(message: NotificationMessage, channel: Channel): Promise<Reply> {
    const { method, params } = message
    const notice: Notice = { method, params, principal: channel.principal }
    // Own names only: a peer may well send `toString`.
    const handlers = this.#plugins.map(({ notifications = {} }) =>
      Object.hasOwn(notifications, method) ? notifications[method] : undefined,
    )
    const deliver = async () => {
      for (const handler of handlers) await handler?.(notice)
    }
    const chain = this.#middleware.reduceRight<() => Promise<void>>((next, layer) => {
      const { notification } = layer
      return notification === undefined ? next : async () => notification(notice, next)
    }, deliver)
    try {
      await chain()
    } catch (error) {
      // S-003: notifications are not answered, not even with an error.
      this.#options.log({ level: "error", message: `Error in the notification \`${method}\``, error })
    }
    return { status: 202, body: undefined }
  }

  #build(): Built {
    if (this.#built !== undefined) return this.#built
    const methods = new Map(coreMethods(this.#core).map((method) => [method.name, method]))
    for (const plugin of this.#plugins) {
      for (const method of plugin.methods ?? []) methods.set(method.name, method)
    }
    const onError = (error: unknown, method: string) => this.#internalError(error, method)
    const onLate = (error: Error) =>
      this.#options.log({ level: "error", message: "Middleware is misused", error })
    const hooks = this.#plugins.map(({ on }) => on?.call).filter((hook) => hook !== undefined)
    // Outermost: middleware may answer with an extended result, too.
    const wrap = (name: string, run: Dispatch) =>
      this.#onlyDeclared(composeMiddleware(this.#middleware, { method: name, run, onLate }))
    const dispatch = observe(hooks, createDispatcher({ methods, wrap, onError }), (error) =>
      this.#options.log({ level: "error", message: "A hook that watches calls failed", error }),
    )
    const stateless: StatelessHost = {
      name: this.#options.info.name,
      revision: latestStatelessRevision,
      supported: statelessRevisions,
      codec: this.#codec,
      sealer: this.#sealer,
      methods,
      dispatch,
      started: (exchange) => void this.#running.add(exchange),
      ended: (exchange) => this.#ended(exchange),
      onError,
    }
    this.#built = { methods, dispatch, stateless }
    return this.#built
  }

  /**
   * Lets results of an extension's type pass only to clients that declared it.
   *
   * @see S28/basic/index#resulttype
   */
  #onlyDeclared(run: Dispatch): Dispatch {
    const owners = new Map(
      this.#plugins.flatMap(({ id, resultTypes = [] }) => resultTypes.map((type) => [type, id])),
    )
    return owners.size === 0 ? run : withDeclaredResults(owners, run)
  }

  #internalError(error: unknown, method: string): string {
    const errorId = newErrorId()
    this.#options.log({ level: "error", message: `Error in \`${method}\``, errorId, error })
    return `Internal error (${errorId}).`
  }

  #announce(kinds: readonly ComponentKind[]): void {
    for (const topic of new Set(kinds.map((kind) => listTopics[kind]))) this.publish(topic)
  }

  #ended(exchange: StatelessExchange): void {
    this.#running.delete(exchange)
    if (this.#running.size === 0) this.#idle?.()
  }

  async #close(graceMs: number): Promise<void> {
    this.catalog.close()
    for (const end of this.#onClose) end()
    if (this.#running.size > 0) await this.#drain(graceMs)
    for (const exchange of this.#running) exchange.abort("shutdown")
    for (const error of await this.#lifespans.stop()) {
      this.#options.log({ level: "error", message: "A lifespan failed to end", error })
    }
  }

  #allLifespans(): readonly Lifespan[] {
    // Bound, since a provider's lifespan may be a method.
    return [...this.#plugins, ...this.catalog.providers].flatMap((part) =>
      part.lifespan === undefined ? [] : [() => part.lifespan?.() ?? Promise.resolve(undefined)],
    )
  }

  #drain(graceMs: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, graceMs)
      this.#idle = () => {
        clearTimeout(timer)
        resolve()
      }
    })
  }

  #busFailed(error: unknown): void {
    this.#options.log({ level: "error", message: "The event bus failed to publish a change", error })
  }
}

const resourcesChanged: ChangeEvent = {
  topic: "resourcesListChanged",
  method: "notifications/resources/list_changed",
}

/** What is announced when the components of a kind change. */
const listTopics: { readonly [kind in ComponentKind]: ChangeEvent } = {
  tool: { topic: "toolsListChanged", method: "notifications/tools/list_changed" },
  prompt: { topic: "promptsListChanged", method: "notifications/prompts/list_changed" },
  resource: resourcesChanged,
  template: resourcesChanged,
}

function withDeclaredResults(owners: ReadonlyMap<string, string>, run: Dispatch): Dispatch {
  return async (call) => {
    const outcome = await run(call)
    if (outcome.kind !== "extended") return outcome
    const id = owners.get(outcome.resultType)
    if (id === undefined) throw new UndeclaredResultType(outcome.resultType)
    if (call.peer.capabilities.extensions?.[id] === undefined) {
      throw new MissingClientCapability({ extensions: { [id]: {} } })
    }
    return outcome
  }
}

function taken(plugin: Plugin, what: string, name: string): InvalidPlugin {
  return new InvalidPlugin(
    `The plugin \`${plugin.id}\` adds the ${what} \`${name}\`, which exists already.`,
    {
      fix: "Choose a name under the plugin's own prefix.",
    },
  )
}

/** Answers before there is a call. All these classes explain themselves to the peer. */
function refuse(error: FleetError, id: RequestId | undefined): Reply {
  const failure = toFailure(error)
  if (failure === undefined) throw error
  const status = failure.http?.status ?? statusOfError(failure.error.code)
  return { status, body: errorToJson(id, failure.error) }
}
