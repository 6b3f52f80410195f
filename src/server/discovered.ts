import { type Complete, complete } from "../protocol/call.ts"
import { metaKeys } from "../spec/meta.ts"
import type { Core } from "./core.ts"
import { wireHints } from "./wire-hints.ts"

/** Says what a server is and can do. */
export function discovered(core: Core): Complete {
  return complete({
    supportedVersions: core.supported,
    capabilities: core.capabilities(),
    ...(core.instructions === undefined ? undefined : { instructions: core.instructions }),
    ...wireHints(core.cacheHints["server/discover"], false),
    // All of it, with icons; other results carry the name alone.
    ...(core.disclosesServerInfo ? { _meta: { [metaKeys.serverInfo]: core.info } } : undefined),
  })
}
