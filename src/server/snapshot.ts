import type { ComponentKind } from "../components/component.ts"
import type { MaybePromise } from "../shared/maybe-promise.ts"
import { compareVersions } from "../shared/version-order.ts"
import type { Provider, Resolved, Scope } from "./provider.ts"
import { visible } from "./visibility.ts"

/** What is looked for, and for whom. */
export interface Query<K extends ComponentKind> {
  readonly kind: K
  readonly id: string
  readonly scope: Scope
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
  for (const versions of byId.values()) {
    if (versions.length > 1)
      versions.sort((a, b) => compareVersions(b.component.version, a.component.version))
  }
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

/** The highest version that `scope` may see, or the one it wants. */
export function pickVersion<K extends ComponentKind>(
  versions: readonly Resolved<K>[],
  scope: Scope,
): MaybePromise<Resolved<K> | undefined> {
  const { version } = scope
  if (version !== undefined)
    return seen(
      versions.find(({ component }) => component.version === version),
      scope,
    )
  return versions.length === 1 ? seen(versions[0], scope) : firstSeen(versions, scope)
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

/** The server's own view, for what is asked on nobody's behalf. */
export const wholeScope: Scope = { principal: undefined, trusted: true }
