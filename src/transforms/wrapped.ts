import type { Resolved } from "../server/provider.ts"

/** Makes of each entry another, once: lists that are asked for again give the same entries. */
export function createWrapped(
  wrap: (entry: Resolved) => Resolved,
): <Entry extends Resolved>(entry: Entry) => Entry {
  const made = new WeakMap<object, Resolved>()
  return <Entry extends Resolved>(entry: Entry): Entry => {
    let wrapped = made.get(entry)
    if (wrapped === undefined) {
      wrapped = wrap(entry)
      made.set(entry, wrapped)
    }
    // What is made of an entry is of its kind.
    return wrapped as Entry
  }
}

/** Makes of each list another, once: what is asked for again for the same list gives the same list. */
export function createListed(
  make: (entries: readonly Resolved[]) => readonly Resolved[],
): <Entry extends Resolved>(entries: readonly Entry[]) => readonly Entry[] {
  const made = new WeakMap<object, readonly Resolved[]>()
  return <Entry extends Resolved>(entries: readonly Entry[]): readonly Entry[] => {
    let listed = made.get(entries)
    if (listed === undefined) {
      listed = make(entries)
      made.set(entries, listed)
    }
    // What is made of entries is of their kind.
    return listed as readonly Entry[]
  }
}
