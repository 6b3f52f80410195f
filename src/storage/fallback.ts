import { assertOptions, type KnownOptions } from "../components/options.ts"
import { attempt, type MaybePromise } from "../shared/maybe-promise.ts"
import { over } from "./over.ts"
import { absent, type KeyPage, type ListOptions, type StorageDriver } from "./storage.ts"
import { isTransientFailure } from "./transient.ts"

/** When the second storage is used, and who hears of it. */
export interface FallbackOptions {
  /** Whether an error of the first means that the second is to be asked. Default: `STORAGE_UNAVAILABLE`, `STORAGE_THROTTLED`, and errors that are not FleetMCP's. */
  readonly isTransient?: (error: unknown) => boolean
  /** Hears of each error of the first that the second made up for. Default: nobody. */
  readonly onFailure?: (error: unknown) => void
}

const known: KnownOptions = { kinds: { isTransient: "function", onFailure: "function" } }

/**
 * Asks a second storage whenever the first fails. Nothing is carried from one to the other: what was written to the
 * second while the first was away is seen while it is away, and no longer when it is back; and what the second holds
 * from an earlier time is seen again when the first goes away again, unless it had a life. So it suits what may be
 * lost or out of date, such as caches. It is never atomic, and has no `increment`.
 *
 * @param first The storage that is asked first.
 * @param second The storage that is asked when the first fails.
 * @param options `isTransient` and `onFailure`.
 * @example
 * const far = memoryStorage()
 * const pages = fallback(far, memoryStorage(), { onFailure: (error) => console.error("The cache is away", error) })
 * await pages.write("home", "<h1>Hello</h1>", { ttl: 60_000 })
 */
export function fallback(
  first: StorageDriver,
  second: StorageDriver,
  options: FallbackOptions = {},
): StorageDriver {
  assertOptions("`fallback()`", options, known)
  const { isTransient = isTransientFailure, onFailure } = options
  const [one, two] = [side(first, "1"), side(second, "2")]
  const isListable = one.list !== undefined && two.list !== undefined

  async function either<T>(work: (side: StorageDriver) => MaybePromise<T>): Promise<T> {
    try {
      return await work(one)
    } catch (error) {
      if (!isTransient(error)) throw error
      attempt(() => onFailure?.(error), ignore)
      return work(two)
    }
  }

  function list(prefix: string, listOptions?: ListOptions): MaybePromise<KeyPage> {
    const page = (side: StorageDriver) => side.list?.(prefix, listOptions) ?? { keys: [], cursor: undefined }
    // A list goes on where it began: the other storage knows nothing of its cursor.
    const begun = listOptions?.cursor?.[0]
    return begun === undefined ? either(page) : page(begun === "1" ? one : two)
  }

  return over(one, {
    atomic: false,
    listable: isListable,
    minTtl: Math.max(first.minTtl, second.minTtl),
    maxTtl: shorter(first.maxTtl, second.maxTtl),
    get: (key) => either((side) => side.get(key)),
    write: (key, value, writeOptions) => either((side) => side.write(key, value, writeOptions)),
    list: isListable ? list : undefined,
    increment: undefined,
    async close() {
      await Promise.all([first, second].map(async (each) => each.close?.()))
    },
  })
}

/** The shorter of two lives, of which `undefined` has no end. */
function shorter(one: number | undefined, two = one): number | undefined {
  return one === undefined || two === undefined ? two : Math.min(one, two)
}

/** One of both, whose versions and cursors say whose they are: those of two storages may well be equal. */
function side(driver: StorageDriver, name: string): StorageDriver {
  const { list } = over(driver)
  return over(driver, {
    async get(key) {
      const stored = await driver.get(key)
      return stored && { ...stored, version: name + stored.version }
    },
    async write(key, value, writeOptions) {
      const version = await driver.write(key, value, writeOptions)
      return version === undefined || version === absent ? version : name + version
    },
    list:
      list &&
      (async (prefix, { cursor: named, ...rest } = {}) => {
        const { keys, cursor } = await list(prefix, { ...rest, cursor: named?.slice(name.length) })
        return { keys, cursor: cursor === undefined ? undefined : name + cursor }
      }),
  })
}

function ignore(): void {
  // The second storage answers, whoever could not be told why.
}
