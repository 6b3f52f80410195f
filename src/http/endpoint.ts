import { assertOptions, type KnownOptions } from "../components/options.ts"
import { InvalidHttpOption } from "../errors/http.ts"
import type { MessageHandler } from "../protocol/transport.ts"
import type { Authenticator } from "../server/authenticator.ts"
import { consoleLog, newErrorId, type ServerLog } from "../server/server-log.ts"
import { type Cors, type CorsOptions, createCors } from "./cors.ts"
import { createGuard, type Guard, type GuardOptions } from "./guard.ts"
import { type Every, every } from "./keep-alive.ts"
import { createRouter, type Router, type Routes } from "./router.ts"

/** How a server is offered over HTTP. */
export interface HttpOptions extends GuardOptions {
  /** The path of the MCP endpoint. Default `/mcp`. */
  readonly path?: string | undefined
  /** The largest body taken, in bytes, by routes too. Default 4 MiB. */
  readonly bodyLimit?: number | undefined
  /** Lets pages of other origins call. Default: off. */
  readonly cors?: CorsOptions | boolean | undefined
  /** Milliseconds between comments that keep quiet streams open. Default 15,000. */
  readonly keepAliveMs?: number | undefined
  /** Answers `GET /health` with 200, to any host. Default `true`; a string is another path. */
  readonly health?: boolean | string | undefined
  /** Further routes, such as `"GET /metrics": handler`. */
  readonly routes?: Routes | undefined
  /** The URL under which clients see the server, where a proxy changes it: `https://mcp.example.com`. */
  readonly publicUrl?: string | undefined
  /** How long clients may take. */
  readonly timeouts?: HttpTimeouts | undefined
}

/** How long clients may take, in milliseconds. All but `send` need a server of ours: `mcp.run()`. */
export interface HttpTimeouts {
  /** For the head of a request. Default 15,000. */
  readonly head?: number | undefined
  /** For a whole request, body included. Default 60,000. */
  readonly request?: number | undefined
  /** Between requests on one connection. Default 30,000. */
  readonly idle?: number | undefined
  /** Without taking anything of an answer that waits for them. Default 30,000. */
  readonly send?: number | undefined
}

/** {@link HttpTimeouts}, all of them set. */
export type Timeouts = { readonly [name in keyof HttpTimeouts]-?: number }

/** Everything both HTTP entries need, worked out once. */
export interface Endpoint {
  readonly handler: MessageHandler
  readonly path: string
  /** Where the built-in health check answers, which gives nothing away and so needs no guard against rebinding. */
  readonly healthPath: string | undefined
  readonly guard: Guard
  readonly authenticator: Authenticator | undefined
  readonly bodyLimit: number
  readonly keepAliveMs: number
  readonly timeouts: Timeouts
  readonly cors: Cors | undefined
  readonly router: Router
  readonly publicUrl: string | undefined
  readonly every: Every
  /** Logs an error and returns the id under which it stands in the log. */
  readonly report: (error: unknown, doing: string) => string
}

/** What an endpoint serves. */
export interface EndpointParts {
  readonly handler: MessageHandler
  readonly authenticator?: Authenticator | undefined
  readonly routes?: Routes | undefined
  /** Where errors of routes and authenticators go. Default: standard error. */
  readonly log?: ServerLog | undefined
  /** Runs the keep-alive of streams. Default: the timers of the runtime. */
  readonly every?: Every | undefined
}

/**
 * Works out how a server is offered over HTTP, for both entries.
 *
 * @throws {UnknownOption} FLEET-09: an option does not exist.
 * @throws {InvalidHttpOption} An option has a value that cannot be meant.
 * @throws {InvalidRoute} A route is not a method and a path.
 */
export function createEndpoint(parts: EndpointParts, options: HttpOptions = {}): Endpoint {
  assertHttpOptions(options)
  const own = { ...options.routes, ...parts.routes }
  const healthPath = options.health === true || options.health === undefined ? "/health" : options.health
  const isHealthOurs = healthPath !== false && !Object.hasOwn(own, `GET ${healthPath}`)
  const router = createRouter(isHealthOurs ? { [`GET ${healthPath}`]: health, ...own } : own)
  const cors = options.cors
    ? createCors(options.cors === true ? {} : options.cors, router.methods)
    : undefined
  return {
    handler: parts.handler,
    path: options.path ?? "/mcp",
    healthPath: isHealthOurs ? healthPath : undefined,
    // Origins that CORS lets read answers may of course call.
    guard: createGuard({
      hosts: options.hosts,
      origins: [...(options.origins ?? []), ...(cors?.origins ?? [])],
    }),
    authenticator: parts.authenticator,
    bodyLimit: options.bodyLimit ?? 4 * 1024 * 1024,
    keepAliveMs: options.keepAliveMs ?? 15_000,
    timeouts: withDefaults(options.timeouts),
    cors,
    router,
    publicUrl: options.publicUrl,
    every: parts.every ?? every,
    report: reporter(parts.log ?? consoleLog),
  }
}

/** Fills in the time-outs that are not set. */
export function withDefaults(timeouts: HttpTimeouts = {}): Timeouts {
  const { head = 15_000, request = 60_000, idle = 30_000, send = 30_000 } = timeouts
  return { head, request, idle, send }
}

function health(): Response {
  return Response.json({ status: "ok" })
}

function reporter(log: ServerLog): Endpoint["report"] {
  return (error, doing) => {
    const errorId = newErrorId()
    try {
      log({ level: "error", message: `Error ${doing}`, errorId, error })
    } catch {
      // A log that throws must not take the answer with it, nor the process.
    }
    return errorId
  }
}

const known: KnownOptions = {
  names: [
    "hosts",
    "origins",
    "path",
    "bodyLimit",
    "cors",
    "keepAliveMs",
    "health",
    "routes",
    "publicUrl",
    "timeouts",
  ] satisfies readonly (keyof HttpOptions)[],
  foreign: {
    allowedHosts: "Use `hosts`.",
    allowedOrigins: "Use `origins`; `cors` also lets pages read answers.",
    enableDnsRebindingProtection: "Leave it out; hosts and origins are always checked.",
    endpoint: "Use `path`.",
    host: 'Say it to `mcp.run({ transport: "http", host })`.',
    port: 'Say it to `mcp.run({ transport: "http", port })`.',
    maxBodySize: "Use `bodyLimit`.",
    baseUrl: "Use `publicUrl`.",
  },
}

const knownTimeouts: KnownOptions = {
  names: ["head", "request", "idle", "send"] satisfies readonly (keyof HttpTimeouts)[],
  foreign: {},
}

function assertHttpOptions(options: HttpOptions): void {
  const { path, publicUrl, health: healthPath, timeouts, bodyLimit, keepAliveMs } = options
  assertOptions("`http`", options, known)
  assertOptions("`http.timeouts`", timeouts ?? {}, knownTimeouts)
  for (const [option, value] of Object.entries({ path, health: healthPath })) {
    if (typeof value !== "string" || /^\/[^\s?#]*$/.test(value)) continue
    throw new InvalidHttpOption(option, value, "Give a path that starts with `/`, without a query.")
  }
  if (publicUrl !== undefined && !(URL.canParse(publicUrl) && /^https?:\/\//.test(publicUrl))) {
    throw new InvalidHttpOption("publicUrl", publicUrl, "Give a URL such as `https://mcp.example.com`.")
  }
  for (const [option, value] of Object.entries({ bodyLimit, keepAliveMs, ...timeouts })) {
    if (value === undefined || (value > 0 && value < 2 ** 31)) continue
    throw new InvalidHttpOption(option, value, "Give a number above 0 and below 2,147,483,648.")
  }
}
