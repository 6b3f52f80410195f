import { assertOptions } from "../components/options.ts"
import { InvalidRoute } from "../errors/http.ts"
import type { Sessions } from "../protocol/session/session.ts"
import type { MessageHandler } from "../protocol/transport.ts"
import type { Authenticator } from "../server/authenticator.ts"
import { consoleLog, newErrorId, type ServerLog } from "../server/server-log.ts"
import { type Cors, createCors } from "./cors.ts"
import { createGuard, type Guard } from "./guard.ts"
import { type HttpOptions, type HttpTimeouts, httpOptions } from "./http-options.ts"
import { type Every, every } from "./keep-alive.ts"
import { legacySsePlaces } from "./lazy-legacy-sse.ts"
import type { Load } from "./load.ts"
import type { Place } from "./place.ts"
import { createRouter, joinRoutes, type Router, type Routes } from "./router.ts"

/** {@link HttpTimeouts}, all of them set. */
export type Timeouts = { readonly [name in keyof HttpTimeouts]-?: number }

/** Everything both HTTP entries need, worked out once. */
export interface Endpoint {
  /** The server that answers messages. */
  readonly handler: MessageHandler
  /** The path of the MCP endpoint. */
  readonly path: string
  /**
   * The MCP endpoint, and what else serves messages.
   *
   * @internal
   */
  readonly places: readonly Place[]
  /** The built-in health checks, as `GET` and a path, which give nothing away and so need no guard against rebinding. */
  readonly healthRoutes: readonly string[]
  /** Checks hosts and origins. */
  readonly guard: Guard
  /** Says who is calling, if anything does. */
  readonly authenticator: Authenticator | undefined
  /** Where the sessions of clients of older revisions live; nothing where they have none. */
  readonly sessions: Sessions | "memory" | undefined
  /** The largest body, in bytes. */
  readonly bodyLimit: number
  /** How many requests are under way, and how many may be. */
  readonly load: Load
  /** Milliseconds between comments that keep quiet streams open. */
  readonly keepAliveMs: number
  /** How long clients may take. */
  readonly timeouts: Timeouts
  /** What pages of other origins are told, if CORS is on. */
  readonly cors: Cors | undefined
  /** The routes beside the endpoint. */
  readonly router: Router
  /** The URL under which clients see the server, if a proxy changes it. */
  readonly publicUrl: string | undefined
  /** Runs the keep-alive of streams. */
  readonly every: Every
  /** Logs an error and returns the id under which it stands in the log. */
  readonly report: (error: unknown, doing: string) => string
}

/** What an endpoint serves. */
export interface EndpointParts {
  /** The server: `mcp.handler`. */
  readonly handler: MessageHandler
  /** Says who is calling. Default: nobody has to say. */
  readonly authenticator?: Authenticator | undefined
  /** Routes besides those of the options. Default: none. */
  readonly routes?: Routes | undefined
  /** Where errors of routes and authenticators go. Default: standard error. */
  readonly log?: ServerLog | undefined
  /** Runs the keep-alive of streams. Default: the timers of the runtime. */
  readonly every?: Every | undefined
}

/**
 * Works out how a server is offered over HTTP, for both entries.
 *
 * @param parts The server, and what goes with it.
 * @param options The same as of `mcp.http()`. Default: all defaults.
 * @throws {UnknownOption} FLEET-09: an option does not exist.
 * @throws {InvalidOption} An option has a value that cannot be meant.
 * @throws {InvalidRoute} A route is not a method and a path, has no handler, or is served otherwise.
 * @see S28/basic/transports/streamable-http
 * @example
 * const endpoint = createEndpoint({ handler: mcp.handler }, { path: "/" })
 * export const fetch = createFetchHandler(() => endpoint)
 */
export function createEndpoint(parts: EndpointParts, options: HttpOptions = {}): Endpoint {
  assertOptions("`http`", options, httpOptions)
  const own = joinRoutes([
    ["`http.routes`", options.routes],
    ["the server itself", parts.routes],
  ])
  const healthPath = options.health === true || options.health === undefined ? "/health" : options.health
  const checks = healthPath === false ? {} : healthChecks(healthPath, parts.handler)
  const healthRoutes = Object.keys(checks).filter((path) => !Object.hasOwn(own, path))
  const { path = "/mcp" } = options
  const sessions = options.sessions === "none" ? undefined : (options.sessions ?? "memory")
  const load = { max: options.maxRequests ?? 10_000, open: 0 }
  const timeouts = withDefaults(options.timeouts)
  const report = reporter(parts.log ?? consoleLog)
  const places = [
    // S28/basic/transports/streamable-http#earlier-streamable-http-revisions: GET and DELETE are those of sessions.
    { path, methods: sessions === undefined ? ["POST"] : ["POST", "GET", "DELETE"], handler: parts.handler },
    ...legacySsePlaces(options.legacySse, {
      handler: parts.handler,
      // They must not take all places of other requests.
      maxStreams: Math.ceil(load.max / 4),
      openMs: timeouts.request,
      report,
    }),
  ]
  const routes = { ...checks, ...own }
  assertFree(routes, places)
  const router = createRouter(routes)
  const cors = options.cors
    ? createCors(options.cors === true ? { origins: "*" } : options.cors, router.methods)
    : undefined
  return {
    handler: parts.handler,
    path,
    places,
    healthRoutes,
    // Origins that CORS lets read answers may of course call.
    guard: createGuard({
      hosts: options.hosts,
      origins: [...(options.origins ?? []), ...(cors?.origins ?? [])],
    }),
    authenticator: parts.authenticator,
    sessions,
    bodyLimit: options.bodyLimit ?? 4 * 1024 * 1024,
    load,
    keepAliveMs: options.keepAliveMs ?? 15_000,
    timeouts,
    cors,
    router,
    publicUrl: options.publicUrl,
    every: parts.every ?? every,
    report,
  }
}

function assertFree(routes: Routes, places: readonly Place[]): void {
  const served = new Set(Object.keys(routes))
  for (const route of places.flatMap(({ path, methods }) => methods.map((method) => `${method} ${path}`))) {
    const fix = "Give one of them another path: see `http.path`."
    if (served.has(route)) throw new InvalidRoute(route, "is where the MCP endpoint is", fix)
    served.add(route)
  }
}

/** Fills in the time-outs that are not set. */
export function withDefaults(timeouts: HttpTimeouts = {}): Timeouts {
  const { head = 15_000, request = 60_000, idle = 30_000, send = 30_000 } = timeouts
  return { head, request, idle, send }
}

/** Says whether requests would be served, and, for whoever restarts what hangs, whether anything is answered at all. */
function healthChecks(path: string, handler: MessageHandler): Routes {
  const say = (isWell: boolean) =>
    Response.json({ status: isWell ? "ok" : "unavailable" }, { status: isWell ? 200 : 503 })
  const ready = () => {
    const isReady = handler.isReady !== false
    // Nobody sends requests to what is not ready: what could not be started is tried again for whoever asks after it.
    if (!isReady) handler.start?.().catch(() => undefined)
    return say(isReady)
  }
  return { [`GET ${path}`]: ready, [`GET ${path}/ready`]: ready, [`GET ${path}/live`]: () => say(true) }
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
