import type { ComponentKind } from "../components/component.ts"
import { compareVersions } from "../shared/version-order.ts"
import type { Provider, Resolved, Scope } from "./provider.ts"
import type { FindNext, Transform } from "./transform.ts"
import { visibilitySignature, visible } from "./visibility.ts"

/** All that static providers offer of one kind, at one revision. */
interface Snapshot<K extends ComponentKind> {
  /** In the order of registration, one entry per name and version. */
  readonly entries: readonly Resolved<K>[]
  /** By id, highest version first. */
  readonly byId: ReadonlyMap<string, readonly Resolved<K>[]>
  /** Whether any entry has an auth check. */
  readonly hasAuth: boolean
}

/** A template that fits a URI. */
export interface TemplateMatch {
  readonly resolved: Resolved<"template">
  readonly variables: unknown
}

type Snapshots = { [K in ComponentKind]?: Snapshot<K> }

/**
 * Joins providers and transforms into the one answer to "what is there?" and "what is called this?". Both go
 * through the same transforms and the same check of visibility.
 */
export class Catalog {
  readonly #providers: Provider[] = []
  readonly #transforms: Transform[] = []
  readonly #unsubscribe: Map<Provider, () => void> = new Map()
  readonly #onChange: (kinds: readonly ComponentKind[]) => void
  readonly #offered: Set<ComponentKind> = new Set()
  #snapshots: Snapshots = {}
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
  get isStable(): boolean {
    return this.#transforms.every(({ scoped, list }) => list === undefined || scoped !== true)
  }

  /** Whether there are, or were, components of a kind, so that a client which listed them is not told otherwise. */
  offers(kind: ComponentKind): boolean {
    if (kind === "template") return this.offers("resource")
    if (this.#offered.has(kind)) return true
    const kinds: readonly ComponentKind[] = kind === "resource" ? ["resource", "template"] : [kind]
    const isOffered = kinds.some((each) => this.#hasAny(each))
    if (isOffered) this.#offered.add(kind)
    return isOffered
  }

  /** Whether any component completes its arguments. */
  get completes(): boolean {
    return completableKinds.some((kind) => {
      const snapshot = this.#snapshot(kind, trusted)
      // What must be waited for may complete; saying so costs a client nothing.
      return snapshot instanceof Promise || snapshot.entries.some(({ component }) => component.completes)
    })
  }

  #hasAny(kind: ComponentKind): boolean {
    const snapshot = this.#snapshot(kind, trusted)
    if (!(snapshot instanceof Promise))
      return snapshot.entries.length > 0 || this.#providers.some(({ find }) => find !== undefined)
    snapshot.catch(() => undefined)
    return true
  }

  addProvider(provider: Provider): void {
    this.#providers.push(provider)
    const stop = provider.onChange?.((kinds) => this.#changed(kinds))
    if (stop !== undefined) this.#unsubscribe.set(provider, stop)
    this.#changed(allKinds)
  }

  addTransform(transform: Transform): void {
    this.#transforms.push(transform)
    this.#changed(allKinds)
  }

  close(): void {
    for (const stop of this.#unsubscribe.values()) stop()
    this.#unsubscribe.clear()
  }

  /**
   * Finds what `scope` may use under this id: the highest version it can see, unless `version` names one.
   */
  find<K extends ComponentKind>(
    kind: K,
    id: string,
    scope: Scope,
    version?: string,
  ): Resolved<K> | undefined | Promise<Resolved<K> | undefined> {
    if (this.#transforms.length === 0) return this.#findBase(kind, id, scope, version)
    let next: FindNext<K> = (inner) => this.#findBase(kind, inner, scope, version)
    for (const transform of this.#transforms) {
      const further = next
      if (transform.find === undefined) continue
      next = (inner) => transform.find?.(kind, inner, further, scope)
    }
    const found = next(id)
    // A transform may have put another component in front, with a check of its own.
    if (found instanceof Promise) return found.then((entry) => seen(entry, scope))
    return seen(found, scope)
  }

  /** Finds the first template that a URI fits, with what its variables are. */
  async matchTemplate(uri: string, scope: Scope): Promise<TemplateMatch | undefined> {
    const entries = await this.#listAll("template", scope)
    for (const resolved of entries) {
      const variables = resolved.component.accept(uri)
      const accepted = variables instanceof Promise ? await variables : variables
      if (accepted === undefined) continue
      const isSeen = await seen(resolved, scope)
      if (isSeen !== undefined) return { resolved, variables: accepted }
    }
    return undefined
  }

  /** Lists what `scope` can see of a kind, the highest version of each name. */
  list<K extends ComponentKind>(
    kind: K,
    scope: Scope,
  ): readonly Resolved<K>[] | Promise<readonly Resolved<K>[]> {
    const entries = this.#listAll(kind, scope)
    if (entries instanceof Promise) return entries.then((all) => listVisible(all, scope))
    return listVisible(entries, scope)
  }

  /** Names the part of a list of `kind` that depends on `scope`; `undefined` when the list cannot be kept. */
  signature(kind: ComponentKind, scope: Scope): string | undefined {
    const snapshot = this.#snapshots[kind]
    if (snapshot === undefined || !this.isStable) return undefined
    if (!snapshot.hasAuth) return ""
    return visibilitySignature(
      snapshot.entries.map(({ component }) => component),
      scope,
    )
  }

  #listAll<K extends ComponentKind>(
    kind: K,
    scope: Scope,
  ): readonly Resolved<K>[] | Promise<readonly Resolved<K>[]> {
    const snapshot = this.#snapshot(kind, scope)
    const base = snapshot instanceof Promise ? snapshot.then(({ entries }) => entries) : snapshot.entries
    return this.#transforms.reduce<typeof base>((entries, transform) => {
      if (transform.list === undefined) return entries
      if (entries instanceof Promise) return entries.then((all) => transform.list?.(kind, all, scope) ?? all)
      return transform.list(kind, entries, scope)
    }, base)
  }

  #findBase<K extends ComponentKind>(
    kind: K,
    id: string,
    scope: Scope,
    version: string | undefined,
  ): Resolved<K> | undefined | Promise<Resolved<K> | undefined> {
    const snapshot = this.#snapshot(kind, scope)
    if (snapshot instanceof Promise)
      return snapshot.then((ready) => this.#findIn(ready, kind, id, scope, version))
    return this.#findIn(snapshot, kind, id, scope, version)
  }

  #findIn<K extends ComponentKind>(
    snapshot: Snapshot<K>,
    kind: K,
    id: string,
    scope: Scope,
    version: string | undefined,
  ): Resolved<K> | undefined | Promise<Resolved<K> | undefined> {
    const versions = snapshot.byId.get(id)
    if (versions === undefined) return this.#findDynamic(kind, id, scope)
    const [first] = versions
    if (versions.length === 1 && version === undefined) return seen(first, scope)
    const wanted =
      version === undefined ? versions : versions.filter(({ component }) => component.version === version)
    return firstSeen(wanted, scope)
  }

  async #findDynamicIn<K extends ComponentKind>(
    providers: readonly Provider[],
    kind: K,
    id: string,
    scope: Scope,
  ): Promise<Resolved<K> | undefined> {
    for (const provider of providers) {
      const found = await seen(await provider.find?.(kind, id, scope), scope)
      if (found !== undefined) return found
    }
    return undefined
  }

  #findDynamic<K extends ComponentKind>(
    kind: K,
    id: string,
    scope: Scope,
  ): Resolved<K> | undefined | Promise<Resolved<K> | undefined> {
    const dynamic = this.#providers.filter(({ find }) => find !== undefined)
    return dynamic.length === 0 ? undefined : this.#findDynamicIn(dynamic, kind, id, scope)
  }

  #snapshot<K extends ComponentKind>(kind: K, scope: Scope): Snapshot<K> | Promise<Snapshot<K>> {
    // Indexed by its own kind, which the mapped type cannot follow through a generic.
    const kept = this.#snapshots[kind] as Snapshot<K> | undefined
    if (kept !== undefined) return kept
    const revision = this.#revision
    const parts = this.#providers.map((provider) => provider.list(kind, scope))
    if (parts.some((part) => part instanceof Promise)) {
      // Lists that must be waited for may differ by caller: they are the provider's to cache.
      return Promise.all(parts).then((lists) => toSnapshot(lists.flat()))
    }
    const snapshot = toSnapshot((parts as (readonly Resolved<K>[])[]).flat())
    if (revision === this.#revision) (this.#snapshots as { [kind: string]: unknown })[kind] = snapshot
    return snapshot
  }

  #changed(kinds: readonly ComponentKind[]): void {
    this.#revision++
    for (const kind of kinds) delete this.#snapshots[kind]
    this.#onChange(kinds)
  }
}

const trusted: Scope = { principal: undefined, trusted: true }

const completableKinds = ["prompt", "template"] as const

const allKinds: readonly ComponentKind[] = ["tool", "resource", "template", "prompt"]

/** The first provider wins among equals, as the first registered does. */
function toSnapshot<K extends ComponentKind>(all: readonly Resolved<K>[]): Snapshot<K> {
  const byId = new Map<string, Resolved<K>[]>()
  const entries: Resolved<K>[] = []
  for (const entry of all) {
    const { id, version } = entry.component
    const versions = byId.get(id)
    if (versions?.some(({ component }) => component.version === version)) continue
    entries.push(entry)
    if (versions === undefined) byId.set(id, [entry])
    else versions.push(entry)
  }
  for (const versions of byId.values()) {
    if (versions.length > 1)
      versions.sort((a, b) => compareVersions(b.component.version, a.component.version))
  }
  return { entries, byId, hasAuth: entries.some(({ component }) => component.auth !== undefined) }
}

function seen<K extends ComponentKind>(
  entry: Resolved<K> | undefined,
  scope: Scope,
): Resolved<K> | undefined | Promise<Resolved<K> | undefined> {
  if (entry === undefined || entry.component.auth === undefined) return entry
  const verdict = visible(entry.component, scope)
  if (verdict instanceof Promise) return verdict.then((isSeen) => (isSeen ? entry : undefined))
  return verdict ? entry : undefined
}

async function firstSeen<K extends ComponentKind>(
  entries: readonly Resolved<K>[],
  scope: Scope,
): Promise<Resolved<K> | undefined> {
  for (const entry of entries) {
    if (await visible(entry.component, scope)) return entry
  }
  return undefined
}

function listVisible<K extends ComponentKind>(
  entries: readonly Resolved<K>[],
  scope: Scope,
): readonly Resolved<K>[] | Promise<readonly Resolved<K>[]> {
  const verdicts = entries.map(({ component }) => visible(component, scope))
  if (!verdicts.some((verdict) => verdict instanceof Promise)) {
    return highest(entries.filter((_, index) => verdicts[index] === true))
  }
  return Promise.all(verdicts).then((settled) =>
    highest(entries.filter((_, index) => settled[index] === true)),
  )
}

/** Keeps the highest version of each id, in the place where the id first stood. */
function highest<K extends ComponentKind>(entries: readonly Resolved<K>[]): readonly Resolved<K>[] {
  const best = new Map<string, Resolved<K>>()
  for (const entry of entries) {
    const rival = best.get(entry.component.id)
    if (rival === undefined || compareVersions(entry.component.version, rival.component.version) > 0) {
      best.set(entry.component.id, entry)
    }
  }
  return best.size === entries.length ? entries : [...best.values()]
}
