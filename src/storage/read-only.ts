import { ReadOnlyStorage } from "../errors/storage.ts"
import { over } from "./over.ts"
import type { StorageDriver } from "./storage.ts"

/**
 * Shows a storage to those who may only read it. They cannot close it either.
 *
 * @param driver The storage.
 * @throws {ReadOnlyStorage} By `write`.
 * @example
 * const shared = memoryStorage()
 * await shared.write("motd", "Welcome")
 * const view = readOnly(shared)
 * await view.get("motd")
 */
export function readOnly(driver: StorageDriver): StorageDriver {
  return over(driver, {
    write(key) {
      throw new ReadOnlyStorage(key)
    },
    increment: undefined,
    close: undefined,
  })
}
