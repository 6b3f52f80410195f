import type { ComponentKind } from "../components/component.ts"
import { andThen, type MaybePromise } from "../shared/maybe-promise.ts"
import type { DynamicFinder } from "./dynamic-finder.ts"
import type { ChangeListener, EventListener, Provider, Resolved, Scope } from "./provider.ts"
import type { ServerLog } from "./server-log.ts"
import {
  listVisible,
  pickVersion,
  type Query,
  type Snapshot,
  seen,
  seenOf,
  takeSnapshot,
  type Walk,
  wholeScope,
} from "./snapshot.ts"
import { assertTransform, type InnerView, type Transform } from "./transform.ts"

/** A list before it is known what of it a caller may see. */
export interface Survey<K extends ComponentKind = ComponentKind> {
  readonly all: MaybePromise<readonly Resolved<K>[]>
  /** Whether it stays as it is until something changes. */
  readonly isKept: boolean
  /** Whether everybody sees all of it. */
  readonly isPlain: boolean
}

/**
 * Joins providers and transforms into the one answer to "what is there?" and "what is called this?". Both go
 * through the same transforms and the same check of visibility.
 */
export class Catalog {
  readonly #providers: Provider[] = []
  readonly #transforms: Transform[] = []
  readonly #unsubscribe: (() => void)[] = []
  readonly #listeners: Set<ChangeListener> = new Set()
  readonly #eventListeners: Set<EventListener> = new Set()
  readonly #offered: Set<ComponentKind> = new Set()
  readonly #snapshots: { [K in ComponentKind]: Snapshot<K> | undefined } = {
    tool: undefined,
    resource: undefined,
    template: undefined,
    prompt: undefined,
  }
  readonly #log: ServerLog
  #revision = 0
  /** Asks dynamic providers. Most servers have none. */
  #finder: DynamicFinder | undefined
  #loadingFinder: Promise<void> | undefined

  /**
   * @param onChange Hears which kinds changed.
   * @param log Where transforms say what they leave out. Default: nowhere.
   */
  constructor(onChange: ChangeListener, log: ServerLog = () => undefined) {
    this.#listeners.add(onChange)
    this.#log = log
  }

  /** Has one hear what else providers tell of, until what is returned is called. */
  onEvent(listener: EventListener): () => void {
    this.#eventListeners.add(listener)
    return () => void this.#eventListeners.delete(listener)
  }

  /** Has another one hear which kinds changed, until what is returned is called. */
  onChange(listener: ChangeListener): () => void {
    this.#listeners.add(listener)
    return () => void this.#listeners.delete(listener)
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
        const ends = [
          provider.onChange?.((kinds) => this.#changed(kinds)),
          provider.onEvent?.((event) => {
            for (const listener of this.#eventListeners) listener(event)
          }),
        ]
        for (const stop of ends) if (stop !== undefined) stops.push(stop)
      }
    } catch (error) {
      for (const stop of stops) stop()
      throw error
    }
    this.#providers.push(...providers)
    this.#unsubscribe.push(...stops)
    this.#changed(allKinds)
  }

  addTransform(added: Transform): void {
    assertTransform(added)
    const { name, attach } = added
    const transform =
      attach === undefined ? added : { name, ...attach.call(added, this.#within(this.#transforms.length)) }
    const stop = transform.onChange?.((kinds) => this.#changed(kinds))
    if (stop !== undefined) this.#unsubscribe.push(stop)
    this.#transforms.push(transform)
    this.#changed(allKinds)
  }

  /** What the first `depth` transforms make of what providers have. */
  #within(depth: number): InnerView {
    return {
      list: (kind, scope) =>
        andThen(this.#listAll(kind, scope, depth), (entries) => listVisible(entries, scope)),
      listVersions: (kind, scope) =>
        andThen(this.#listAll(kind, scope, depth), (entries) => seenOf(entries, scope)),
      find: (kind, id, scope) => this.#findWithin(kind, id, { scope, depth }),
      log: this.#log,
    }
  }

  close(): void {
    for (const stop of this.#unsubscribe.splice(0)) stop()
  }

  /** Finds what `scope` may use under this id: the highest version it can see, or the one it wants. */
  find<K extends ComponentKind>(kind: K, id: string, scope: Scope): MaybePromise<Resolved<K> | undefined> {
    const depth = this.#transforms.length
    const versions = depth === 0 ? this.#snapshot(kind).byId.get(id) : undefined
    return versions === undefined
      ? this.#findWithin(kind, id, { scope, depth })
      : pickVersion(versions, scope)
  }

  /** Asks for the next version as long as transforms or the visibility of what they make leave nothing of the one before. */
  #findWithin<K extends ComponentKind>(
    kind: K,
    id: string,
    { scope, depth }: { readonly scope: Scope; readonly depth: number },
  ): MaybePromise<Resolved<K> | undefined> {
    const walk: Walk = { tried: new Set(), hasMore: false }
    const attempt = (): MaybePromise<Resolved<K> | undefined> => {
      walk.hasMore = false
      return andThen(this.#findThrough({ kind, id, scope, walk }, depth), (entry) =>
        // A transform may have put another component in front, with a check of its own.
        andThen(seen(entry, scope), (found) => (found === undefined && walk.hasMore ? attempt() : found)),
      )
    }
    return attempt()
  }

  /** Finds what the first `depth` transforms make of it. */
  #findThrough<K extends ComponentKind>(
    query: Query<K>,
    depth: number,
  ): MaybePromise<Resolved<K> | undefined> {
    const transform = this.#transforms[depth - 1]
    // What is hidden from a session is hidden by what it is called outermost.
    if (transform === undefined) return this.#findBase({ ...query, scope: withoutHidden(query.scope) })
    const next = (id: string) => this.#findThrough({ ...query, id }, depth - 1)
    return transform.find === undefined
      ? next(query.id)
      : transform.find(query.kind, query.id, next, query.scope)
  }

  /** Asks providers anew what they have, which nobody need be told. */
  refresh(): void {
    this.#forget(allKinds)
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

  /** Lists what `scope` can see of a kind, every version of each name. */
  listVersions<K extends ComponentKind>(kind: K, scope: Scope): MaybePromise<readonly Resolved<K>[]> {
    return andThen(this.#listAll(kind, scope), (entries) => seenOf(entries, scope))
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

  /** Lists what the first `depth` transforms make of it, whoever may see it. */
  #listAll<K extends ComponentKind>(
    kind: K,
    scope: Scope,
    depth: number = this.#transforms.length,
  ): MaybePromise<readonly Resolved<K>[]> {
    const snapshot = this.#snapshot(kind)
    const base: MaybePromise<readonly Resolved<K>[]> =
      snapshot.awaited.length === 0 ? snapshot.entries : this.#listAwaited(snapshot, { kind, scope })
    return this.#transforms.slice(0, depth).reduce((listed, transform) => {
      if (transform.list === undefined) return listed
      return andThen(listed, (all) => transform.list?.(kind, all, scope) ?? all)
    }, base)
  }

  async #listAwaited<K extends ComponentKind>(
    { entries, byId, awaited }: Snapshot<K>,
    { kind, scope }: Pick<Query<K>, "kind" | "scope">,
  ): Promise<readonly Resolved<K>[]> {
    const lists = await Promise.all(awaited.map((provider) => provider.list(kind, scope)))
    // As with finds: what is known at once is not looked for elsewhere.
    return [...entries, ...lists.flat().filter(({ component }) => !byId.has(component.id))]
  }

  #findBase<K extends ComponentKind>(query: Query<K>): MaybePromise<Resolved<K> | undefined> {
    const { byId, dynamic } = this.#snapshot(query.kind)
    const versions = byId.get(query.id)
    if (versions !== undefined) return pickVersion(versions, query.scope, query.walk)
    return dynamic.length === 0 ? undefined : this.#findDynamic(query, dynamic)
  }

  #findDynamic<K extends ComponentKind>(
    query: Query<K>,
    dynamic: readonly Provider[],
  ): Promise<Resolved<K> | undefined> {
    if (this.#finder !== undefined) return this.#finder.find(query, dynamic)
    this.#loadingFinder ??= import("./dynamic-finder.ts").then(({ DynamicFinder }) => {
      this.#finder = new DynamicFinder()
    })
    // Anew: what is there may have changed meanwhile.
    return this.#loadingFinder.then(() => this.#findBase(query))
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

  #forget(kinds: readonly ComponentKind[]): void {
    this.#revision++
    this.#finder?.forget()
    for (const kind of kinds) this.#snapshots[kind] = undefined
  }

  #changed(kinds: readonly ComponentKind[]): void {
    this.#forget(kinds)
    for (const listener of this.#listeners) listener(kinds)
  }
}

const allKinds: readonly ComponentKind[] = ["tool", "resource", "template", "prompt"]

const resourceKinds: readonly ComponentKind[] = ["resource", "template"]

const completableKinds: readonly ("prompt" | "template")[] = ["prompt", "template"]

function withoutHidden(scope: Scope): Scope {
  return scope.hidden === undefined ? scope : { ...scope, hidden: undefined }
}
