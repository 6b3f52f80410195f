import { memoryStorage } from "../../src/storage/memory.ts"
import type { StorageDriver } from "../../src/storage/storage.ts"
import type { MakeStorage } from "../../src/testing/contract/storage.ts"
import { runStorageWork } from "../../src/testing/contract/storage-work.ts"

/** Wraps a storage in memory, three times: as each of several processes would wrap the storage they share. */
export function overMemory(wrap: (driver: StorageDriver, now: () => number) => StorageDriver): MakeStorage {
  return () => {
    let time = Date.now()
    const now = () => time
    const memory = memoryStorage({ now })
    const [driver, peer, other] = [wrap(memory, now), wrap(memory, now), wrap(memory, now)]
    return {
      driver,
      peer,
      otherProcess: (work) => runStorageWork(other, work),
      advance(ms) {
        time += ms
      },
    }
  }
}
