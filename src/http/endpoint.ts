import type { MessageHandler } from "../protocol/transport.ts"
import type { Authenticator } from "../server/authenticator.ts"
import { type Cors, type CorsOptions, createCors } from "./cors.ts"
import { createGuard, type Guard, type GuardOptions } from "./guard.ts"
import { createRouter, type RouteHandler, type Router } from "./router.ts"

/** How a server is offered over HTTP. */
export interface HttpOptions extends GuardOptions {
  /** The path of the MCP endpoint. Default `/mcp`. */
  readonly path?: string | undefined
  /** The largest body taken, in bytes. Default 4 MiB. */
  readonly bodyLimit?: number | undefined
  /** Lets pages of other origins call. Default: off. */
  readonly cors?: CorsOptions | true | undefined
  /** Milliseconds between comments that keep quiet streams open. Default 15,000. */
  readonly keepAliveMs?: number | undefined
  /** Answers `GET /health` with 200. Default `true`; a string is another path. */
  readonly health?: boolean | string | undefined
  /** Further routes, such as `"GET /metrics": handler`. */
  readonly routes?: { readonly [route: string]: RouteHandler } | undefined
  /** The URL under which clients see the server, where a proxy changes it: `https://mcp.example.com`. */
  readonly publicUrl?: string | undefined
}

/** Everything both HTTP entries need, worked out once. */
export interface Endpoint {
  readonly handler: MessageHandler
  readonly path: string
  readonly guard: Guard
  readonly authenticator: Authenticator | undefined
  readonly bodyLimit: number
  readonly keepAliveMs: number
  readonly cors: Cors | undefined
  readonly router: Router
  readonly publicUrl: string | undefined
}

/** What an endpoint serves. */
export interface EndpointParts {
  readonly handler: MessageHandler
  readonly authenticator?: Authenticator | undefined
  readonly routes?: { readonly [route: string]: RouteHandler } | undefined
}

export function createEndpoint(parts: EndpointParts, options: HttpOptions = {}): Endpoint {
  const cors = options.cors === undefined ? undefined : createCors(options.cors === true ? {} : options.cors)
  const healthPath = options.health === true || options.health === undefined ? "/health" : options.health
  const health = healthPath === false ? {} : { [`GET ${healthPath}`]: () => Response.json({ status: "ok" }) }
  return {
    handler: parts.handler,
    path: options.path ?? "/mcp",
    // Origins that CORS lets read answers may of course call.
    guard: createGuard({
      hosts: options.hosts,
      origins: [...(options.origins ?? []), ...(cors?.origins ?? [])],
    }),
    authenticator: parts.authenticator,
    bodyLimit: options.bodyLimit ?? 4 * 1024 * 1024,
    keepAliveMs: options.keepAliveMs ?? 15_000,
    cors,
    router: createRouter({ ...health, ...options.routes, ...parts.routes }),
    publicUrl: options.publicUrl,
  }
}
