import type { ComponentKind } from "../components/component.ts"
import { andThen, type MaybePromise } from "../shared/maybe-promise.ts"
import { compareVersions } from "../shared/version-order.ts"
import type { Provider, Resolved, Scope } from "./provider.ts"
import { visible } from "./visibility.ts"

/** What is looked for, and for whom. */
export interface Query<K extends ComponentKind> {
  readonly kind: K
  readonly id: string
  readonly scope: Scope
  readonly walk: Walk
}

/** All of one kind that is known without waiting, and whom to ask for the rest. */
export interface Snapshot<K extends ComponentKind> {
  /** In the order of registration, one entry per name and version, the versions of a name together. */
  readonly entries: readonly Resolved<K>[]
  /** By id, highest version first. */
  readonly byId: ReadonlyMap<string, readonly Resolved<K>[]>
  /** Whether any entry has an auth check. */
  readonly hasAuth: boolean
  /** Providers whose list must be waited for, or that find more than they list. */
  readonly dynamic: readonly Provider[]
  /** Those of them whose list must be waited for. */
  readonly awaited: readonly Provider[]
}

/** Asks every provider once for what it knows of a kind. */
export function takeSnapshot<K extends ComponentKind>(kind: K, providers: readonly Provider[]): Snapshot<K> {
  const known: Resolved<K>[] = []
  const awaited: Provider[] = []
  for (const provider of providers) {
    const list = provider.list(kind, wholeScope)
    if (list instanceof Promise) {
      // What must be waited for may differ by caller: it is asked for again for each.
      list.catch(() => undefined)
      awaited.push(provider)
    } else known.push(...list)
  }
  const dynamic = providers.filter((provider) => provider.find !== undefined || awaited.includes(provider))
  return { ...indexed(known), dynamic, awaited }
}

/** The first provider wins among equals, as the first registered does. */
function indexed<K extends ComponentKind>(
  all: readonly Resolved<K>[],
): Pick<Snapshot<K>, "entries" | "byId" | "hasAuth"> {
  const byId = new Map<string, Resolved<K>[]>()
  for (const entry of all) {
    const { id, version } = entry.component
    const versions = byId.get(id)
    if (versions === undefined) byId.set(id, [entry])
    else if (!versions.some(({ component }) => component.version === version)) versions.push(entry)
  }
  for (const [id, versions] of byId) if (versions.length > 1) byId.set(id, highestFirst(versions))
  // The versions of a name stand together, so that a search in order meets the highest first.
  const entries = [...byId.values()].flat()
  return { entries, byId, hasAuth: entries.some(({ component }) => component.auth !== undefined) }
}

/** Gives an entry to those who may see it, and nothing to others. */
export function seen<K extends ComponentKind>(
  entry: Resolved<K> | undefined,
  scope: Scope,
): MaybePromise<Resolved<K> | undefined> {
  if (entry === undefined || (entry.component.auth === undefined && scope.hidden === undefined)) return entry
  const verdict = visible(entry.component, scope)
  if (verdict instanceof Promise) return verdict.then((isSeen) => (isSeen ? entry : undefined))
  return verdict ? entry : undefined
}

/** Sorts the versions of a name; of equal ones the first stays the first. */
export function highestFirst<K extends ComponentKind>(versions: readonly Resolved<K>[]): Resolved<K>[] {
  return [...versions].sort((a, b) => compareVersions(b.component.version, a.component.version))
}

/** How far a find has come that goes from version to version. */
export interface Walk {
  /** What was given already, by {@link walkKey}. */
  readonly tried: Set<string>
  /** Whether there may be another version of what was given last. */
  hasMore: boolean
}

export function walkKey({ component: { id, version } }: Resolved): string {
  return JSON.stringify([id, version])
}

/** The highest version that `scope` may see and that was not tried, or the one it wants. */
export function pickVersion<K extends ComponentKind>(
  versions: readonly Resolved<K>[],
  scope: Scope,
  walk?: Walk,
): MaybePromise<Resolved<K> | undefined> {
  const fitting = scope.version === undefined ? versions : equalTo(versions, scope.version)
  const left = walk === undefined ? fitting : fitting.filter((entry) => !walk.tried.has(walkKey(entry)))
  const picked = left.length <= 1 ? seen(left[0], scope) : firstSeen(left, scope)
  return walk === undefined ? picked : andThen(picked, (entry) => noted(entry, left, walk))
}

/** Whoever wants `1.0` may have `v1`, where none is written as he writes it. */
function equalTo<K extends ComponentKind>(
  versions: readonly Resolved<K>[],
  wanted: string,
): readonly Resolved<K>[] {
  const exact = versions.filter(({ component }) => component.version === wanted)
  if (exact.length > 0) return exact
  return versions.filter(
    ({ component: { version } }) => version !== undefined && compareVersions(version, wanted) === 0,
  )
}

function noted<K extends ComponentKind>(
  entry: Resolved<K> | undefined,
  left: readonly Resolved<K>[],
  walk: Walk,
): Resolved<K> | undefined {
  if (entry === undefined) return undefined
  walk.tried.add(walkKey(entry))
  walk.hasMore ||= left.at(-1) !== entry
  return entry
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

/** What of a list `scope` can see: the highest version of each name. */
export function listVisible<K extends ComponentKind>(
  entries: readonly Resolved<K>[],
  scope: Scope,
): MaybePromise<readonly Resolved<K>[]> {
  return andThen(seenOf(entries, scope), highest)
}

/** What of a list `scope` can see, every version of each name. */
export function seenOf<K extends ComponentKind>(
  entries: readonly Resolved<K>[],
  scope: Scope,
): MaybePromise<readonly Resolved<K>[]> {
  const verdicts = entries.map(({ component }) => visible(component, scope))
  if (!verdicts.some((verdict) => verdict instanceof Promise))
    return entries.filter((_, index) => verdicts[index] === true)
  return Promise.all(verdicts).then((settled) => entries.filter((_, index) => settled[index] === true))
}

/** Keeps the highest version of each id, in the place where the id first stood. */
function highest<K extends ComponentKind>(entries: readonly Resolved<K>[]): readonly Resolved<K>[] {
  const byId = new Map<string, Resolved<K>[]>()
  for (const entry of entries) {
    const versions = byId.get(entry.component.id)
    if (versions === undefined) byId.set(entry.component.id, [entry])
    else versions.push(entry)
  }
  if (byId.size === entries.length) return entries
  // Each list has one at least.
  return [...byId.values()].map((versions) => withVersions(highestFirst(versions))) as Resolved<K>[]
}

/** Shows with the highest version which others there are. */
function withVersions<K extends ComponentKind>(entries: readonly Resolved<K>[]): Resolved<K> | undefined {
  const [first] = entries
  const versions = [...new Set(entries.map(({ component }) => component.version))]
  if (first === undefined || versions.length === 1) return first
  const key = JSON.stringify(versions)
  const kept = shown.get(first)
  // Made of that very entry, so of its kind.
  if (kept?.key === key) return kept.entry as unknown as Resolved<K>
  const { component } = first
  const named = versions.filter((version) => version !== undefined)
  const _meta = { ...component.definition._meta, "fleetmcp/versions": named }
  const definition = Object.freeze({ ...component.definition, _meta })
  const entry = { ...first, component: Object.freeze({ ...component, definition }) }
  shown.set(first, { key, entry: entry as unknown as Resolved })
  return entry as unknown as Resolved<K>
}

/** What was made of the entries of lists, by which versions it names. */
const shown: WeakMap<object, { readonly key: string; readonly entry: Resolved }> =
  /* @__PURE__ */ new WeakMap()

/** The server's own view, for what is asked on nobody's behalf. */
export const wholeScope: Scope = { principal: undefined, trusted: true }
