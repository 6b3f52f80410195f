import { createNodeListener, type NodeListener, type RunningServer, serveHttp } from "#node"
import type { CacheHints } from "./components/component.ts"
import { componentKey } from "./components/component.ts"
import { type FingerprintSource, fingerprintOf } from "./components/fingerprint.ts"
import { normalizeIcons } from "./components/icon.ts"
import { type Prompt, prompt } from "./components/prompt.ts"
import { type Resource, resource } from "./components/resource.ts"
import type { Template } from "./components/template.ts"
import { type Tool, tool } from "./components/tool.ts"
import { ServerClosed } from "./errors/server.ts"
import { createEndpoint, type Endpoint, type HttpOptions } from "./http/endpoint.ts"
import { createFetchHandler, type FetchHandler } from "./http/handler.ts"
import type { RouteHandler } from "./http/router.ts"
import type { Principal } from "./protocol/principal.ts"
import type { MessageHandler } from "./protocol/transport.ts"
import { type AnyComponent, type DuplicatePolicy, LocalProvider } from "./providers/local.ts"
import type { Authenticator } from "./server/authenticator.ts"
import type { CacheableMethod } from "./server/core.ts"
import { Engine } from "./server/engine.ts"
import { type EventBus, memoryEventBus } from "./server/events.ts"
import type { Middleware } from "./server/middleware.ts"
import { assertServerOptions } from "./server/options.ts"
import type { Plugin } from "./server/plugin.ts"
import type { Provider } from "./server/provider.ts"
import { consoleLog, type ServerLog } from "./server/server-log.ts"
import type { Transform } from "./server/transform.ts"
import type {
  CallToolResult,
  GetPromptResult,
  Icon,
  ReadResourceResult,
  Prompt as WirePrompt,
  Resource as WireResource,
  ResourceTemplate as WireTemplate,
  Tool as WireTool,
} from "./spec/index.ts"

/** What a server can be told when it is made. Every option has a default. */
export interface FleetMCPOptions<Tools extends readonly Tool[] = readonly Tool[]> {
  /** The version of your server. Default `0.0.0`. */
  readonly version?: string
  /** The name people read. Default: the server's name. */
  readonly title?: string
  readonly description?: string
  readonly websiteUrl?: string
  readonly icons?: readonly (Icon | string)[]
  /** Tells the model what the server is for and how to use it. */
  readonly instructions?: string
  readonly tools?: Tools
  readonly resources?: readonly (Resource | Template)[]
  readonly prompts?: readonly Prompt[]
  readonly providers?: readonly Provider[]
  readonly transforms?: readonly Transform[]
  readonly middleware?: readonly Middleware[]
  readonly plugins?: readonly Plugin[]
  /** Says who is calling over HTTP. Default: nobody has to say. */
  readonly auth?: Authenticator
  /** How the server is offered over HTTP. */
  readonly http?: HttpOptions
  /** How long clients may keep what a method answers. Default: not at all. */
  readonly cacheHints?: { readonly [method in CacheableMethod]?: CacheHints }
  /** The most entries of one page of a list. Default: all. */
  readonly pageSize?: number
  /** What to do when a name and version is registered twice. Default `error`. */
  readonly onDuplicate?: DuplicatePolicy
  /** Hides what handlers throw from clients; `ToolError` passes. Default `false`. */
  readonly maskErrors?: boolean
  /** Coerces arguments (`"10"` for a number) where strict validation fails. Default `false`. */
  readonly lenient?: boolean
  /** Inlines small `$ref`s of schemas, which many hosts mishandle. Default `true`. */
  readonly dereference?: boolean
  /** Milliseconds a handler may take. Default: no limit. */
  readonly timeout?: number
  /** The key ring that seals what clients keep for us: the first seals, all open. Default: random, per process. */
  readonly secrets?: readonly (string | Uint8Array)[]
  /** Carries change events between replicas. Default: within this process. */
  readonly bus?: EventBus
  /** Where the server's own log goes. Default: standard error. */
  readonly log?: ServerLog
  /** Whether results say which server answers. Default `true`. */
  readonly disclosesServerInfo?: boolean
  /** The most open subscriptions of all callers. Default 1,024. */
  readonly maxSubscriptions?: number
  /** The most open subscriptions of one caller. Default 64. */
  readonly maxSubscriptionsPerPrincipal?: number
}

/** How a server is run by the program that made it. */
export interface RunOptions {
  readonly transport: "http"
  /** Default 3000; 0 takes a free one. */
  readonly port?: number
  /** The address to listen on. Default `127.0.0.1`. */
  readonly host?: string
}

export interface CallOptions {
  /**
   * On whose behalf; `undefined` is a caller nobody knows, as `ctx.auth` is. Left out: the server's own behalf, which
   * no auth check concerns.
   */
  readonly as?: Principal | undefined
  readonly signal?: AbortSignal
}

/**
 * Is an MCP server: the components it offers and the ways to reach them.
 *
 * @example
 * const mcp = new FleetMCP("Demo")
 * mcp.tool({ name: "add", input: z.object({ a: z.number(), b: z.number() }) }, ({ a, b }) => a + b)
 */
export class FleetMCP<const Tools extends readonly Tool[] = readonly Tool[]> {
  readonly name: string
  /** Serves one request: the server on any runtime that speaks `fetch`. Bound, so that it may be passed around. */
  readonly fetch: FetchHandler
  /** Only for inference: the tools a typed client sees. Never there. */
  readonly types?: { readonly tools: Tools }
  readonly #engine: Engine
  readonly #local: LocalProvider
  readonly #log: ServerLog
  readonly #options: FleetMCPOptions<Tools>
  readonly #routes: { [route: string]: RouteHandler } = {}
  readonly #servers: Set<RunningServer> = new Set()
  #closed: Promise<void> | undefined
  #endpoint: Endpoint
  #node: NodeListener | undefined

  constructor(name: string, options: FleetMCPOptions<Tools> = {}) {
    assertServerOptions(options)
    this.name = name
    this.#options = options
    const log = options.log ?? consoleLog
    this.#log = log
    this.#local = new LocalProvider(name, options.onDuplicate ?? "error", log)
    this.#engine = new Engine({
      info: {
        name,
        version: options.version ?? "0.0.0",
        ...(options.title === undefined ? undefined : { title: options.title }),
        ...(options.description === undefined ? undefined : { description: options.description }),
        ...(options.websiteUrl === undefined ? undefined : { websiteUrl: options.websiteUrl }),
        ...(options.icons === undefined ? undefined : { icons: [...normalizeIcons(options.icons)] }),
      },
      instructions: options.instructions,
      cacheHints: options.cacheHints ?? {},
      pageSize: options.pageSize ?? Number.POSITIVE_INFINITY,
      timeout: options.timeout,
      maskErrors: options.maskErrors ?? false,
      disclosesServerInfo: options.disclosesServerInfo ?? true,
      secrets: options.secrets,
      authenticator: options.auth,
      bus: options.bus ?? memoryEventBus(),
      log,
      limits: {
        subscriptions: options.maxSubscriptions ?? 1024,
        subscriptionsPerPrincipal: options.maxSubscriptionsPerPrincipal ?? 64,
      },
    })
    for (const provider of [this.#local, ...(options.providers ?? [])])
      this.#engine.catalog.addProvider(provider)
    for (const transform of options.transforms ?? []) this.#engine.catalog.addTransform(transform)
    for (const plugin of options.plugins ?? []) this.#engine.addPlugin(plugin)
    this.use(...(options.middleware ?? []))
    this.add(...(options.tools ?? []), ...(options.resources ?? []), ...(options.prompts ?? []))
    this.#endpoint = this.#createEndpoint(options.http ?? {})
    this.fetch = createFetchHandler(() => this.#endpoint)
  }

  /** Makes a tool and registers it. The same as `mcp.add(tool(config, handler))`. */
  get tool(): typeof tool {
    return (config, handler) => this.#register(tool(config, handler))
  }

  /** Makes a resource, or a template where the URI has variables, and registers it. */
  get resource(): typeof resource {
    return (config, handler) => this.#register(resource(config, handler))
  }

  /** Makes a prompt and registers it. */
  get prompt(): typeof prompt {
    return (config, handler) => this.#register(prompt(config, handler))
  }

  /**
   * Registers components, before the server runs or while it does.
   *
   * @throws {DuplicateComponent} One is there already and `onDuplicate` is `error`; then none is added.
   */
  add(...components: readonly AnyComponent[]): this {
    this.#local.add(components.map((component) => this.#withDefaults(component)))
    return this
  }

  /** Puts a component in the place of the one with the same name and version. */
  replace(component: AnyComponent): this {
    this.#local.replace(this.#withDefaults(component))
    return this
  }

  /** Takes a component away. Returns whether it was there. */
  remove(component: Pick<AnyComponent, "kind" | "id" | "version">): boolean {
    return this.#local.remove(component)
  }

  /** Wraps calls in middleware: the first is the outermost. */
  use(...middleware: readonly Middleware[]): this {
    this.#engine.use(...middleware)
    return this
  }

  /** Adds an extension. */
  plugin(plugin: Plugin): this {
    this.#engine.addPlugin(plugin)
    this.#rebuild()
    return this
  }

  /** Serves a route beside the MCP endpoint: `mcp.route("GET /metrics", handler)`. */
  route(route: string, handler: RouteHandler): this {
    this.#routes[route] = handler
    this.#rebuild()
    return this
  }

  /** Tells subscribers that a resource has changed. */
  resourceUpdated(uri: string): void {
    this.#engine.publish({
      topic: "resourceSubscriptions",
      method: "notifications/resources/updated",
      params: { uri },
    })
  }

  /** The listener for `http.createServer(mcp.node)`. */
  get node(): NodeListener {
    // Looked up per request, so that routes and plugins added later count.
    return (req, res) => this.#nodeListener()(req, res)
  }

  /** Offers the server over HTTP with other options than its own: another path, more hosts. */
  http(options: HttpOptions): { readonly fetch: FetchHandler; readonly node: NodeListener } {
    const endpoint = this.#createEndpoint({ ...this.#options.http, ...options })
    return { fetch: createFetchHandler(() => endpoint), node: createNodeListener(endpoint) }
  }

  /** What transports talk to. */
  get handler(): MessageHandler {
    return this.#engine
  }

  /** Starts what plugins and providers need. Called by `run()` and by the first request otherwise. */
  start(): Promise<void> {
    return this.#engine.start()
  }

  /** Starts the server and listens. Resolves when it does. */
  async run(options: RunOptions): Promise<RunningServer> {
    await this.start()
    if (this.#closed !== undefined) throw new ServerClosed()
    const { path, timeouts } = this.#endpoint
    const server = await serveHttp(this.node, {
      port: options.port ?? 3000,
      host: options.host ?? "127.0.0.1",
      path,
      timeouts,
    })
    if (this.#closed !== undefined) {
      await server.close(0)
      throw new ServerClosed()
    }
    this.#servers.add(server)
    this.#log({ level: "info", message: `Listening on ${server.url}` })
    return server
  }

  /**
   * Takes no more calls, waits for those that run, aborts what is left, and gives back all that was opened.
   *
   * @param options `graceMs`: how long calls may still take. Default 5,000.
   */
  close(options: { readonly graceMs?: number } = {}): Promise<void> {
    this.#closed ??= this.#close(options.graceMs ?? 5000)
    return this.#closed
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }

  /** Calls a tool from this process, through middleware and auth checks. */
  callTool(
    name: string,
    args: { readonly [name: string]: unknown } = {},
    options: CallOptions = {},
  ): Promise<CallToolResult> {
    return this.#call("tools/call", { name, arguments: args }, options) as Promise<CallToolResult>
  }

  readResource(uri: string, options: CallOptions = {}): Promise<ReadResourceResult> {
    return this.#call("resources/read", { uri }, options) as Promise<ReadResourceResult>
  }

  getPrompt(
    name: string,
    args: { readonly [name: string]: string } = {},
    options: CallOptions = {},
  ): Promise<GetPromptResult> {
    return this.#call("prompts/get", { name, arguments: args }, options) as Promise<GetPromptResult>
  }

  listTools(options: CallOptions = {}): Promise<readonly WireTool[]> {
    return this.#list("tools/list", "tools", options) as Promise<readonly WireTool[]>
  }

  listResources(options: CallOptions = {}): Promise<readonly WireResource[]> {
    return this.#list("resources/list", "resources", options) as Promise<readonly WireResource[]>
  }

  listTemplates(options: CallOptions = {}): Promise<readonly WireTemplate[]> {
    return this.#list("resources/templates/list", "resourceTemplates", options) as Promise<
      readonly WireTemplate[]
    >
  }

  listPrompts(options: CallOptions = {}): Promise<readonly WirePrompt[]> {
    return this.#list("prompts/list", "prompts", options) as Promise<readonly WirePrompt[]>
  }

  /** Digests all components, by key, so that a silent change can be noticed. */
  async fingerprint(): Promise<{ readonly [key: string]: string }> {
    const entries = this.#local.components.map(
      async (component) =>
        [componentKey(component), await fingerprintOf(component.definition as FingerprintSource)] as const,
    )
    return Object.fromEntries(await Promise.all(entries))
  }

  #register<C extends AnyComponent>(component: C): C {
    this.add(component)
    return component
  }

  #withDefaults(component: AnyComponent): AnyComponent {
    if (component.kind !== "tool") return component
    const { lenient, dereference } = this.#options
    return lenient === undefined && dereference === undefined
      ? component
      : component.withDefaults({ lenient, dereference })
  }

  /** At once, not at the next request, so that what is wrong is told to whoever wrote it. */
  #rebuild(): void {
    this.#endpoint = this.#createEndpoint(this.#options.http ?? {})
    this.#node = undefined
  }

  #nodeListener(): NodeListener {
    this.#node ??= createNodeListener(this.#endpoint)
    return this.#node
  }

  #createEndpoint(options: HttpOptions): Endpoint {
    const pluginRoutes = Object.assign({}, ...this.#engine.plugins.map(({ routes }) => routes))
    return createEndpoint(
      {
        handler: this.#engine,
        authenticator: this.#options.auth,
        log: this.#options.log,
        routes: { ...pluginRoutes, ...this.#routes },
      },
      options,
    )
  }

  #call(method: string, params: { readonly [name: string]: unknown }, options: CallOptions): Promise<object> {
    return this.#engine.caller.call(method, params, options)
  }

  async #list(method: string, field: string, options: CallOptions): Promise<readonly unknown[]> {
    const items: unknown[] = []
    let cursor: unknown
    do {
      const page = (await this.#call(method, { cursor }, options)) as { readonly [field: string]: unknown }
      items.push(...(page[field] as readonly unknown[]))
      cursor = page.nextCursor
    } while (cursor !== undefined)
    return items
  }

  async #close(graceMs: number): Promise<void> {
    const closing = [...this.#servers].map((server) => server.close(graceMs))
    await this.#engine.close(graceMs)
    await Promise.all(closing)
  }
}
