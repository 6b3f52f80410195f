import { assertOptions, type KnownOptions } from "../components/options.ts"
import { InvalidStorageKey, ValueTooLarge } from "../errors/storage.ts"
import { utf8Length } from "../shared/utf8-length.ts"
import { over } from "./over.ts"
import type { StorageDriver } from "./storage.ts"

/** How much one entry may take. */
export interface LimitedOptions {
  /** The most bytes of a value in UTF-8. */
  readonly maxValueBytes: number
  /** The most bytes of a key in UTF-8. Default: what the storage takes. */
  readonly maxKeyBytes?: number
}

const known: KnownOptions = {
  kinds: { maxValueBytes: "count", maxKeyBytes: "count" },
  required: ["maxValueBytes"],
}

/**
 * Refuses entries that are too large, before they reach a storage.
 *
 * @param driver The storage.
 * @param options `maxValueBytes` and `maxKeyBytes`.
 * @throws {ValueTooLarge} By `write`.
 * @throws {InvalidStorageKey} By all that takes a key: it is longer than `maxKeyBytes`.
 * @example
 * const notes = limited(memoryStorage(), { maxValueBytes: 64 * 1024 })
 * await notes.write("1", "Dear Ada")
 */
export function limited(driver: StorageDriver, options: LimitedOptions): StorageDriver {
  assertOptions("`limited()`", options, known)
  const { maxValueBytes, maxKeyBytes = Number.POSITIVE_INFINITY } = options
  const { increment } = over(driver)

  function assertKey(key: string): void {
    const bytes = utf8Length(key)
    if (bytes <= maxKeyBytes) return
    const problem = `it takes ${bytes} bytes, and \`limited()\` allows ${maxKeyBytes}`
    throw new InvalidStorageKey(key, problem, "Use a digest of it.")
  }

  return over(driver, {
    get(key) {
      assertKey(key)
      return driver.get(key)
    },
    write(key, value, writeOptions) {
      assertKey(key)
      const bytes = utf8Length(value ?? "")
      if (bytes > maxValueBytes)
        throw new ValueTooLarge(key, bytes, { of: "`limited()`", bytes: maxValueBytes })
      return driver.write(key, value, writeOptions)
    },
    increment:
      increment &&
      ((key, by, writeOptions) => {
        assertKey(key)
        return increment(key, by, writeOptions)
      }),
  })
}
