import { toPlaces } from "../client/target.ts"
import { assertOptions, type KnownOptions } from "../components/options.ts"
import { assertPrefix } from "../components/prefix.ts"
import { Catalog } from "../server/catalog.ts"
import type { Provider } from "../server/provider.ts"
import type { MountOptions } from "./mount-options.ts"
import { mounted } from "./mounted.ts"
import { isConnection, type ProxyOptions, type ProxyTarget } from "./proxy-options.ts"
import { upstreamProvider } from "./proxy-upstream.ts"

/** Finds out what a target is, and makes the provider of it. Nothing is connected yet. */
export async function loadProxy(name: string, target: ProxyTarget, options: ProxyOptions): Promise<Provider> {
  if (isConnection(target)) return upstreamProvider(name, { kind: "open", connection: target }, options)
  const places = await toPlaces(target)
  const providers = places.map(({ name: own, place, entry }) => {
    const mount = mountOf(own, places.length > 1, entry)
    const provider = upstreamProvider(own ?? name, place, options)
    return Object.keys(mount).length === 0 ? provider : mounted(provider, mount)
  })
  const [only] = providers
  return providers.length === 1 && only !== undefined ? only : joined(name, providers)
}

/** How a server of a configuration is called here: behind its name, where there are several. */
function mountOf(name: string | undefined, isOfSeveral: boolean, entry: object | undefined): MountOptions {
  if (name === undefined || entry === undefined) return {}
  assertOptions(`The server \`${name}\``, entry, entryOptions)
  const { prefix, names, includeTags, excludeTags } = entry as MountOptions
  const own = prefix ?? (isOfSeveral ? name : undefined)
  if (own !== undefined) assertPrefix(own, "_")
  return {
    ...(own !== undefined && { prefix: own }),
    ...(names !== undefined && { names }),
    ...(includeTags !== undefined && { includeTags }),
    ...(excludeTags !== undefined && { excludeTags }),
  }
}

/** Hosts write other things beside them, which mean nothing here. */
const entryOptions: KnownOptions = {
  isOpen: true,
  kinds: { prefix: "string", names: "object", includeTags: "strings", excludeTags: "strings" },
}

/** Several providers as one. */
function joined(name: string, providers: readonly Provider[]): Provider {
  const catalog = new Catalog(() => undefined)
  catalog.addProviders(providers)
  return {
    name,
    list: (kind, scope) => Promise.resolve(catalog.survey(kind, scope).all),
    find: (kind, id, scope) => catalog.find(kind, id, scope),
    onChange: (listener) => catalog.onChange(listener),
    onEvent: (listener) => catalog.onEvent(listener),
    namesFor: (kind, id) => providers.flatMap((provider) => provider.namesFor?.(kind, id) ?? []),
    async lifespan() {
      const ends = await Promise.all(providers.map((provider) => provider.lifespan?.()))
      return async () => void (await Promise.all(ends.map((end) => end?.())))
    },
  }
}
