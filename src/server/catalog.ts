import type { ComponentKind } from "../components/component.ts"
import { principalKey } from "../protocol/principal.ts"
import { createLru, type Lru } from "../shared/lru.ts"
import { andThen, type MaybePromise } from "../shared/maybe-promise.ts"
import type { Provider, Resolved, Scope } from "./provider.ts"
import { listVisible, pickVersion, type Snapshot, seen, takeSnapshot, wholeScope } from "./snapshot.ts"
import { assertTransform, type FindNext, type Transform } from "./transform.ts"

/** A list before it is known what of it a caller may see. */
export interface Survey<K extends ComponentKind = ComponentKind> {
  readonly all: MaybePromise<readonly Resolved<K>[]>
  /** Whether it stays as it is until something changes. */
  readonly isKept: boolean
  /** Whether everybody sees all of it. */
  readonly isPlain: boolean
}

/** What is looked for, and for whom. */
interface Query<K extends ComponentKind> {
  readonly kind: K
  readonly id: string
  readonly scope: Scope
}

/**
 * Joins providers and transforms into the one answer to "what is there?" and "what is called this?". Both go
 * through the same transforms and the same check of visibility.
 */
export class Catalog {
  readonly #providers: Provider[] = []
  readonly #transforms: Transform[] = []
  readonly #unsubscribe: (() => void)[] = []
  readonly #onChange: (kinds: readonly ComponentKind[]) => void
  readonly #offered: Set<ComponentKind> = new Set()
  /** What dynamic providers did not have, until something changes. */
  readonly #misses: Lru<string, true> = createLru({ max: 1000 })
  readonly #snapshots: { [K in ComponentKind]: Snapshot<K> | undefined } = {
    tool: undefined,
    resource: undefined,
    template: undefined,
    prompt: undefined,
  }
  #revision = 0

  /** @param onChange Hears which kinds changed. */
  constructor(onChange: (kinds: readonly ComponentKind[]) => void) {
    this.#onChange = onChange
  }

  /** Grows with every change; what was computed at another revision is stale. */
  get revision(): number {
    return this.#revision
  }

  get providers(): readonly Provider[] {
    return this.#providers
  }

  /** Whether lists depend on nothing but the revision and the visibility of their entries. */
  get #isStable(): boolean {
    return this.#transforms.every(({ scoped, list }) => list === undefined || scoped !== true)
  }

  /** Whether there are, or were, components of a kind: a client that listed them is not told otherwise. */
  offers(kind: ComponentKind): boolean {
    if (this.#offered.has(kind)) return true
    // Templates are resources to a client, and resources may come from templates.
    const kinds = kind === "resource" || kind === "template" ? resourceKinds : [kind]
    if (!kinds.some((each) => this.#hasAny(each))) return false
    this.#offered.add(kind)
    return true
  }

  /** Whether any component completes its arguments. What must be waited for may, so it counts. */
  get completes(): boolean {
    return completableKinds.some((kind) => {
      const { entries, dynamic } = this.#snapshot(kind)
      return dynamic.length > 0 || entries.some(({ component }) => component.completes)
    })
  }

  /** Adds all providers, or none where one of them cannot be listened to. */
  addProviders(providers: readonly Provider[]): void {
    const stops: (() => void)[] = []
    try {
      for (const provider of providers) {
        const stop = provider.onChange?.((kinds) => this.#changed(kinds))
        if (stop !== undefined) stops.push(stop)
      }
    } catch (error) {
      for (const stop of stops) stop()
      throw error
    }
    this.#providers.push(...providers)
    this.#unsubscribe.push(...stops)
    this.#changed(allKinds)
  }

  addTransform(transform: Transform): void {
    assertTransform(transform)
    this.#transforms.push(transform)
    this.#changed(allKinds)
  }

  close(): void {
    for (const stop of this.#unsubscribe.splice(0)) stop()
  }

  /** Finds what `scope` may use under this id: the highest version it can see, or the one it wants. */
  find<K extends ComponentKind>(kind: K, id: string, scope: Scope): MaybePromise<Resolved<K> | undefined> {
    if (this.#transforms.length === 0) return this.#findBase({ kind, id, scope })
    let next: FindNext<K> = (inner) => this.#findBase({ kind, id: inner, scope })
    for (const transform of this.#transforms) {
      const further = next
      if (transform.find !== undefined) next = (inner) => transform.find?.(kind, inner, further, scope)
    }
    // A transform may have put another component in front, with a check of its own.
    return andThen(next(id), (entry) => seen(entry, scope))
  }

  /** Gives the components of all kinds, every version of them, whoever may see them. */
  async everything(): Promise<readonly Resolved["component"][]> {
    const lists = await Promise.all(
      allKinds.map((kind) => this.#listAll(kind, { ...wholeScope, whole: true })),
    )
    return lists.flat().map(({ component }) => component)
  }

  /** Lists what `scope` can see of a kind, the highest version of each name. */
  list<K extends ComponentKind>(kind: K, scope: Scope): MaybePromise<readonly Resolved<K>[]> {
    return andThen(this.#listAll(kind, scope), (entries) => listVisible(entries, scope))
  }

  /** Lists like {@link list}, and says what its caller may keep of the list. */
  survey<K extends ComponentKind>(kind: K, scope: Scope): Survey<K> {
    const { hasAuth, awaited } = this.#snapshot(kind)
    return {
      all: this.#listAll(kind, scope),
      isKept: awaited.length === 0 && this.#isStable,
      isPlain: !hasAuth && this.#transforms.length === 0 && scope.hidden === undefined,
    }
  }

  #listAll<K extends ComponentKind>(kind: K, scope: Scope): MaybePromise<readonly Resolved<K>[]> {
    const { entries, awaited } = this.#snapshot(kind)
    const base: MaybePromise<readonly Resolved<K>[]> =
      awaited.length === 0 ? entries : this.#listAwaited(entries, awaited, { kind, scope })
    return this.#transforms.reduce((listed, transform) => {
      if (transform.list === undefined) return listed
      return andThen(listed, (all) => transform.list?.(kind, all, scope) ?? all)
    }, base)
  }

  async #listAwaited<K extends ComponentKind>(
    entries: readonly Resolved<K>[],
    awaited: readonly Provider[],
    { kind, scope }: Pick<Query<K>, "kind" | "scope">,
  ): Promise<readonly Resolved<K>[]> {
    const lists = await Promise.all(awaited.map((provider) => provider.list(kind, scope)))
    return [...entries, ...lists.flat()]
  }

  #findBase<K extends ComponentKind>(query: Query<K>): MaybePromise<Resolved<K> | undefined> {
    const { byId, dynamic } = this.#snapshot(query.kind)
    const versions = byId.get(query.id)
    if (versions !== undefined) return pickVersion(versions, query.scope)
    return dynamic.length === 0 ? undefined : this.#findDynamic(query, dynamic)
  }

  async #findDynamic<K extends ComponentKind>(
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
      scope.whole,
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

  #snapshot<K extends ComponentKind>(kind: K): Snapshot<K> {
    // Indexed by its own kind, which the mapped type cannot follow through a generic.
    const kept = this.#snapshots[kind] as Snapshot<K> | undefined
    if (kept !== undefined) return kept
    const snapshot = takeSnapshot(kind, this.#providers)
    const snapshots: { [kind: string]: unknown } = this.#snapshots
    snapshots[kind] = snapshot
    return snapshot
  }

  #hasAny(kind: ComponentKind): boolean {
    const { entries, dynamic } = this.#snapshot(kind)
    return entries.length > 0 || dynamic.length > 0
  }

  #changed(kinds: readonly ComponentKind[]): void {
    this.#revision++
    this.#misses.clear()
    for (const kind of kinds) this.#snapshots[kind] = undefined
    this.#onChange(kinds)
  }
}

const allKinds: readonly ComponentKind[] = ["tool", "resource", "template", "prompt"]

const resourceKinds: readonly ComponentKind[] = ["resource", "template"]

const completableKinds: readonly ("prompt" | "template")[] = ["prompt", "template"]

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
