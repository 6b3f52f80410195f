import { complete } from "../../protocol/call.ts"
import type { Method } from "../../protocol/method.ts"
import { metaKeys } from "../../spec/meta.ts"
import type { Core } from "../core.ts"
import { wireHints } from "./lists.ts"

/**
 * `server/discover`: what this server is and can do.
 *
 * @see S28/server/discover
 */
export function discover(core: Core): Method {
  return {
    name: "server/discover",
    era: "stateless",
    run() {
      return complete({
        supportedVersions: core.supported,
        capabilities: core.capabilities(),
        ...(core.instructions === undefined ? undefined : { instructions: core.instructions }),
        ...wireHints(core.cacheHints["server/discover"], false),
        // All of it, with icons; other results carry the name alone.
        ...(core.disclosesServerInfo ? { _meta: { [metaKeys.serverInfo]: core.info } } : undefined),
      })
    },
  }
}
