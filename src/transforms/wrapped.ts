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
