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
  return server.http(options, { hosts: ["*"], sessions: "none", ...defaults }).fetch
}
