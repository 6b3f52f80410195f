import type { Method } from "../../protocol/method.ts"
import type { Core } from "../core.ts"

/**
 * `server/discover`: what this server is and can do. What says it is loaded by the first call.
 *
 * @see S28/server/discover
 */
export function discover(core: Core): Method {
  return {
    name: "server/discover",
    era: "stateless",
    run: async () => (await import("../discovered.ts")).discovered(core),
  }
}
