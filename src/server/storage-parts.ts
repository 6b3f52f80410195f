import { memoryStorage } from "../storage/memory.ts"
import { scoped } from "../storage/scoped.ts"
import type { StorageDriver } from "../storage/storage.ts"

/** Makes what gives the parts of a storage, by name. */
export function partsOf(given: StorageDriver | undefined): (name: string) => StorageDriver {
  if (given !== undefined) return (name) => scoped(given, name)
  const parts = new Map<string, StorageDriver>()
  return (name) => {
    // Each its own: who fills one, as clients may with large states, fills no other.
    const part = parts.get(name) ?? scoped(memoryStorage(), name)
    parts.set(name, part)
    return part
  }
}
