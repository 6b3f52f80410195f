import type { FetchHandler } from "./handler.ts"
import type { HttpOptions } from "./http-options.ts"
import { type PlatformServer, serveOnPlatform } from "./platform.ts"

/** What the file of a route exports: a handler for each method. */
export interface VercelHandlers {
  readonly GET: FetchHandler
  readonly POST: FetchHandler
  readonly DELETE: FetchHandler
  readonly OPTIONS: FetchHandler
}

/**
 * Makes the handlers of a route of Vercel Functions or of the app router of Next.js. Clients of older revisions are served
 * without sessions, and hosts are left to the platform, which routes by them; origins are checked.
 *
 * @param server The server.
 * @param options What differs from the server's own `http`; `path` is `/api/mcp` unless it says another. Default: nothing.
 * @throws {UnknownOption} FLEET-09: an option does not exist.
 * @throws {InvalidOption} An option has a value that cannot be meant, or there is no server.
 * @see S28/basic/transports/streamable-http
 * @example
 * export const { GET, POST, DELETE, OPTIONS } = vercel(mcp) // in app/api/mcp/route.ts
 */
export function vercel(server: PlatformServer, options: HttpOptions = {}): VercelHandlers {
  const defaults = { path: "/api/mcp" }
  const fetch = serveOnPlatform(server, { adapter: "vercel", options, defaults })
  return { GET: fetch, POST: fetch, DELETE: fetch, OPTIONS: fetch }
}

export type { FetchHandler, HttpOptions, PlatformServer }
