import type { NodeListener, RunningServer } from "#node"
import type { RunningStdio } from "#stdio"
import { type ComponentKind, componentKey, kJudge } from "./components/component.ts"
import type { ContextKey } from "./components/context.ts"
import { fingerprint } from "./components/fingerprint.ts"
import { assertOptions, readOptions } from "./components/options.ts"
import { prompt } from "./components/prompt.ts"
import { resource } from "./components/resource.ts"
import { type Tool, tool } from "./components/tool.ts"
import { UnguardedMount } from "./errors/composition.ts"
import { assertMountable, importOnce, mount } from "./fleet-mcp-mount.ts"
import {
  type CallOptions,
  type CloseOptions,
  engineOptions,
  type FleetMCPOptions,
  type HttpRunOptions,
  type RunOptions,
  type StdioRunOptions,
} from "./fleet-mcp-options.ts"
import type { Runnable } from "./fleet-mcp-run.ts"
import { createEndpoint, type Endpoint } from "./http/endpoint.ts"
import { createFetchHandler, type FetchHandler } from "./http/handler.ts"
import { type HttpOptions, httpOptions } from "./http/http-options.ts"
import { createLazyListener } from "./http/lazy-node.ts"
import { joinRoutes, type OwnedRoutes, type RouteHandler } from "./http/router.ts"
import type { MessageHandler } from "./protocol/transport.ts"
import { type AnyComponent, assertComponent, LocalProvider } from "./providers/local.ts"
import type { MountOptions } from "./providers/mount-options.ts"
import { type AudienceOptions, audienceOf } from "./server/audience.ts"
import { Engine } from "./server/engine.ts"
import type { Middleware } from "./server/middleware.ts"
import { assertCloseOptions, assertServerName, assertServerOptions } from "./server/options.ts"
import type { Plugin } from "./server/plugin-contract.ts"
import { assertPlugin } from "./server/plugin-kit.ts"
import type { Provider } from "./server/provider.ts"
import { consoleLog, type ServerLog } from "./server/server-log.ts"
import type { ServerStats } from "./server/stats.ts"
import { environment } from "./settings/environment.ts"
import type { Setting } from "./settings/settings.ts"
import { currentHost } from "./shared/host.ts"
import { kServer } from "./shared/server-brand.ts"
import type {
  CallToolResult,
  GetPromptResult,
  ReadResourceResult,
  Prompt as WirePrompt,
  Resource as WireResource,
  ResourceTemplate as WireTemplate,
  Tool as WireTool,
} from "./spec/index.ts"

/**
 * Is an MCP server: the components it offers and the ways to reach them.
 *
 * @see S28/basic/index
 * @example
 * const mcp = new FleetMCP("Demo")
 * mcp.tool({ name: "add", input: z.object({ a: z.number(), b: z.number() }) }, ({ a, b }) => a + b)
 * await mcp.run({ transport: "http" }) // http://127.0.0.1:3000/mcp
 */
export class FleetMCP<const Tools extends readonly Tool[] = readonly Tool[]> {
  /** The name it was made with. */
  readonly name: string
  /**
   * Serves one request: the server on any runtime that speaks `fetch`. Bound, so that it may be passed around. Bun and
   * Deno look for it on what a program exports as default: there it is `undefined` once the program itself has called
   * `run()`, so that they do not serve it a second time; `mcp.http({}).fetch` is there always.
   */
  readonly fetch: FetchHandler
  /** Where Bun listens that serves the default export: its own default is all interfaces. */
  readonly hostname: string = "127.0.0.1"
  /** Has Bun leave it to the server how long a quiet call may take: its own default cuts them after 10 seconds. */
  readonly idleTimeout: number = 0
  /** Only for inference: the tools a typed client sees. Never there. */
  readonly types?: { readonly tools: Tools }
  readonly #engine: Engine
  readonly #local: LocalProvider
  readonly #log: ServerLog
  readonly #options: FleetMCPOptions<Tools>
  /** What it was told, without what settings add. */
  readonly #told: FleetMCPOptions<Tools>
  readonly #routes: { [route: string]: RouteHandler } = {}
  readonly #servers: Set<RunningServer | RunningStdio> = new Set()
  /** The servers that mount it, and those that it mounts. */
  readonly #parents: Set<FleetMCP> = new Set()
  readonly #children: Set<FleetMCP> = new Set()
  #closed: Promise<void> | undefined
  #endpoint: Endpoint
  #node: NodeListener | undefined

  /**
   * Makes a server. Nothing is opened and nobody listened to until it is run or asked.
   *
   * @param name Its name, for clients and logs.
   * @param options Whatever it is told besides. Default: all defaults.
   * @throws {UnknownOption} FLEET-09: an option does not exist.
   * @throws {InvalidOption} An option has a value that cannot be meant.
   * @throws {DuplicateComponent} Two components have one name and version.
   * @throws {WeakSecret} One of `secrets` can be guessed.
   * @throws {InvalidSetting} A `FLEETMCP_*` variable has a value that cannot be meant.
   */
  constructor(name: string, told: FleetMCPOptions<Tools> = {}) {
    assertServerName(name)
    assertServerOptions(told)
    const options = environment()?.withSettings(told) ?? told
    this.name = name
    this.#told = told
    this.#options = options
    const log = options.log ?? consoleLog
    this.#log = log
    this.#local = new LocalProvider(name, options.onDuplicate ?? "error", log)
    this.#engine = new Engine(engineOptions(name, options))
    this.#engine.addProviders([this.#local, ...(options.providers ?? [])])
    for (const transform of options.transforms ?? []) this.#engine.catalog.addTransform(transform)
    for (const plugin of options.plugins ?? []) this.#engine.addPlugin(plugin)
    this.use(...(options.middleware ?? []))
    this.add(...(options.tools ?? []), ...(options.resources ?? []), ...(options.prompts ?? []))
    this.#endpoint = this.#createEndpoint(options.http ?? {})
    // Of the instance itself: `deno serve` looks for no inherited one.
    this.fetch = createFetchHandler(() => this.#endpoint)
  }

  /** @internal Known by it to whoever loads a server that another copy of this package made. */
  get [kServer](): true {
    return true
  }

  /** The version of your server, as clients see it. */
  get version(): string {
    return this.#options.version ?? "0.0.0"
  }

  /**
   * Makes a tool and registers it. The same as `mcp.add(tool(config, handler))`.
   *
   * @returns The tool.
   * @throws {DuplicateComponent} One is there already and `onDuplicate` is `error`; and what `tool()` throws.
   * @see S28/server/tools
   * @example
   * mcp.tool({ name: "add", input: z.object({ a: z.number(), b: z.number() }) }, ({ a, b }) => a + b)
   */
  get tool(): typeof tool {
    return (config, handler) => this.#register(tool(config, handler))
  }

  /**
   * Makes a resource, or a template where the URI has variables, and registers it.
   *
   * @returns The resource or template.
   * @throws {DuplicateComponent} One is there already and `onDuplicate` is `error`; and what `resource()` throws.
   * @see S28/server/resources
   * @example
   * mcp.resource("users://{id}", ({ id }) => ({ id }))
   */
  get resource(): typeof resource {
    return (config, handler) => this.#register(resource(config, handler))
  }

  /**
   * Makes a prompt and registers it.
   *
   * @returns The prompt.
   * @throws {DuplicateComponent} One is there already and `onDuplicate` is `error`; and what `prompt()` throws.
   * @see S28/server/prompts
   * @example
   * mcp.prompt({ name: "review", args: z.object({ code: z.string() }) }, ({ code }) => `Review: ${code}`)
   */
  get prompt(): typeof prompt {
    return (config, handler) => this.#register(prompt(config, handler))
  }

  /**
   * Registers components, before the server runs or while it does.
   *
   * @param components What `tool()`, `resource()` and `prompt()` made.
   * @throws {DuplicateComponent} One is there already and `onDuplicate` is `error`; then none is added.
   * @example
   * mcp.add(tool({ name: "ping" }, () => "pong"), textResource("docs://rules", "Be kind."))
   */
  add(...components: readonly AnyComponent[]): this {
    this.#local.add(components.map((component) => this.#withDefaults(component)))
    return this
  }

  /**
   * Puts a component in the place of the one with the same name and version.
   *
   * @throws {UnknownComponent} There is none.
   * @example
   * mcp.add(tool({ name: "ping" }, () => "pong"))
   * mcp.replace(tool({ name: "ping" }, () => "PONG"))
   */
  replace(component: AnyComponent): this {
    this.#local.replace(this.#withDefaults(component))
    return this
  }

  /**
   * Takes a component away. Returns whether it was there.
   *
   * @param component The component, or its `kind`, `id` and `version`.
   * @example
   * mcp.remove({ kind: "tool", id: "ping", version: undefined })
   */
  remove(component: Pick<AnyComponent, "kind" | "id" | "version">): boolean {
    return this.#local.remove(component)
  }

  /**
   * Offers all that another server has, now and later: its components run in its own context, wrapped in its hooks for
   * methods. Its routes are served beside those that are here.
   *
   * @param target A server, or what finds components: a proxy, a folder.
   * @param options `prefix` and `separator`, which tags, and other names. Default: all under its own name.
   * @throws {InvalidPrefix} FLEET-21: names with it would be none.
   * @throws {MountCycle} FLEET-19: it mounts this server itself.
   * @throws {UnguardedMount} It has `auth` and this server has none.
   * @throws {InvalidRoute} One of its routes is served already.
   * @example
   * const math = new FleetMCP("Math")
   * math.tool({ name: "one" }, () => 1)
   * mcp.mount(math, { prefix: "math" }) // the tool `math_one`
   */
  mount(target: FleetMCP | Provider, options: MountOptions = {}): this {
    this.#assertGuarded(target)
    const mounting = { root: this.#engine, target, options }
    assertMountable(mounting)
    const child = target instanceof FleetMCP ? target : undefined
    // Before it is mounted: a route that cannot be must leave nothing behind.
    const endpoint = child && this.#endpointWith(`the mounted server \`${child.name}\``, child.#allRoutes)
    mount(mounting)
    if (child === undefined || endpoint === undefined) return this
    Object.assign(this.#routes, child.#allRoutes)
    child.#parents.add(this)
    this.#children.add(child)
    this.#offer(endpoint)
    return this
  }

  /**
   * Copies what another server, or what finds components, has now. The copies run in the context of that server, without its
   * middleware. Awaited, or at the latest when this server starts, they are there.
   *
   * @param options As those of {@link mount}.
   * @throws {InvalidPrefix} FLEET-21: names with it would be none.
   * @throws {MountCycle} FLEET-19: it mounts this server itself.
   * @throws {UnguardedMount} It has `auth` and this server has none.
   * @throws {DuplicateComponent} One is there already and `onDuplicate` is `error`; then none is copied.
   * @example
   * const math = new FleetMCP("Math")
   * math.tool({ name: "one" }, () => 1)
   * await mcp.import(math, { prefix: "math" })
   */
  async import(target: FleetMCP | Provider, options: MountOptions = {}): Promise<this> {
    this.#assertGuarded(target)
    await importOnce({ root: this.#engine, target, options }, (components) => this.add(...components))
    return this
  }

  /**
   * Wraps calls in middleware: the first is the outermost.
   *
   * @example
   * mcp.use({
   *   async callTool(call, next) {
   *     console.error(`calling ${call.target}`)
   *     return await next()
   *   },
   * })
   */
  use(...middleware: readonly Middleware[]): this {
    this.#engine.use(...middleware)
    return this
  }

  /**
   * Adds an extension.
   *
   * @param plugin What `definePlugin()` made.
   * @throws {InvalidOption} `definePlugin()` did not make it.
   * @throws {InvalidPlugin} It is added already, or has a method or result type of another.
   * @throws {InvalidRoute} One of its routes is not a method and a path, has no handler, or is served already.
   * @see SEP-2133
   * @example
   * mcp.plugin(definePlugin({ id: "com.example/clock", settings: { zone: "UTC" } }))
   */
  plugin(plugin: Plugin): this {
    // Before the engine has it: a route that cannot be must leave nothing behind.
    assertPlugin(plugin)
    const endpoint = this.#endpointWith(ownerOf(plugin.id), plugin.routes ?? {})
    this.#engine.addPlugin(plugin)
    this.#offer(endpoint)
    return this
  }

  /**
   * Serves a route beside the MCP endpoint.
   *
   * @param route The method, a space and the path, which is matched whole.
   * @param handler Answers a `Request` with a `Response`.
   * @throws {InvalidRoute} The route is not a method and a path, has no handler, or is served already.
   * @example
   * mcp.route("GET /version", () => Response.json({ version: "1.2.0" }))
   */
  route(route: string, handler: RouteHandler): this {
    // All or none of those that mount it.
    const offers = this.#within().map((server) => {
      const endpoint = server.#endpointWith("`mcp.route()`", { [route]: handler })
      return () => {
        server.#offer(endpoint)
        server.#routes[route] = handler
      }
    })
    for (const offer of offers) offer()
    return this
  }

  /**
   * Tells subscribers that a resource has changed: those that may read it.
   *
   * @param options `to`: only these of them.
   * @throws {InvalidOption} `to` is nobody.
   * @see S28/basic/patterns/subscriptions
   * @example
   * mcp.resourceUpdated("config://settings")
   */
  resourceUpdated(uri: string, options: AudienceOptions = {}): void {
    this.#engine.publish({
      topic: "resourceSubscriptions",
      method: "notifications/resources/updated",
      params: { uri },
      ...audienceOf(options),
    })
  }

  /**
   * Tells subscribers that a list has changed. What is added, replaced and removed is told without it; this is for what
   * an auth check or a transform shows or hides from now on.
   *
   * @param kind Of which components.
   * @param options `to`: only these.
   * @throws {InvalidOption} `to` is nobody.
   * @see S28/basic/patterns/subscriptions
   * @example
   * mcp.tool({ name: "upgrade" }, (_, ctx) => mcp.listChanged("tool", { to: ctx }))
   */
  listChanged(kind: ComponentKind, options: AudienceOptions = {}): void {
    this.#engine.announce([kind], audienceOf(options))
  }

  /**
   * Tells a client of 2025-11-25 that a page which it was asked to open is done with: from wherever the server learns it,
   * also after the call. Only sessions that were given the id are told; clients of other revisions have no use for it.
   *
   * @param id The `elicitationId` that `ctx.elicitUrl()` or `UrlElicitationRequired` was given.
   * @see S11/client/elicitation#completion-notifications-for-url-mode-elicitation
   * @example
   * mcp.route("GET /signed-in", (request) => {
   *   mcp.elicitationComplete(new URL(request.url).searchParams.get("state") ?? "")
   *   return new Response("You may close this page.")
   * })
   */
  elicitationComplete(id: string): void {
    this.#engine.publish({
      topic: "elicitations",
      method: "notifications/elicitation/complete",
      params: { elicitationId: id },
    })
  }

  /**
   * Serves requests of `node:http`: the listener for a server of your own.
   *
   * Where there is no `node:http`, requests are answered with 500, and FLEET-14 stands in the log.
   *
   * @see S28/basic/transports/streamable-http
   * @example
   * createServer(mcp.node).listen(3000, "127.0.0.1")
   */
  get node(): NodeListener {
    this.#node ??= createLazyListener(() => this.#endpoint)
    return this.#node
  }

  /**
   * Offers the server over HTTP with other options than its own: another path, more hosts.
   *
   * @param options What differs; the rest is as the server's own `http` says.
   * @param defaults What holds where neither says anything, for adapters of platforms. Default: nothing.
   * @throws {UnknownOption} FLEET-09: an option does not exist.
   * @throws {InvalidOption} An option has a value that cannot be meant.
   * @see S28/basic/transports/streamable-http
   * @example
   * export default mcp.http({ path: "/internal/mcp", hosts: ["mcp.example.com"] })
   */
  http(
    options: HttpOptions,
    defaults: HttpOptions = {},
  ): Pick<FleetMCP, "fetch" | "node" | "hostname" | "idleTimeout"> {
    assertOptions("`mcp.http()`", options, httpOptions)
    const own = readOptions(this.#options.http ?? {}, httpOptions)
    const endpoint = this.#createEndpoint({ ...defaults, ...own, ...readOptions(options, httpOptions) })
    const { hostname, idleTimeout } = this
    let node: NodeListener | undefined
    return {
      fetch: createFetchHandler(() => endpoint),
      // What starts for a request should not load what it will not use.
      get node() {
        node ??= createLazyListener(() => endpoint)
        return node
      },
      hostname,
      idleTimeout,
    }
  }

  /**
   * What transports talk to.
   *
   * @example
   * const endpoint = createEndpoint({ handler: mcp.handler }, { path: "/" })
   */
  get handler(): MessageHandler {
    return this.#engine
  }

  /**
   * Starts the lifespans: its own, and those of plugins and providers. Called by `run()` and by the first request
   * otherwise.
   *
   * @throws {LifespanFailed} One of them cannot be started; those that had started are ended again.
   * @throws {LifespanTimeout} One of them takes too long.
   * @throws {ServerClosed} The server was closed.
   * @example
   * await mcp.start()
   */
  start(): Promise<void> {
    return this.#engine.start()
  }

  /**
   * Takes the value of a lifespan, for code that runs for no call: routes, middleware, scripts.
   *
   * @param key What `lifespan()` made.
   * @throws {LifespanNotRun} FLEET-17: it has not started, has ended, or is none of the server's.
   * @example
   * const motto = lifespan("motto", async () => "Be kind.")
   * const mcp = new FleetMCP("Demo", { lifespan: motto })
   * mcp.route("GET /motto", () => new Response(mcp.require(motto)))
   */
  require<T>(key: ContextKey<T>): T {
    return this.#engine.lifespans.require(key)
  }

  /**
   * Starts the server and speaks over standard input and output until the client is gone, with which the process ends;
   * where `FLEETMCP_TRANSPORT` is `http`, it listens instead. SIGTERM and SIGINT close the server first. Resolves when it
   * speaks. Starts nothing where the `fleetmcp` command or a test runner loads the module: they serve it themselves.
   *
   * @param options `transport: "stdio"`, and `inTests`.
   * @throws {NotOnThisRuntime} FLEET-14: this runtime has neither.
   * @throws {ServerClosed} The server was closed.
   * @see S28/basic/transports/stdio
   * @example
   * await mcp.run()
   */
  run(options?: StdioRunOptions): Promise<RunningStdio>
  /**
   * Starts the server and listens. SIGTERM and SIGINT close it. Resolves when it listens. Starts nothing where the
   * `fleetmcp` command or a test runner loads the module: they serve it themselves.
   *
   * @param options `transport: "http"`, `port`, `host` and `inTests`.
   * @throws {PortInUse} FLEET-10: something else listens there.
   * @throws {CannotListen} The operating system does not allow it.
   * @throws {NotOnThisRuntime} FLEET-14: there is no `node:http` here.
   * @throws {ServerClosed} The server was closed.
   * @see S28/basic/transports/streamable-http
   * @example
   * const { url } = await mcp.run({ transport: "http", port: 0 })
   */
  run(options: HttpRunOptions): Promise<RunningServer>
  async run(options: RunOptions = {}): Promise<RunningServer | RunningStdio> {
    // At once: a program need not wait for it before its export is looked at, and whoever loads it may be gone then.
    const host = currentHost()
    host?.onRun?.(this, options)
    const isHosted = host !== undefined && host.starts !== true
    if (!isHosted && servesDefaultExport()) Object.assign(this, { fetch: undefined })
    const { run } = await import("./fleet-mcp-run.ts")
    const server: Runnable = {
      handler: this.#engine,
      endpoint: this.#endpoint,
      log: this.#log,
      isClosed: () => this.#closed !== undefined,
      listener: () => this.node,
      start: () => this.start(),
      close: () => this.close(),
      onRunning: (running) => void this.#servers.add(running),
    }
    return run(server, options, isHosted)
  }

  /**
   * Counts what the server has done and does in this process: for dashboards, tests and alarms.
   *
   * @example
   * mcp.route("GET /stats", () => Response.json(mcp.stats()))
   */
  stats(): ServerStats {
    return this.#engine.stats()
  }

  /**
   * Lists what may be set from outside of the program, as it is in effect: by code, by flags of the `fleetmcp` command,
   * by `FLEETMCP_*` variables, by `.env`, in this order. Secrets are masked. Empty on Workers, which have no environment.
   *
   * @param run What `mcp.run()` is told. Default: nothing.
   * @throws {InvalidSetting} A variable has a value that cannot be meant.
   * @example
   * mcp.settings().find(({ name }) => name === "port") // { name: "port", env: "FLEETMCP_PORT", value: 3000, source: "default" }
   */
  settings(run: RunOptions = {}): readonly Setting[] {
    return environment()?.listSettings(this.#told, run) ?? []
  }

  /**
   * Takes no more calls, waits for those that run, aborts what is left, and gives back all that was opened.
   *
   * @param options `graceMs`: how long calls may still take. Default 5,000.
   * @example
   * process.once("SIGTERM", () => mcp.close({ graceMs: 10_000 }))
   */
  close(options: CloseOptions = {}): Promise<void> {
    if (this.#closed !== undefined) return this.#closed
    try {
      assertCloseOptions(options)
    } catch (error) {
      return Promise.reject(error)
    }
    this.#closed = this.#close(options.graceMs ?? 5000)
    return this.#closed
  }

  /** Closes the server with the default grace, at the end of an `await using` block. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }

  /**
   * Calls a tool from this process, through middleware and, for the caller that `options.as` names, auth checks.
   *
   * @param args The arguments. Default: none.
   * @param options `as` and `signal`.
   * @throws {UnknownTool} There is none, or none that the caller may see.
   * @throws {ServerClosed} The server was closed.
   * @see S28/server/tools#tool-result
   * @example
   * const { structuredContent } = await mcp.callTool("add", { a: 1, b: 2 })
   */
  callTool(
    name: string,
    args: { readonly [name: string]: unknown } = {},
    options: CallOptions = {},
  ): Promise<CallToolResult> {
    return this.#engine.caller.call(
      "tools/call",
      { name, arguments: args },
      options,
    ) as Promise<CallToolResult>
  }

  /**
   * Reads a resource from this process, or one of a template.
   *
   * @param options `as` and `signal`.
   * @throws {ResourceNotFound} There is none, or none that the caller may see.
   * @throws {ServerClosed} The server was closed.
   * @see S28/server/resources#reading-resources
   * @example
   * const { contents } = await mcp.readResource("config://settings")
   */
  readResource(uri: string, options: CallOptions = {}): Promise<ReadResourceResult> {
    return this.#engine.caller.call("resources/read", { uri }, options) as Promise<ReadResourceResult>
  }

  /**
   * Gets the messages of a prompt from this process.
   *
   * @param args The arguments, as clients send them: strings, and JSON text for what is none. Default: none.
   * @param options `as` and `signal`.
   * @throws {UnknownPrompt} There is none, or none that the caller may see.
   * @throws {InvalidArguments} The arguments do not fit.
   * @throws {ServerClosed} The server was closed.
   * @see S28/server/prompts
   * @example
   * const { messages } = await mcp.getPrompt("review", { code: "1 + 1" })
   */
  getPrompt(
    name: string,
    args: { readonly [name: string]: string } = {},
    options: CallOptions = {},
  ): Promise<GetPromptResult> {
    return this.#engine.caller.call(
      "prompts/get",
      { name, arguments: args },
      options,
    ) as Promise<GetPromptResult>
  }

  /**
   * Lists the tools, all pages of them.
   *
   * @param options `as` and `signal`.
   * @see S28/server/tools
   * @example
   * const names = (await mcp.listTools()).map(({ name }) => name)
   */
  listTools(options: CallOptions = {}): Promise<readonly WireTool[]> {
    return this.#engine.caller.list("tools/list", options) as Promise<readonly WireTool[]>
  }

  /**
   * Lists the resources that are no templates, all pages of them.
   *
   * @param options `as` and `signal`.
   * @see S28/server/resources
   * @example
   * const uris = (await mcp.listResources()).map(({ uri }) => uri)
   */
  listResources(options: CallOptions = {}): Promise<readonly WireResource[]> {
    return this.#engine.caller.list("resources/list", options) as Promise<readonly WireResource[]>
  }

  /**
   * Lists the resource templates, all pages of them.
   *
   * @param options `as` and `signal`.
   * @see S28/server/resources
   * @example
   * const templates = (await mcp.listTemplates()).map(({ uriTemplate }) => uriTemplate)
   */
  listTemplates(options: CallOptions = {}): Promise<readonly WireTemplate[]> {
    return this.#engine.caller.list("resources/templates/list", options) as Promise<readonly WireTemplate[]>
  }

  /**
   * Lists the prompts, all pages of them.
   *
   * @param options `as` and `signal`.
   * @see S28/server/prompts
   * @example
   * const names = (await mcp.listPrompts()).map(({ name }) => name)
   */
  listPrompts(options: CallOptions = {}): Promise<readonly WirePrompt[]> {
    return this.#engine.caller.list("prompts/list", options) as Promise<readonly WirePrompt[]>
  }

  /**
   * Digests all components, of all providers, by key, so that a silent change can be noticed. One alone:
   * {@link fingerprint}.
   *
   * @returns A fingerprint for each `kind:name@version`.
   * @see https://www.rfc-editor.org/rfc/rfc8785 for the text that is digested
   * @example
   * await mcp.fingerprint() // { "tool:ping@": "sha256:40ed…" }
   */
  async fingerprint(): Promise<{ readonly [key: string]: string }> {
    await this.#engine.start()
    const components = await this.#engine.catalog.everything()
    const entries = components.map(
      async (component) => [componentKey(component), await fingerprint(component)] as const,
    )
    return Object.fromEntries(await Promise.all(entries))
  }

  #register<C extends AnyComponent>(component: C): C {
    this.add(component)
    return component
  }

  #withDefaults(component: AnyComponent): AnyComponent {
    assertComponent(component)
    component[kJudge]?.(this.#options)
    if (component.kind !== "tool") return component
    const { lenient, dereference } = this.#options
    return lenient === undefined && dereference === undefined
      ? component
      : component.withDefaults({ lenient, dereference })
  }

  /** Itself, and all that mount it, at any depth. */
  #within(): readonly FleetMCP[] {
    return [this as FleetMCP, ...[...this.#parents].flatMap((parent) => parent.#within())]
  }

  /** Who calls would be asked by nobody. */
  #assertGuarded(target: FleetMCP | Provider): void {
    if (target instanceof FleetMCP && target.#options.auth !== undefined && this.#options.auth === undefined)
      throw new UnguardedMount(this.name, target.name)
  }

  #endpointWith(owner: string, routes: { readonly [route: string]: RouteHandler }): Endpoint {
    return this.#createEndpoint(this.#options.http ?? {}, [owner, routes])
  }

  /** Its own, those of its plugins, and those of the servers that it mounts. */
  get #allRoutes(): { readonly [route: string]: RouteHandler } {
    return Object.assign({}, ...this.#engine.plugins.map(({ routes }) => routes), this.#routes)
  }

  #offer(endpoint: Endpoint): void {
    // Its requests that are still open count for the new one.
    this.#endpoint = { ...endpoint, load: this.#endpoint.load }
  }

  /** Made at once, not at the next request, so that what is wrong is told to whoever wrote it. */
  #createEndpoint(options: HttpOptions, ...added: readonly OwnedRoutes[]): Endpoint {
    const ofPlugins = this.#engine.plugins.map(({ id, routes }): OwnedRoutes => [ownerOf(id), routes])
    return createEndpoint(
      {
        handler: this.#engine,
        authenticator: this.#options.auth,
        log: this.#options.log,
        routes: joinRoutes([...ofPlugins, ["an earlier `mcp.route()`", this.#routes], ...added]),
      },
      options,
    )
  }

  async #close(graceMs: number): Promise<void> {
    const closing = [...this.#servers].map((server) => server.close(graceMs))
    for (const child of this.#children) child.#parents.delete(this as FleetMCP)
    await this.#engine.close(graceMs)
    await Promise.all(closing)
  }
}

/** Whether the runtime may serve what a program exports as default. */
function servesDefaultExport(): boolean {
  return "Bun" in globalThis || "Deno" in globalThis
}

function ownerOf(plugin: string): string {
  return `the plugin \`${plugin}\``
}
