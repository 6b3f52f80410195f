import { Catalog } from "../server/catalog.ts"
import type { ChangeEvent } from "../server/events.ts"
import type { Provider } from "../server/provider.ts"
import type { ServerLog } from "../server/server-log.ts"
import { type Prefixing, prefixing } from "../shared/prefix.ts"
import { namespace } from "../transforms/namespace.ts"
import { onlyTagged } from "../transforms/only-tagged.ts"
import { rename } from "../transforms/rename.ts"
import type { MountOptions } from "./mount-options.ts"

/**
 * Offers what a provider has under other names: what is left out by its tags is left out first, then tools and prompts get
 * other names, then all a prefix.
 *
 * @throws {InvalidPrefix} FLEET-21
 * @throws {InvalidName} One of `names` is none.
 */
export function mounted(source: Provider, options: MountOptions, log?: ServerLog): Provider {
  const { prefix, separator = "_", includeTags, excludeTags, names, transforms = [] } = options
  const catalog = new Catalog(() => undefined, log)
  catalog.addProviders([source])
  for (const transform of transforms) catalog.addTransform(transform)
  if (includeTags !== undefined || excludeTags !== undefined) {
    catalog.addTransform(
      onlyTagged({
        ...(includeTags === undefined ? undefined : { include: includeTags }),
        ...(excludeTags === undefined ? undefined : { exclude: excludeTags }),
      }),
    )
  }
  if (names !== undefined) catalog.addTransform(rename(names))
  if (prefix !== undefined) catalog.addTransform(namespace(prefix, { separator }))
  const naming = prefixing(prefix ?? "", prefix === undefined ? "" : separator)
  const lifespan = source.lifespan?.bind(source)
  return {
    name: prefix === undefined ? source.name : `${prefix} (${source.name})`,
    list(kind, scope) {
      const { all, isKept } = catalog.survey(kind, scope)
      return isKept ? all : Promise.resolve(all)
    },
    find: (kind, id, scope) => catalog.find(kind, id, scope),
    onChange(listener) {
      const stop = catalog.onChange(listener)
      return () => {
        stop()
        // It is of one server, which has no more use for it.
        catalog.close()
      }
    },
    onEvent: (listener) =>
      catalog.onEvent((event) => listener(prefix === undefined ? event : outward(event, naming))),
    namesFor(kind, id) {
      const inner = [id, ...(source.namesFor?.(kind, id) ?? [])]
      // The names of resources are URIs; their own names are not looked for.
      const outer = (name: string) =>
        kind === "tool" || kind === "prompt" ? naming.name(name) : naming.uri(name)
      return prefix === undefined ? inner.slice(1) : inner.map((name) => outer(names?.[name] ?? name))
    },
    ...(lifespan === undefined ? undefined : { lifespan }),
  }
}

/** An event that names a resource names it as it is called here. */
function outward(event: ChangeEvent, naming: Prefixing): ChangeEvent {
  const uri = event.params?.uri
  if (typeof uri !== "string") return event
  return { ...event, params: { ...event.params, uri: naming.uri(uri) } }
}
