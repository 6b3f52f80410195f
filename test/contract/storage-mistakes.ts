import { expect } from "vitest"
import { memoryStorage } from "../../src/storage/memory.ts"
import {
  absent,
  decodeCount,
  type StorageDriver,
  type Stored,
  type WriteOptions,
} from "../../src/storage/storage.ts"

/** What a driver does otherwise. */
export type Change = (driver: StorageDriver) => Partial<StorageDriver>

/** Leaves a driver as it is. */
export function unchanged(): Partial<StorageDriver> {
  return {}
}

/** Drivers that do one thing wrong each, and what others see of them where that is what is wrong. */
export const mistakes: readonly (readonly [what: string, change: Change, changePeer?: Change])[] = [
  ["denies that it is atomic", () => ({ atomic: false })],
  ["has a list and denies it", () => ({ listable: false })],
  ["is not empty", startFull],
  ["folds the case of keys", (driver) => mapKeys(driver, (key) => key.toLowerCase())],
  ["normalizes keys", (driver) => mapKeys(driver, (key) => key.normalize("NFC"))],
  ["replaces what keys look alike by", (driver) => mapKeys(driver, (key) => key.normalize("NFKC"))],
  ["takes separators in keys for one", (driver) => mapKeys(driver, (key) => key.replace(/[:/]+/g, "/"))],
  ["decodes keys", (driver) => mapKeys(driver, (key) => key.replaceAll("%3A", ":"))],
  ["trims keys", (driver) => mapKeys(driver, (key) => key.trim())],
  ["cuts keys", (driver) => mapKeys(driver, (key) => key.slice(0, 255))],
  ["resolves paths in keys", (driver) => mapKeys(driver, (key) => new URL(key, "file:///x/").href)],
  ["trims values", (driver) => mapValues(driver, (value) => value.trim())],
  ["cuts values", (driver) => mapValues(driver, (value) => value.slice(0, 65_536))],
  ["decodes values", (driver) => mapValues(driver, (value) => value.replaceAll("+", " "))],
  ["takes an empty value for none", (driver) => mapValues(driver, (value) => value || undefined)],
  ["takes a value for what it notes itself", readNotes],
  ["writes large values in pieces", writePieces],
  ["keeps the first value", keepFirst],
  ["keeps what is deleted", keepDeleted],
  ["drops writes that come together", dropTogether],
  ["shows others nothing", unchanged, () => memoryStorage()],
  ["forgets everything in the end", (driver) => mapOptions(driver, (options) => ({ ttl: 2500, ...options }))],
  ["ignores a ttl", (driver) => mapOptions(driver, ({ ttl: _ttl, ...rest }) => rest)],
  ["takes seconds for milliseconds", (driver) => mapOptions(driver, inSeconds)],
  ["keeps the ttl of before", keepTtl],
  ["never prolongs a life", (driver) => chooseLife(driver, Math.min)],
  ["never shortens a life", (driver) => chooseLife(driver, Math.max)],
  ["leaves timers running", leaveTimers],
  ["cannot delete what has expired", refuseExpired],
  ["wants whole milliseconds", (driver) => mapOptions(driver, wholeTtl)],
  ["overflows its timers", (driver) => mapOptions(driver, overflowTtl)],
  ["says one end for all", oneEnd],
  ["ignores conditions", (driver) => mapOptions(driver, ({ if: _if, ...rest }) => rest)],
  ["ignores the ttl of conditional writes", (driver) => mapOptions(driver, unconditionalTtl)],
  ["makes versions of values", versionsOfValues],
  ["counts the versions of a key anew", countVersionsAnew],
  ["checks a condition and writes later", checkThenWrite],
  ["lists prefixes as patterns", listPatterns],
  ["lists by position", listByPosition],
  ["lists what has expired", listExpired],
  ["counts by reading and writing", countByReading],
  ["counts what texts begin with", countLeniently],
  ["counts in 32 bits", countIn32Bits],
  ["counts elsewhere", countElsewhere],
  ["counts without a new version", countSilently],
  ["prolongs a counter", prolongCounter],
]

function mapKeys(driver: StorageDriver, map: (key: string) => string): Partial<StorageDriver> {
  return {
    get: (key) => driver.get(map(key)),
    write: (key, value, options) => driver.write(map(key), value, options),
  }
}

function mapValues(
  driver: StorageDriver,
  map: (value: string) => string | undefined,
): Partial<StorageDriver> {
  return {
    write: (key, value, options) => driver.write(key, value === undefined ? value : map(value), options),
  }
}

function mapOptions(
  driver: StorageDriver,
  map: (options: WriteOptions, key: string) => WriteOptions,
): Partial<StorageDriver> {
  return { write: (key, value, options = {}) => driver.write(key, value, map(options, key)) }
}

function startFull(driver: StorageDriver): Partial<StorageDriver> {
  driver.write("key", "left over")
  return {}
}

/** As one who keeps `{"value":…}` might read all that looks like it. */
function readNotes(driver: StorageDriver): Partial<StorageDriver> {
  return {
    async get(key) {
      const stored = await driver.get(key)
      const note = /^\{"value":"(.*?)"/.exec(stored?.value ?? "")
      return stored && note ? { ...stored, value: note[1] ?? "" } : stored
    },
  }
}

function writePieces(driver: StorageDriver): Partial<StorageDriver> {
  return {
    async write(key, value, options = {}) {
      if (value === undefined || value.length < 1000 || options.if !== undefined)
        return driver.write(key, value, options)
      await driver.write(key, value.slice(0, 1000), options)
      await Promise.resolve()
      return driver.write(key, value, options)
    },
  }
}

function keepFirst(driver: StorageDriver): Partial<StorageDriver> {
  return {
    async write(key, value, options = {}) {
      const stored = await driver.get(key)
      const isKept = stored !== undefined && value !== undefined && options.if === undefined
      return isKept ? stored.version : driver.write(key, value, options)
    },
  }
}

function keepDeleted(driver: StorageDriver): Partial<StorageDriver> {
  return {
    write: (key, value, options = {}) =>
      value === undefined && options.if === undefined ? absent : driver.write(key, value, options),
  }
}

function dropTogether(driver: StorageDriver): Partial<StorageDriver> {
  let isBusy = false
  return {
    async write(key, value, options = {}) {
      // Not those by which the processes of the contract wait for each other: that would take long.
      if (isBusy && options.if === undefined && !key.startsWith("here-")) return "dropped"
      isBusy = true
      await Promise.resolve()
      isBusy = false
      return driver.write(key, value, options)
    },
  }
}

function chooseLife(
  driver: StorageDriver,
  choose: (one: number, other: number) => number,
): Partial<StorageDriver> {
  const lives = new Map<string, number>()
  return mapOptions(driver, (options, key) => {
    if (options.ttl === undefined) return options
    const ttl = choose(lives.get(key) ?? options.ttl, options.ttl)
    // What is left is not known here: half of it, for a driver that is wrong in any case.
    lives.set(key, choose === Math.min ? ttl / 2 : ttl)
    return { ...options, ttl }
  })
}

function leaveTimers(driver: StorageDriver): Partial<StorageDriver> {
  const lives = new Map<string, number>()
  return mapOptions(driver, (options, key) => {
    if (options.ttl !== undefined) lives.set(key, options.ttl)
    return { ...options, ttl: lives.get(key) }
  })
}

function refuseExpired(driver: StorageDriver): Partial<StorageDriver> {
  const lives = new Set<string>()
  return {
    async write(key, value, options = {}) {
      if (options.ttl !== undefined) lives.add(key)
      const isGone = value === undefined && lives.has(key) && (await driver.get(key)) === undefined
      return isGone ? undefined : driver.write(key, value, options)
    },
  }
}

function wholeTtl(options: WriteOptions): WriteOptions {
  if (options.ttl !== undefined && !Number.isInteger(options.ttl)) expect.fail("not a whole number")
  return options
}

function overflowTtl(options: WriteOptions): WriteOptions {
  return (options.ttl ?? 0) > 2 ** 31 ? { ...options, ttl: 1 } : options
}

function oneEnd(driver: StorageDriver): Partial<StorageDriver> {
  return {
    async get(key) {
      const stored = await driver.get(key)
      return stored?.expiresAt === undefined ? stored : { ...stored, expiresAt: 2_000_000 }
    },
  }
}

function unconditionalTtl(options: WriteOptions): WriteOptions {
  return options.if === undefined ? options : { if: options.if }
}

/** Its versions count the writes of a key since it was made. */
function countVersionsAnew(driver: StorageDriver): Partial<StorageDriver> {
  const counts = new Map<string, number>()
  return {
    async get(key) {
      const stored = await driver.get(key)
      return stored && { ...stored, version: String(counts.get(key)) }
    },
    async write(key, value, options = {}) {
      const isThere = (await driver.get(key)) !== undefined
      const version = isThere ? String(counts.get(key)) : absent
      if (options.if !== undefined && options.if !== version) return undefined
      counts.set(key, isThere ? (counts.get(key) ?? 0) + 1 : 1)
      await driver.write(key, value, { ttl: options.ttl })
      return value === undefined ? absent : String(counts.get(key))
    },
  }
}

function listExpired(driver: StorageDriver): Partial<StorageDriver> {
  const keys = new Set<string>()
  return {
    write(key, value, options) {
      if (value === undefined) keys.delete(key)
      else keys.add(key)
      return driver.write(key, value, options)
    },
    async list(prefix, { cursor = "0", limit = 10 } = {}) {
      const all = [...keys].filter((key) => key.startsWith(prefix))
      const end = Number(cursor) + limit
      return { keys: all.slice(Number(cursor), end), cursor: end < all.length ? String(end) : undefined }
    },
  }
}

function countLeniently(driver: StorageDriver): Partial<StorageDriver> {
  return countBy(driver, (text, by) => (Number.parseInt(text, 10) || 0) + by)
}

function countIn32Bits(driver: StorageDriver): Partial<StorageDriver> {
  return countBy(driver, (text, by) => (decodeCount("key", text) + by) | 0)
}

/** Counts at once, so that no addition is lost; counters that expire count right. */
function countBy(driver: StorageDriver, add: (text: string, by: number) => number): Partial<StorageDriver> {
  return {
    increment(key, by, options) {
      // The memory answers at once.
      const before = driver.get(key) as Stored | undefined
      const lives = before === undefined ? options?.ttl !== undefined : before.expiresAt !== undefined
      if (lives) return driver.increment?.(key, by, options) ?? 0
      const sum = add(before?.value ?? "0", by)
      driver.write(key, String(sum))
      return sum
    },
  }
}

function countElsewhere(driver: StorageDriver): Partial<StorageDriver> {
  const counters = memoryStorage()
  return {
    increment: (key, by, options) => counters.increment?.(`${key} of ${driver.atomic}`, by, options) ?? 0,
  }
}

function countSilently(driver: StorageDriver): Partial<StorageDriver> {
  const versions = new Map<string, string | undefined>()
  return {
    async get(key) {
      const stored = await driver.get(key)
      return stored && { ...stored, version: versions.get(key) ?? stored.version }
    },
    write(key, value, options) {
      versions.delete(key)
      return driver.write(key, value, options)
    },
    increment(key, by, options) {
      // The memory answers at once.
      const before = driver.get(key) as Stored | undefined
      if (!versions.has(key)) versions.set(key, before?.version)
      return driver.increment?.(key, by, options) ?? 0
    },
  }
}

function inSeconds({ ttl, ...rest }: WriteOptions): WriteOptions {
  return ttl === undefined ? rest : { ...rest, ttl: ttl / 1000 }
}

function keepTtl(driver: StorageDriver): Partial<StorageDriver> {
  return {
    async write(key, value, options) {
      const before = await driver.get(key)
      const left = before?.expiresAt === undefined ? undefined : before.expiresAt - 1_000_000
      return driver.write(key, value, { ttl: left, ...options })
    },
  }
}

function versionsOfValues(driver: StorageDriver): Partial<StorageDriver> {
  return {
    async get(key) {
      const stored = await driver.get(key)
      return stored === undefined ? undefined : { ...stored, version: `of ${stored.value}` }
    },
    async write(key, value, options = {}) {
      const stored = await driver.get(key)
      const version = stored === undefined ? absent : `of ${stored.value}`
      if (options.if !== undefined && options.if !== version) return undefined
      await driver.write(key, value, { ttl: options.ttl })
      return value === undefined ? absent : `of ${value}`
    },
  }
}

function checkThenWrite(driver: StorageDriver): Partial<StorageDriver> {
  return {
    async write(key, value, { if: condition, ttl } = {}) {
      const stored = await driver.get(key)
      if (condition !== undefined && condition !== (stored?.version ?? absent)) return undefined
      await Promise.resolve()
      return driver.write(key, value, { ttl })
    },
  }
}

function listPatterns(driver: StorageDriver): Partial<StorageDriver> {
  return {
    async list(prefix) {
      const pattern = new RegExp(`^${prefix.replaceAll("*", ".*").replaceAll("_", ".")}`)
      const { keys } = (await driver.list?.("", { limit: 100_000 })) ?? { keys: [] }
      return { keys: keys.filter((key) => pattern.test(key)), cursor: undefined }
    },
  }
}

function listByPosition(driver: StorageDriver): Partial<StorageDriver> {
  return {
    async list(prefix, { cursor = "0", limit = 10 } = {}) {
      const { keys } = (await driver.list?.(prefix, { limit: 100_000 })) ?? { keys: [] }
      const end = Number(cursor) + limit
      return { keys: keys.slice(Number(cursor), end), cursor: end < keys.length ? String(end) : undefined }
    },
  }
}

function countByReading(driver: StorageDriver): Partial<StorageDriver> {
  return {
    async increment(key, by, options) {
      const before = await driver.get(key)
      await driver.write(key, String(Number(before?.value ?? 0) + by), options)
      return Number(before?.value ?? 0) + by
    },
  }
}

function prolongCounter(driver: StorageDriver): Partial<StorageDriver> {
  return {
    increment(key, by, options) {
      // Synchronous, as the memory is: so no addition is lost, and only the life is wrong.
      const before = driver.get(key) as { readonly value: string } | undefined
      const sum = Number(before?.value ?? 0) + by
      if (!Number.isSafeInteger(sum)) throw new TypeError("no number")
      driver.write(key, String(sum), options)
      return sum
    },
  }
}
