import { type BridgeOptions, bridge } from "./bridge.ts"
import { toKvSeconds } from "./deadline.ts"
import type { StorageDriver } from "./storage.ts"

/** A storage of `unstorage`, as far as it is used. */
export interface Unstorage {
  /** Reads a value. */
  getItem(key: string): Promise<unknown>
  /** Writes a text, for some seconds where its driver can. */
  setItem(key: string, value: string, options: { readonly ttl?: number }): Promise<void>
  /** Deletes a value. */
  removeItem(key: string): Promise<void>
  /** Lists the keys. */
  getKeys(): Promise<readonly string[]>
}

/**
 * Makes a storage of one of `unstorage`, whatever its driver: not atomic, so that what must never be done twice refuses
 * it (FLEET-16). A list reads all keys of the storage, and each value of the page.
 *
 * @param storage What `createStorage()` made; it stays yours. `prefixStorage()` keeps it apart from your own keys.
 * @param options `now`.
 * @throws {UnknownOption} FLEET-09: an option does not exist.
 * @throws {InvalidOption} An option has a value that cannot be meant.
 * @throws {StorageUnavailable} by its methods: `unstorage` or its driver failed
 * @throws {CorruptValue} by `get` and `list`: something else wrote there
 * @see https://unstorage.unjs.io/
 * @example
 * import { createStorage } from "unstorage"
 * import fsDriver from "unstorage/drivers/fs-lite"
 *
 * const storage = unstorageStorage(createStorage({ driver: fsDriver({ base: "./data" }) }))
 */
export function unstorageStorage(storage: Unstorage, options: BridgeOptions = {}): StorageDriver {
  const backend = {
    title: "`unstorage`",
    factory: "unstorageStorage",
    read: (name: string) => storage.getItem(name),
    write: (name: string, text: string, ttl: number | undefined) =>
      // Drivers that know it want seconds, and one is for Workers KV; what is read goes by the text.
      storage.setItem(name, text, ttl === undefined ? {} : { ttl: toKvSeconds(ttl) }),
    remove: (name: string) => storage.removeItem(name),
    names: () => storage.getKeys(),
  }
  return bridge(backend, options)
}

export type { BridgeOptions }
