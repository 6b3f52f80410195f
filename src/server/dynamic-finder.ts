import type { ComponentKind } from "../components/component.ts"
import { principalKey } from "../protocol/principal.ts"
import { createLru, type Lru } from "../shared/lru.ts"
import type { Provider, Resolved } from "./provider.ts"
import { pickVersion, type Query, seen } from "./snapshot.ts"

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
    { kind, id, scope }: Query<K>,
    dynamic: readonly Provider[],
  ): Promise<Resolved<K> | undefined> {
    const key = JSON.stringify([
      kind,
      id,
      principalKey(scope.principal),
      scope.principal?.scopes,
      scope.trusted,
      scope.version,
      scope.hidden,
    ])
    if (this.#misses.get(key) === true) return undefined
    const revision = this.#revision
    let isHidden = false
    for (const provider of dynamic) {
      const entry = provider.find === undefined ? undefined : await provider.find(kind, id, scope)
      const found = await seen(entry ?? (await listed(provider, { kind, id, scope })), scope)
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

/** A provider that has no `find` has nothing but its list. */
async function listed<K extends ComponentKind>(
  provider: Provider,
  { kind, id, scope }: Query<K>,
): Promise<Resolved<K> | undefined> {
  if (provider.find !== undefined) return undefined
  const entries = await provider.list(kind, scope)
  return pickVersion(
    entries.filter(({ component }) => component.id === id),
    scope,
  )
}
