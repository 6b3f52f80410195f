import type { ComponentKind } from "../components/component.ts"
import type { Resolved, Scope } from "../server/provider.ts"
import { defineTransform, type InnerView, type Transform } from "../server/transform.ts"
import { andThen, type MaybePromise } from "../shared/maybe-promise.ts"
import { createListed, createWrapped } from "./wrapped.ts"

/** What is called otherwise. */
export interface Renaming {
  /** Names the transform. */
  readonly name: string
  readonly kinds: readonly ComponentKind[]
  /** The name that each of these has now, which may be the same. */
  readonly names: ReadonlyMap<string, string>
  /** Makes the entry under its name; nothing where it cannot be made. */
  readonly change: (entry: Resolved, name: string, inner: InnerView) => Resolved | undefined
}

/**
 * Makes a transform that gives components other names. What is called by the new name of another already is not found any
 * more, as long as that other is there: whoever renames knows which one he means.
 */
export function createRenaming({ name, kinds, names: outer, change }: Renaming): Transform {
  const inner = new Map([...outer].map(([from, to]) => [to, from]))

  return defineTransform({
    name,
    attach(view) {
      const broken = new WeakSet<object>()
      const wrapped = createWrapped((entry) => {
        const to = outer.get(entry.component.id)
        const made = to === undefined ? entry : change(entry, to, view)
        if (made === undefined) broken.add(entry)
        return made ?? entry
      })
      const isMade = (entry: Resolved) => {
        wrapped(entry)
        return !broken.has(entry)
      }
      /** The old name of what has this name now, where it is another. */
      const takerOf = (id: string) => (outer.has(id) ? undefined : inner.get(id))
      const isThere = (kind: ComponentKind, id: string): MaybePromise<boolean> =>
        andThen(view.find(kind, id, whole), (entry) => entry !== undefined)
      const made = (entries: readonly Resolved[], taken: readonly string[]) =>
        entries
          .filter((entry) => !taken.includes(entry.component.id) && isMade(entry))
          .map((entry) => wrapped(entry))
      const plain = createListed((entries) => made(entries, []))
      return {
        list(kind, entries) {
          if (!kinds.includes(kind)) return entries
          const rivals = [...inner.keys()].filter(
            (id) => takerOf(id) !== undefined && entries.some(({ component }) => component.id === id),
          )
          if (rivals.length === 0) return plain(entries)
          const verdicts = rivals.map((id) => isThere(kind, takerOf(id) ?? id))
          const finish = (are: readonly boolean[]) =>
            // Made of entries of that kind.
            made(
              entries as unknown as readonly Resolved[],
              rivals.filter((_, at) => are[at]),
            ) as unknown as typeof entries
          return verdicts.some((verdict) => verdict instanceof Promise)
            ? Promise.all(verdicts).then(finish)
            : finish(verdicts as readonly boolean[])
        },
        find(kind, id, next) {
          if (!kinds.includes(kind)) return next(id)
          const own = inner.get(id)
          if (own === undefined) return outer.has(id) ? undefined : next(id)
          return andThen(next(own), (entry) => {
            if (entry !== undefined)
              return isMade(entry as unknown as Resolved)
                ? (wrapped(entry as unknown as Resolved) as unknown as typeof entry)
                : undefined
            if (outer.has(id)) return undefined
            return andThen(isThere(kind, own), (is) => (is ? undefined : next(id)))
          })
        },
      }
    },
  })
}

/** Gives an entry of a tool or prompt another component. */
export function withComponent(entry: Resolved, component: object): Resolved {
  // Made of the component of that entry, so of its kind.
  return { ...entry, component } as unknown as Resolved
}

const whole: Scope = { principal: undefined, trusted: true }
