import type { CacheHints, ComponentKind } from "../components/component.ts"
import type { SamplingOptions } from "../components/sampling.ts"
import type { FleetError } from "../errors/fleet-error.ts"
import { InvalidRequest, show, UnsupportedVersion } from "../errors/protocol.ts"
import { ServerClosed } from "../errors/server.ts"
import { createStatelessCodec, errorToJson, type StatelessCodec } from "../protocol/codec.ts"
import { createDispatcher, type Dispatch, type DispatchCore, toFailure } from "../protocol/dispatcher.ts"
import { claimedVersion, eraOf } from "../protocol/era.ts"
import {
  type NotificationMessage,
  type Params,
  type RequestId,
  type RequestMessage,
  toIncoming,
} from "../protocol/jsonrpc.ts"
import type { Method } from "../protocol/method.ts"
import type { SessionServer } from "../protocol/session/serve.ts"
import { createSealer } from "../protocol/stateless/seal.ts"
import type { Sealer } from "../protocol/stateless/sealer.ts"
import { hasLeft, type StatelessHost, serveStateless } from "../protocol/stateless/serve.ts"
import type { Channel, MessageHandler, Reply } from "../protocol/transport.ts"
import { clip } from "../shared/clip.ts"
import type { MaybePromise } from "../shared/maybe-promise.ts"
import { statusOfError } from "../spec/error-status.ts"
import type { Implementation, ServerCapabilities } from "../spec/index.ts"
import { latestStatelessRevision, statelessRevisions } from "../spec/revisions.ts"
import type { StorageDriver } from "../storage/storage.ts"
import { type Authenticator, scopeChallenge } from "./authenticator.ts"
import { Catalog } from "./catalog.ts"
import type { CacheableMethod, Core, Limits } from "./core.ts"
import type { ChangeEvent, EventBus } from "./events.ts"
import type { Extensions } from "./extensions.ts"
import { LazyLifespans } from "./lazy-lifespans.ts"
import { lazyLister } from "./lazy-lister.ts"
import { wrapCalls, wrapNotices } from "./lazy-onion.ts"
import { LazyStorage } from "./lazy-storage.ts"
import { LazyWatch } from "./lazy-watch.ts"
import type { DependencyOption, LifespanOwner } from "./lifespan-host.ts"
import { LocalCaller } from "./local-caller.ts"
import { coreMethods } from "./methods/index.ts"
import { assertMiddleware, assertOrder, attached, type Middleware, type Notice } from "./middleware.ts"
import type { ListenFilter, Plugin } from "./plugin-contract.ts"
import { assertPlugin, kPlugin } from "./plugin-kit.ts"
import { assertProvider, type EventListener, type Provider } from "./provider.ts"
import { RunningCalls } from "./running.ts"
import { newErrorId, type ServerLog, safeLog } from "./server-log.ts"
import type { SessionEra } from "./session-era.ts"
import type { ServerStats } from "./stats.ts"

/** What an engine is made of; the facade fills in the defaults. */
export interface EngineOptions {
  readonly info: Implementation
  readonly instructions: string | undefined
  readonly cacheHints: { readonly [method in CacheableMethod]?: CacheHints }
  readonly pageSize: number
  readonly timeout: number | undefined
  readonly maskErrors: boolean
  /** Milliseconds for which a handler may block the event loop unnoticed; `undefined` where it is not watched. */
  readonly blockedMs: number | undefined
  readonly disclosesServerInfo: boolean
  readonly secrets: readonly (string | Uint8Array)[] | undefined
  readonly storage: StorageDriver | undefined
  readonly lifespan: LifespanOwner["lifespan"]
  readonly dependencies: DependencyOption
  readonly sampling: SamplingOptions | undefined
  readonly bus: EventBus
  readonly log: ServerLog
  readonly mirrorLogs: boolean
  readonly progressMs: number | undefined
  readonly limits: Limits
  /** Milliseconds for which the answers of clients with sessions are waited for. */
  readonly askTimeout: number
  /** For the headers that challenge callers; who they are the transport finds out. */
  readonly authenticator: Authenticator | undefined
}

/** What of a server those need that mount it. */
export interface EngineParts {
  readonly core: Core
  /** As it is attached to this server. Only grows. */
  readonly middleware: readonly Middleware[]
  /** Of the core and of plugins. */
  readonly methods: ReadonlyMap<string, Method>
  readonly onError: (error: unknown, method: string) => string
  readonly onLate: (error: Error) => void
}

/** What depends on middleware and plugins, made when first needed and again when those change. */
interface Built {
  readonly dispatch: Dispatch
  readonly notify: (notice: Notice) => Promise<void>
  readonly stateless: StatelessHost
}

/** Serves messages of any transport with the components that providers offer. */
export class Engine implements MessageHandler {
  readonly catalog: Catalog
  readonly caller: LocalCaller
  readonly lifespans: LazyLifespans
  readonly #options: EngineOptions
  readonly #codec: StatelessCodec
  readonly #sealer: Sealer
  /** As it was given, and as it is attached to this server. */
  readonly #given: Middleware[] = []
  readonly #middleware: Middleware[] = []
  /** Of the core and of plugins, by name. */
  readonly #methods: Map<string, Method>
  readonly #running: RunningCalls = new RunningCalls()
  /** What open subscriptions want done when the server closes. */
  readonly #onClose: Set<() => void> = new Set()
  readonly #eventListeners: Set<EventListener> = new Set()
  readonly #madeAt: number = Date.now()
  readonly #core: Core
  /** Made with the first plugin, which brings along what it needs. */
  #extensions: Extensions | undefined
  #built: Built | undefined
  #sessionEra: SessionEra | undefined
  #loadingSessions: Promise<SessionEra> | undefined
  #closing: Promise<void> | undefined

  constructor(given: EngineOptions) {
    const options = { ...given, log: safeLog(given.log) }
    this.#options = options
    const { blockedMs } = options
    this.lifespans = new LazyLifespans(options)
    this.catalog = new Catalog((kinds) => this.#tell(listEvents(kinds)), options.log)
    this.catalog.onEvent((event) => this.publish(event))
    this.caller = new LocalCaller({
      core: () => this.#core,
      dispatch: () => this.#build().dispatch,
      start: () => (this.lifespans.isReady ? undefined : this.start()),
      running: this.#running,
      values: this.lifespans,
      sampling: options.sampling,
    })
    const offers = (kind: ComponentKind) => this.catalog.offers(kind)
    const core: Core = {
      ...options,
      supported: statelessRevisions,
      capabilities: () => this.capabilities,
      catalog: this.catalog,
      lister: lazyLister(this.catalog, options.pageSize),
      invoker: this.caller,
      storage: new LazyStorage(options),
      plugins: () => this.plugins,
      watch: blockedMs ? new LazyWatch({ blockedMs, log: options.log }) : undefined,
      listenFilters: () => this.#extensions?.listenFilters ?? noFilters,
      offers,
      announce: (kinds, audience) => this.announce(kinds, audience),
      onClose: this.#onClose,
      lifespans: this.lifespans,
      stats: () => this.stats(),
      running: this.#running,
      challengeHeaders: (scopes) => options.authenticator?.challenge?.(scopes) ?? scopeChallenge(scopes),
    }
    this.#core = core
    // Once: methods may hold what must outlive a change of the middleware, such as open subscriptions.
    this.#methods = new Map(coreMethods(core).map((method) => [method.name, method]))
    // Without icons and the like, which `server/discover` tells: every answer carries it.
    const { name, version, title } = options.info
    const brief = title === undefined ? { name, version } : { name, version, title }
    const serverInfo = options.disclosesServerInfo ? brief : undefined
    this.#codec = createStatelessCodec(latestStatelessRevision, {
      serverInfo,
      fullServerInfo: options.info,
    })
    this.#sealer = createSealer(options)
  }

  get capabilities(): ServerCapabilities {
    const extensions = this.#extensions?.capabilities
    return {
      ...(this.catalog.offers("tool") ? { tools: { listChanged: true } } : undefined),
      ...(this.catalog.offers("resource")
        ? { resources: { listChanged: true, subscribe: true } }
        : undefined),
      ...(this.catalog.offers("prompt") ? { prompts: { listChanged: true } } : undefined),
      ...(this.catalog.completes ? { completions: {} } : undefined),
      logging: {},
      ...(extensions === undefined ? undefined : { extensions }),
    }
  }

  /** @throws {UnknownOption} One of them has no such hook. */
  use(...middleware: Middleware[]): void {
    this.#accept(middleware)()
  }

  /** Checks middleware and attaches it; nothing is wrapped in it before what is returned is called. */
  #accept(middleware: readonly Middleware[]): () => void {
    for (const layer of middleware) assertMiddleware(layer)
    assertOrder([...this.#given, ...middleware])
    const own = middleware.map((layer) => attached(layer, this.#core))
    return () => {
      this.#middleware.push(...own)
      this.#given.push(...middleware)
      this.#built = undefined
      this.#sessionEra?.rebuild()
    }
  }

  addProviders(providers: readonly Provider[]): void {
    for (const provider of providers) assertProvider(provider)
    this.catalog.addProviders(providers)
    for (const provider of providers) this.lifespans.add(provider)
  }

  /**
   * Adds all of a plugin, or nothing.
   *
   * @throws {InvalidOption} `definePlugin()` did not make it.
   * @throws {InvalidPlugin} Another, or the core, has the id, a method, filter or type of it.
   */
  addPlugin(plugin: Plugin): void {
    assertPlugin(plugin)
    const extensions = this.#extensions ?? plugin[kPlugin](this.#methods)
    extensions.accept(plugin)
    const wrap = this.#accept(plugin.middleware ?? [])
    this.addProviders(plugin.providers ?? [])
    this.#extensions = extensions
    extensions.add(plugin)
    for (const transform of plugin.transforms ?? []) this.catalog.addTransform(transform)
    this.lifespans.add(plugin)
    wrap()
  }

  get parts(): EngineParts {
    return {
      core: this.#core,
      middleware: this.#middleware,
      methods: this.#methods,
      onError: (error, method) => this.#internalError(error, method),
      onLate: (error) => this.#misused(error),
    }
  }

  get plugins(): readonly Plugin[] {
    return this.#extensions?.plugins ?? []
  }

  /** Tells subscribers of a change, and the servers that it is mounted in. */
  publish(event: ChangeEvent): void {
    this.#tell([event])
    for (const listener of this.#eventListeners) listener(event)
  }

  /**
   * Has a server that mounts this one hear what is published here. What changes in the catalogue is not: whoever mounts it
   * hears that from the catalogue.
   */
  onEvent(listener: EventListener): () => void {
    this.#eventListeners.add(listener)
    return () => void this.#eventListeners.delete(listener)
  }

  #tell(events: readonly ChangeEvent[]): void {
    for (const event of events) {
      try {
        const done = this.#options.bus.publish(event)
        if (done instanceof Promise) done.catch((error) => this.#busFailed(error))
      } catch (error) {
        this.#busFailed(error)
      }
    }
  }

  handle(message: unknown, channel: Channel): MaybePromise<Reply> {
    if (this.lifespans.isReady || this.#running.isClosed) return this.#handleNow(message, channel)
    return this.lifespans.start(true).then(
      () => (hasLeft(channel) ? toNobody : this.#handleNow(message, channel)),
      (error) => this.#notStarted(error, message),
    )
  }

  /**
   * Starts the lifespans that were not started before. Requests wait for it.
   *
   * @throws {ServerClosed}
   * @throws {LifespanFailed} One of them cannot be started.
   */
  async start(): Promise<void> {
    this.#running.assertOpen()
    await this.lifespans.start()
  }

  /** Whether a request would be served: not once it is closed, nor while it starts or could not be started. */
  get isReady(): boolean {
    return !this.#running.isClosed && !this.lifespans.isUnready
  }

  /** Counts what it has done and does. */
  stats(): ServerStats {
    const { size, answered, errors, toolErrors, subscriptions } = this.#running
    return {
      isReady: this.isReady,
      upMs: Date.now() - this.#madeAt,
      running: size,
      answered,
      errors: Object.fromEntries(errors),
      toolErrors,
      sessions: this.#sessionEra?.server.size ?? 0,
      subscriptions,
    }
  }

  #notStarted(error: unknown, sent: unknown): Reply {
    const incoming = toIncoming(sent)
    const message = this.#internalError(error, "start")
    // S-003: what is no request is not answered, not even with an error.
    const body =
      incoming.kind === "request" ? errorToJson(incoming.message.id, { code: -32603, message }) : undefined
    return { status: 500, body }
  }

  #handleNow(message: unknown, channel: Channel): MaybePromise<Reply> {
    const incoming = toIncoming(message)
    switch (incoming.kind) {
      case "request":
        return this.#handleRequest(incoming.message, channel)
      case "notification":
        return this.#handleNotification(incoming.message, channel)
      case "response":
        // Only clients with sessions are asked by requests, so nobody else answers any.
        // `toIncoming` says that it is an object.
        return this.#withSessions((server) => server.response(message as Params, channel))
      case "batch":
        // Only revisions with sessions have any.
        return this.#withSessions((server) => server.batch(incoming.items, channel))
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
    if (this.#running.isClosed) return refuse(new ServerClosed(), message.id)
    const claimed = claimedVersion(message.params)
    const era = eraOf(claimed, channel.headers?.get("mcp-protocol-version"))
    if (era === "stateless") return serveStateless(this.#build().stateless, message, channel)
    if (channel.headers !== undefined || channel.connection !== undefined)
      return this.#withSessions((server) => server.request(message, channel))
    // A transport without headers or a connection of its own has no place for what sessions need.
    const requested = message.params?.protocolVersion ?? "none"
    return refuse(new UnsupportedVersion(show(requested), statelessRevisions), message.id)
  }

  #handleNotification(message: NotificationMessage, channel: Channel): MaybePromise<Reply> {
    const era = eraOf(claimedVersion(message.params), channel.headers?.get("mcp-protocol-version"))
    // Who names no session may have none: what is answered by nothing needs none either.
    return era === "stateless" || channel.sessionId === undefined
      ? this.#passOn(message, channel)
      : this.#withSessions((server) => server.notification(message, channel))
  }

  /** Opens the stream for what belongs to no request of a session. */
  listen(channel: Channel): MaybePromise<Reply> {
    return this.#withSessions((server) => server.listen(channel))
  }

  /** @throws {ServerClosed} */
  onClose(end: () => void): () => void {
    this.#running.assertOpen()
    this.#onClose.add(end)
    return () => this.#onClose.delete(end)
  }

  /** Ends a session. */
  end(channel: Channel): MaybePromise<Reply> {
    return this.#withSessions((server) => server.end(channel))
  }

  /** Serves by what the first client with a session has loaded. */
  #withSessions(serve: (server: SessionServer) => MaybePromise<Reply>): MaybePromise<Reply> {
    if (this.#sessionEra !== undefined) return serve(this.#sessionEra.server)
    this.#loadingSessions ??= import("./session-era.ts").then(({ SessionEra }) => {
      this.#sessionEra = new SessionEra({
        core: this.#core,
        methods: () => this.#methods,
        compose: (methods) => this.#compose(methods),
        running: this.#running,
        notify: (message, channel) => this.#passOn(message, channel),
        onError: (error, method) => this.#internalError(error, method),
        askTimeout: this.#options.askTimeout,
      })
      return this.#sessionEra
    })
    return this.#loadingSessions.then(({ server }) => serve(server))
  }

  async #passOn(message: NotificationMessage, channel: Channel): Promise<Reply> {
    const { method, params } = message
    const notice: Notice = { method, params, principal: channel.principal }
    try {
      await this.#build().notify(notice)
    } catch (error) {
      // S-003: notifications are not answered, not even with an error.
      this.#options.log({ level: "error", message: `Error in the notification \`${clip(method)}\``, error })
    }
    return { status: 202, body: undefined }
  }

  #build(): Built {
    if (this.#built !== undefined) return this.#built
    const methods = this.#methods
    const onError = (error: unknown, method: string) => this.#internalError(error, method)
    const dispatch = this.#compose(methods)
    const stateless: StatelessHost = {
      name: this.#options.info.name,
      revision: latestStatelessRevision,
      supported: statelessRevisions,
      codec: this.#codec,
      sealer: this.#sealer,
      storage: this.#core.storage,
      methods,
      dispatch,
      running: this.#running,
      onError,
      onUnasked: ({ params }, method) =>
        void import("./unasked.ts").then(({ warnUnasked }) =>
          warnUnasked(this.#options.log, params?.message, method),
        ),
    }
    const deliver = async (notice: Notice) => this.#extensions?.notify(notice)
    const notify = wrapNotices(this.#middleware, { deliver, onLate: (error) => this.#misused(error) })
    this.#built = { dispatch, notify, stateless }
    return this.#built
  }

  /** Makes the dispatcher of methods: middleware around each, hooks around all. */
  #compose(methods: ReadonlyMap<string, Method>): Dispatch {
    const onError = (error: unknown, method: string) => this.#internalError(error, method)
    const onLate = (error: Error) => this.#misused(error)
    // Outermost: middleware may answer with an extended result, too.
    const wrap = (core: DispatchCore) => {
      const run = wrapCalls(this.#middleware, { ...core, onLate })
      return this.#extensions?.onlyDeclared(run) ?? run
    }
    const dispatch = createDispatcher({ methods, wrap, onError })
    const onHookError = (error: unknown) =>
      this.#options.log({ level: "error", message: "A hook that watches calls failed", error })
    return this.#extensions?.observe(dispatch, onHookError) ?? dispatch
  }

  #misused(error: Error): void {
    this.#options.log({ level: "error", message: "Middleware is misused", error })
  }

  #internalError(error: unknown, method: string): string {
    const errorId = newErrorId()
    this.#options.log({ level: "error", message: `Error in \`${clip(method)}\``, errorId, error })
    return `Internal error (${errorId}).`
  }

  /** Tells that the components of these kinds have changed. */
  announce(kinds: readonly ComponentKind[], audience?: Pick<ChangeEvent, "audience" | "sessions">): void {
    for (const event of listEvents(kinds)) this.publish({ ...event, ...audience })
  }

  async #close(graceMs: number): Promise<void> {
    this.#running.close()
    this.catalog.close()
    for (const end of this.#onClose) end()
    await this.#running.drain(graceMs)
    await this.lifespans.stop(graceMs)
  }

  #busFailed(error: unknown): void {
    this.#options.log({ level: "error", message: "The event bus failed to publish a change", error })
  }
}

const noFilters: ReadonlyMap<string, ListenFilter> = new Map()

/** The answer to whoever left before a call began. */
const toNobody: Reply = { status: 503, body: undefined }

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

function listEvents(kinds: readonly ComponentKind[]): readonly ChangeEvent[] {
  return [...new Set(kinds.map((kind) => listTopics[kind]))]
}

/** Answers before there is a call. All these classes explain themselves to the peer. */
function refuse(error: FleetError, id: RequestId | undefined): Reply {
  const failure = toFailure(error)
  if (failure === undefined) throw error
  const status = failure.http?.status ?? statusOfError(failure.error.code)
  return { status, body: errorToJson(id, failure.error) }
}
