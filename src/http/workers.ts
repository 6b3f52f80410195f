import type { HttpOptions } from "./http-options.ts"
import { type PlatformServer, serveOnPlatform } from "./platform.ts"

/** What Workers tell of the life of a request. */
export interface WorkersContext {
  /** Keeps the work going when the answer is out or the client gone. */
  waitUntil(work: Promise<unknown>): void
}

/** A module that Workers serve. */
export interface WorkersModule {
  /** Answers a request. */
  fetch(request: Request, env: unknown, context: WorkersContext): Promise<Response>
}

/**
 * Makes the default export of a Cloudflare Worker. Clients of older revisions are served without sessions, and hosts are
 * left to the platform, which routes by them; origins are checked.
 *
 * @param server The server.
 * @param options What differs from the server's own `http`. Default: nothing.
 * @throws {UnknownOption} FLEET-09: an option does not exist.
 * @throws {InvalidOption} An option has a value that cannot be meant, or there is no server.
 * @see S28/basic/transports/streamable-http
 * @example
 * export default workers(mcp)
 */
export function workers(server: PlatformServer, options: HttpOptions = {}): WorkersModule {
  const fetch = serveOnPlatform(server, { adapter: "workers", options })
  return {
    fetch(request, _env, context) {
      // A client that leaves takes its request along; what all requests wait for must not go with the first of them.
      context.waitUntil(server.start().catch(ignore))
      return fetch(request)
    },
  }
}

function ignore(): void {
  // The request itself hears of it.
}

export type { HttpOptions, PlatformServer }
