import type { CacheHints } from "./components/component.ts"
import type { Dependency } from "./components/dependency.ts"
import { normalizeIcons } from "./components/icon-list.ts"
import type { Lifespan } from "./components/lifespan.ts"
import { readOptions } from "./components/options.ts"
import type { Prompt } from "./components/prompt.ts"
import type { Resource } from "./components/resource.ts"
import type { SamplingOptions } from "./components/sampling.ts"
import type { Template } from "./components/template.ts"
import type { Tool } from "./components/tool.ts"
import type { HttpOptions } from "./http/http-options.ts"
import type { Principal } from "./protocol/principal.ts"
import type { DuplicatePolicy } from "./providers/local.ts"
import type { Authenticator } from "./server/authenticator.ts"
import type { CacheableMethod } from "./server/core.ts"
import type { EngineOptions } from "./server/engine.ts"
import { type EventBus, memoryEventBus } from "./server/events.ts"
import type { Middleware } from "./server/middleware.ts"
import type { Plugin } from "./server/plugin-contract.ts"
import type { Provider } from "./server/provider.ts"
import { consoleLog, type ServerLog } from "./server/server-log.ts"
import type { Transform } from "./server/transform.ts"
import type { Icon } from "./spec/index.ts"
import type { StorageDriver } from "./storage/storage.ts"

/** What a server can be told when it is made. Every option has a default. */
export interface FleetMCPOptions<Tools extends readonly Tool[] = readonly Tool[]> {
  /** The version of your server. Default `0.0.0`. */
  readonly version?: string
  /** The name people read. Default: the server's name. */
  readonly title?: string
  /** What the server is, for people. Default: none. */
  readonly description?: string
  /** Where people read more. Default: none. */
  readonly websiteUrl?: string
  /** `https:` URLs, or what `icon()` makes. Default: none. */
  readonly icons?: readonly (Icon | string)[]
  /** Tells the model what the server is for and how to use it. */
  readonly instructions?: string
  /** Tools to begin with; a client of `connect()` knows their types. Default: none. */
  readonly tools?: Tools
  /** Resources and templates to begin with. Default: none. */
  readonly resources?: readonly (Resource | Template)[]
  /** Prompts to begin with. Default: none. */
  readonly prompts?: readonly Prompt[]
  /** Where further components come from. Default: none. */
  readonly providers?: readonly Provider[]
  /** Changes to what is found, in this order. Default: none. */
  readonly transforms?: readonly Transform[]
  /** What wraps calls, the first outermost. Default: none. */
  readonly middleware?: readonly Middleware[]
  /** Extensions: what `definePlugin()` made. Default: none. */
  readonly plugins?: readonly Plugin[]
  /** What is started once with the server and ended with it, in this order: what `lifespan()` made. Default: nothing. */
  readonly lifespan?: Lifespan | readonly Lifespan[]
  /** How values are made that handlers take by `ctx.use()`: what `provide()` made. Default: none. */
  readonly dependencies?: Dependency | readonly Dependency[]
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
  /**
   * Milliseconds for which a handler may block the event loop before the log says so; `false`: it never does.
   * Default 200; `false` on Workers, whose clock stands still while code runs.
   */
  readonly blockedMs?: number | false
  /** Milliseconds for which a client with a session may take to answer what a handler asks. Default 300,000. */
  readonly askTimeout?: number
  /** The key ring that seals what clients keep for us: the first seals, all open. Default: random, per process. */
  readonly secrets?: readonly (string | Uint8Array)[]
  /** Where everything is kept that must outlive a call. Default: in the memory of this process. */
  readonly storage?: StorageDriver
  /** A model of the server's own, which answers `ctx.sample()` where the client has none. Default: nobody does. */
  readonly sampling?: SamplingOptions
  /** Carries change events between replicas. Default: within this process. */
  readonly bus?: EventBus
  /** Where the server's own log goes. Default: standard error. */
  readonly log?: ServerLog
  /** Whether what handlers say by `ctx.log` is written to the server's own log too. Default `false`. */
  readonly mirrorLogs?: boolean
  /** The least milliseconds between two notifications of progress of a call. Default: all are sent. */
  readonly progressMs?: number
  /** Whether results say which server answers. Default `true`. */
  readonly disclosesServerInfo?: boolean
  /** The most open subscriptions of all callers. Default 1,024. */
  readonly maxSubscriptions?: number
  /** The most open subscriptions of one caller. Default 64. */
  readonly maxSubscriptionsPerPrincipal?: number
}

/** How a server is run over standard input and output. */
export interface StdioRunOptions {
  /** Over what it is reached. Default `"stdio"`. */
  readonly transport?: "stdio"
  /** Starts it under a test runner too: for tests that need a real server. Default `false`. */
  readonly inTests?: boolean
}

/** How a server is run over HTTP. */
export interface HttpRunOptions {
  /** Over what it is reached. */
  readonly transport: "http"
  /** Default 3000; 0 takes a free one. */
  readonly port?: number
  /** The address to listen on. Default `127.0.0.1`. */
  readonly host?: string
  /** Starts it under a test runner too: for tests that need a real server. Default `false`. */
  readonly inTests?: boolean
}

/** How a server is run by the program that made it. */
export type RunOptions = StdioRunOptions | HttpRunOptions

/** How a call of the own process is made. */
export interface CallOptions {
  /**
   * On whose behalf; `undefined` is a caller nobody knows, as `ctx.auth` is. Left out: the server's own behalf, which
   * no auth check concerns.
   */
  readonly as?: Principal | undefined
  /** Cancels the call when it is aborted. Default: nothing does. */
  readonly signal?: AbortSignal
  /** The version of the tool, resource or prompt that is wanted. Default: the highest. */
  readonly version?: string
}

/** How a server is closed. */
export interface CloseOptions {
  /** Milliseconds that running calls may still take. Default 5,000. */
  readonly graceMs?: number
}

/** What says what a server is, where it is told. */
const said = { names: ["title", "description", "websiteUrl"] } as const

/** Fills in what a server was not told. */
export function engineOptions(name: string, options: FleetMCPOptions): EngineOptions {
  return {
    info: {
      name,
      version: options.version ?? "0.0.0",
      ...readOptions<Pick<FleetMCPOptions, "title" | "description" | "websiteUrl">>(options, said),
      ...(options.icons === undefined ? undefined : { icons: [...normalizeIcons(options.icons)] }),
    },
    instructions: options.instructions,
    cacheHints: options.cacheHints ?? {},
    pageSize: options.pageSize ?? Number.POSITIVE_INFINITY,
    timeout: options.timeout,
    blockedMs: (options.blockedMs ?? (hasClock() && 200)) || undefined,
    maskErrors: options.maskErrors ?? false,
    disclosesServerInfo: options.disclosesServerInfo ?? true,
    secrets: options.secrets,
    storage: options.storage,
    lifespan: options.lifespan,
    dependencies: options.dependencies,
    sampling: options.sampling,
    authenticator: options.auth,
    bus: options.bus ?? memoryEventBus(),
    log: options.log ?? consoleLog,
    mirrorLogs: options.mirrorLogs ?? false,
    progressMs: options.progressMs,
    askTimeout: options.askTimeout ?? 300_000,
    limits: {
      subscriptions: options.maxSubscriptions ?? 1024,
      subscriptionsPerPrincipal: options.maxSubscriptionsPerPrincipal ?? 64,
    },
  }
}

/** Whether time passes while code runs: on Workers it does not. */
function hasClock(): boolean {
  // The types of the lowest Node do not know `navigator`.
  const world = globalThis as { readonly navigator?: { readonly userAgent?: string } }
  return world.navigator?.userAgent !== "Cloudflare-Workers"
}
