import { InvalidOption, quoted } from "../errors/server.ts"
import type { FetchHandler } from "./handler.ts"
import type { HttpOptions } from "./http-options.ts"

/** A server, as far as a platform needs it: `FleetMCP` is one. */
export interface PlatformServer {
  /** Offers it over HTTP; `defaults` hold where neither the options nor the server itself say something. */
  http(options: HttpOptions, defaults?: HttpOptions): { readonly fetch: FetchHandler }
  /** Starts what its plugins and providers need, once. */
  start(): Promise<void>
}

/** How a server is offered on a platform. */
export interface Offer {
  /** The adapter, for messages. */
  readonly adapter: string
  /** What the user says. */
  readonly options: HttpOptions
  /** What else differs there from the defaults of HTTP. */
  readonly defaults?: HttpOptions
}

/**
 * Serves as platforms need it that route by host themselves and may answer each request by another process.
 *
 * @throws {InvalidOption} It is no server.
 */
export function serveOnPlatform(server: PlatformServer, { adapter, options, defaults }: Offer): FetchHandler {
  if (typeof server?.http !== "function") {
    throw new InvalidOption(
      `The first argument of \`${adapter}()\``,
      quoted(server),
      "Give the server: `new FleetMCP(…)`.",
    )
  }
  // A stream of HTTP+SSE would hold a function until its time is up.
  const own = { legacySse: false, ...options }
  return server.http(own, { hosts: isDevelopment() ? [] : ["*"], sessions: "none", ...defaults }).fetch
}

/** On a developer's machine no platform routes by host, and any page could rebind a name of its own to it. */
function isDevelopment(): boolean {
  const { process } = globalThis as { readonly process?: { readonly env?: { readonly NODE_ENV?: string } } }
  return process?.env?.NODE_ENV === "development"
}
