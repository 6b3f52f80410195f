import { assertOptions, type KnownOptions } from "../components/options.ts"
import { createLru } from "../shared/lru.ts"
import type { MaybePromise } from "../shared/maybe-promise.ts"
import { over } from "./over.ts"
import type { StorageDriver, Stored } from "./storage.ts"

/** What is kept in memory, and for how long. */
export interface CachedOptions {
  /** For how many milliseconds a value is returned without asking the storage. */
  readonly ttl: number
  /** The most values. Default 1,000. */
  readonly maxEntries?: number
  /** The most characters of all keys and values together. Default 8 Mi. */
  readonly maxCharacters?: number
  /** Milliseconds since 1970. Default `Date.now`. */
  readonly now?: () => number
}

const known: KnownOptions = {
  kinds: { ttl: "timeout", maxEntries: "count", maxCharacters: "count", now: "function" },
  required: ["ttl"],
}

/**
 * Keeps values that were read in memory for a while. A read may be as old as `ttl`, unless it was written through this
 * same driver: what other processes write is seen that much later. Writes go to the storage, and so do their
 * conditions: one that stands on an old value is refused by the storage, and the next read asks the storage again. So
 * what is atomic without it stays atomic. That there is no value is not remembered.
 *
 * @param driver The storage.
 * @param options `ttl`, `maxEntries`, `maxCharacters` and `now`.
 * @example
 * const profiles = cached(memoryStorage(), { ttl: 5000 })
 * await profiles.get("ada")
 */
export function cached(driver: StorageDriver, options: CachedOptions): StorageDriver {
  assertOptions("`cached()`", options, known)
  const { ttl, maxEntries = 1000, maxCharacters = 8 * 1024 * 1024, now } = options
  const values = createLru<string, Stored>({
    max: maxEntries,
    maxWeight: maxCharacters,
    weigh: ({ value }, key) => key.length + value.length,
    ttlMs: ttl,
    // Its own clock, unless it is given one: the time of day may go back, and old values would stay.
    ...(now && { now }),
  })
  /** What is being read. A write takes it out, so that the answer, which may be older, is not kept. */
  const reads = new Map<string, Promise<Stored | undefined>>()
  const { increment, close } = over(driver)

  function hasExpired({ expiresAt = Number.POSITIVE_INFINITY }: Stored): boolean {
    return expiresAt <= (now ?? Date.now)()
  }

  async function forgetting<T>(key: string, write: () => MaybePromise<T>): Promise<T> {
    try {
      return await write()
    } finally {
      // Also what is being read, which may be what was there before; and of a write that failed nobody knows.
      values.delete(key)
      reads.delete(key)
    }
  }

  async function read(key: string): Promise<Stored | undefined> {
    const reading = (async () => driver.get(key))()
    reads.set(key, reading)
    try {
      const stored = await reading
      if (stored !== undefined && reads.get(key) === reading) values.set(key, stored)
      return stored
    } finally {
      if (reads.get(key) === reading) reads.delete(key)
    }
  }

  return over(driver, {
    async get(key) {
      const stored = values.get(key)
      if (stored !== undefined && !hasExpired(stored)) return stored
      return reads.get(key) ?? read(key)
    },
    write: (key, value, writeOptions) => forgetting(key, () => driver.write(key, value, writeOptions)),
    increment:
      increment && ((key, by, writeOptions) => forgetting(key, () => increment(key, by, writeOptions))),
    close() {
      values.clear()
      return close?.()
    },
  })
}
