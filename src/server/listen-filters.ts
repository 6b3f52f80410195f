import { InvalidParams } from "../errors/protocol.ts"
import type { Principal } from "../protocol/principal.ts"
import { maxSubscribedUris, maxUriLength } from "../protocol/subscription-limits.ts"
import { isTexts } from "../shared/is-texts.ts"
import type { Core } from "./core.ts"
import { scopeOfPrincipal } from "./core.ts"
import { findReadable } from "./find-readable.ts"
import type { ListenFilter } from "./plugin-contract.ts"
import { challengedScopes } from "./step-up.ts"

/** All fields of the listen filter, by name. */
export function listenFilters(core: Core): ReadonlyMap<string, ListenFilter> {
  return new Map([...coreListenFilters(core), ...core.listenFilters()])
}

/**
 * The four fields of the core's listen filter, as rows of the type plugins use.
 *
 * @see S28/basic/patterns/subscriptions
 */
export function coreListenFilters(core: Pick<Core, "catalog" | "offers">): ReadonlyMap<string, ListenFilter> {
  const listChanged = (isOffered: () => boolean): ListenFilter => ({
    honor(wanted) {
      if (typeof wanted !== "boolean") throw malformed("a list is told as `true` or `false`")
      return wanted && isOffered() ? true : undefined
    },
    passes: () => true,
  })
  return new Map([
    ["toolsListChanged", listChanged(() => core.offers("tool"))],
    ["promptsListChanged", listChanged(() => core.offers("prompt"))],
    ["resourcesListChanged", listChanged(() => core.offers("resource"))],
    ["resourceSubscriptions", resourceSubscriptions(core)],
  ])
}

function resourceSubscriptions(core: Pick<Core, "catalog" | "offers">): ListenFilter {
  return {
    honor(wanted) {
      if (!isTexts(wanted)) throw malformed("`resourceSubscriptions` is a list of URIs")
      if (!core.offers("resource")) return undefined
      // Kept as long as the stream: what no resource is called by is not worth its room.
      const uris = [...new Set(wanted)]
        .filter((uri) => uri.length <= maxUriLength)
        .slice(0, maxSubscribedUris)
      return uris.length === 0 ? undefined : uris
    },
    passes(event, honored, principal) {
      const uri = event.params?.uri
      // `honor` gives lists of strings.
      if (typeof uri !== "string" || !(honored as readonly string[]).some((wanted) => covers(wanted, uri)))
        return false
      return mayRead(core, uri, principal)
    },
  }
}

function malformed(rule: string): InvalidParams {
  return new InvalidParams(`\`notifications\` has a field of the wrong type: ${rule}.`)
}

/** S28/schema ResourceUpdatedNotification: the URI may be a sub-resource of the one subscribed to. */
function covers(subscribed: string, uri: string): boolean {
  return uri === subscribed || uri.startsWith(subscribed.endsWith("/") ? subscribed : `${subscribed}/`)
}

async function mayRead(
  { catalog }: Pick<Core, "catalog">,
  uri: string,
  principal: Principal | undefined,
): Promise<boolean> {
  const found = await findReadable(catalog, uri, scopeOfPrincipal(principal))
  return found !== undefined && challengedScopes(found.resolved.component, principal).length === 0
}
