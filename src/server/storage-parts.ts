import { memoryStorage } from "../storage/memory.ts"
import { scoped } from "../storage/scoped.ts"
import type { StorageDriver } from "../storage/storage.ts"

/** Makes what gives the parts of one storage, by name. */
export function partsOf(given: StorageDriver | undefined): (name: string) => StorageDriver {
  const storage = given ?? memoryStorage()
  return (name) => scoped(storage, name)
}
