import type { StorageDriver } from "./storage.ts"

/** What a wrapper does itself; `undefined` takes away what is optional. */
export type OwnParts = { readonly [Part in keyof StorageDriver]?: StorageDriver[Part] | undefined }

/**
 * Makes a driver over another, which does everything that the wrapper does not do itself. Of the driver it takes what
 * the contract names and no more: what a scope, say, knows of itself is not true of what lies over it.
 */
export function over(driver: StorageDriver, own: OwnParts = {}): StorageDriver {
  const parts: OwnParts = {
    atomic: driver.atomic,
    listable: driver.listable,
    minTtl: driver.minTtl,
    maxTtl: driver.maxTtl,
    // Bound, since a driver may be an object of a class.
    get: driver.get.bind(driver),
    write: driver.write.bind(driver),
    list: driver.list?.bind(driver),
    increment: driver.increment?.bind(driver),
    close: driver.close?.bind(driver),
    ...own,
  }
  // What the contract demands is there, from the driver or the wrapper; what is optional may be `undefined`.
  return parts as StorageDriver
}
