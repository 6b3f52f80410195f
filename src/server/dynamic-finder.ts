import type { ComponentKind } from "../components/component.ts"
import { principalKey } from "../protocol/principal.ts"
import { createLru, type Lru } from "../shared/lru.ts"
import type { Provider, Resolved } from "./provider.ts"
import { highestFirst, pickVersion, type Query, seen, walkKey } from "./snapshot.ts"

/** Asks providers that may have more than their lists say at once. Loaded with the first question. */
export class DynamicFinder {
  /** What they did not have, until something changes. */
  readonly #misses: Lru<string, true> = createLru({ max: 1000 })
  #revision = 0

  /** Something has changed: what was not there may be now. */
  forget(): void {
    this.#revision++
    this.#misses.clear()
  }

  async find<K extends ComponentKind>(
    { kind, id, scope, walk }: Query<K>,
    dynamic: readonly Provider[],
  ): Promise<Resolved<K> | undefined> {
    const { principal, trusted, version, whole } = scope
    const key = JSON.stringify([
      kind,
      id,
      principalKey(principal),
      principal?.scopes,
      trusted,
      version,
      whole,
    ])
    if (this.#misses.get(key) === true) return undefined
    const revision = this.#revision
    let isHidden = walk.tried.size > 0
    for (const provider of dynamic) {
      const given = provider.find === undefined ? undefined : await provider.find(kind, id, scope)
      const isNew = given !== undefined && !walk.tried.has(walkKey(given))
      // What is found is one version; which others there are, the list says.
      const isListed = provider.find === undefined || (given !== undefined && !isNew)
      const entry = isListed ? await listed(provider, { kind, id, scope, walk }) : given
      if (entry !== undefined) walk.tried.add(walkKey(entry))
      if (entry !== undefined && isNew && entry.component.version !== undefined) walk.hasMore = true
      const found = await seen(entry, scope)
      if (found !== undefined) return found
      isHidden ||= entry !== undefined
    }
    // What is there but not for this caller may be for it a moment later, with more scopes.
    if (isHidden) return undefined
    // A provider that cannot say when it changes may have the answer a moment later.
    const isKept = dynamic.every(({ onChange }) => onChange !== undefined)
    if (isKept && revision === this.#revision) this.#misses.set(key, true)
    return undefined
  }
}

/** The highest version in a provider's list that was not tried. */
async function listed<K extends ComponentKind>(
  provider: Provider,
  { kind, id, scope, walk }: Query<K>,
): Promise<Resolved<K> | undefined> {
  const entries = await provider.list(kind, scope)
  const versions = entries.filter(({ component }) => component.id === id)
  return pickVersion(highestFirst(versions), scope, walk)
}
