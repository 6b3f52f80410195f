import { Catalog } from "../server/catalog.ts"
import type { ChangeEvent } from "../server/events.ts"
import type { Provider } from "../server/provider.ts"
import { prefixing } from "../shared/prefix.ts"
import { namespace } from "../transforms/namespace.ts"
import { onlyTagged } from "../transforms/only-tagged.ts"
import { rename } from "../transforms/rename.ts"
import type { MountOptions } from "./mount-options.ts"

/** A provider that knows under which prefix its components stand. */
export interface Mounted extends Provider {
  readonly prefix: string | undefined
}

/**
 * Offers what a provider has under other names: what is left out by its tags is left out first, then tools and prompts get
 * other names, then all a prefix.
 *
 * @throws {InvalidPrefix} FLEET-21
 * @throws {InvalidName} One of `names` is none.
 */
export function mounted(source: Provider, options: MountOptions): Mounted {
  const { prefix, separator = "_", includeTags, excludeTags, names } = options
  const catalog = new Catalog(() => undefined)
  catalog.addProviders([source])
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
  const lifespan = source.lifespan?.bind(source)
  return {
    name: prefix === undefined ? source.name : `${prefix} (${source.name})`,
    prefix,
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
    onEvent: (listener) => catalog.onEvent((event) => listener(outward(event, prefix, separator))),
    ...(lifespan === undefined ? undefined : { lifespan }),
  }
}

/** An event that names a resource names it as it is called here. */
function outward(event: ChangeEvent, prefix: string | undefined, separator: string): ChangeEvent {
  const uri = event.params?.uri
  if (prefix === undefined || typeof uri !== "string") return event
  return { ...event, params: { ...event.params, uri: prefixing(prefix, separator).uri(uri) } }
}
