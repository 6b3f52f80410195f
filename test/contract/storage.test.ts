import { describe, expect, it } from "vitest"
import { memoryStorage } from "../../src/storage/memory.ts"
import { absent, type StorageDriver, type WriteOptions } from "../../src/storage/storage.ts"
import { runStorageCase, storageCases, storageContract } from "./storage.ts"
import type { StorageSubject } from "./storage-case.ts"

/** A good driver, changed by a mistake. */
function subject(change: (driver: StorageDriver) => Partial<StorageDriver> = () => ({})): StorageSubject {
  let now = 1_000_000
  const driver = memoryStorage({ now: () => now })
  return {
    driver: { ...driver, ...change(driver) },
    advance(ms) {
      now += ms
    },
  }
}

/** A storage that cannot do anything but what all can. */
function plain({ list: _list, increment: _increment, ...driver }: StorageDriver): StorageDriver {
  return { ...driver, atomic: false, listable: false }
}

storageContract(
  () => {
    const { driver, ...rest } = subject()
    return { ...rest, driver: plain(driver) }
  },
  { level: "plain" },
)

describe("the storage contract", () => {
  const mistakes: readonly (readonly [
    what: string,
    change: (driver: StorageDriver) => Partial<StorageDriver>,
  ])[] = [
    ["denies that it is atomic", () => ({ atomic: false })],
    ["has a list and denies it", () => ({ listable: false })],
    ["folds the case of keys", (driver) => mapKeys(driver, (key) => key.toLowerCase())],
    ["normalizes keys", (driver) => mapKeys(driver, (key) => key.normalize("NFC"))],
    ["trims keys", (driver) => mapKeys(driver, (key) => key.trim())],
    ["cuts keys", (driver) => mapKeys(driver, (key) => key.slice(0, 255))],
    ["resolves paths in keys", (driver) => mapKeys(driver, (key) => new URL(key, "file:///x/").href)],
    ["trims values", (driver) => mapValues(driver, (value) => value.trim())],
    ["cuts values", (driver) => mapValues(driver, (value) => value.slice(0, 65_536))],
    ["takes an empty value for none", (driver) => mapValues(driver, (value) => value || undefined)],
    ["ignores a ttl", (driver) => mapOptions(driver, ({ ttl: _ttl, ...rest }) => rest)],
    ["takes seconds for milliseconds", (driver) => mapOptions(driver, inSeconds)],
    ["keeps the ttl of before", keepTtl],
    ["ignores conditions", (driver) => mapOptions(driver, ({ if: _if, ...rest }) => rest)],
    ["makes versions of values", versionsOfValues],
    ["checks a condition and writes later", checkThenWrite],
    ["lists prefixes as patterns", listPatterns],
    ["lists by position", listByPosition],
    ["counts by reading and writing", countByReading],
    ["prolongs a counter", prolongCounter],
  ]

  it.each(mistakes)("catches a driver that %s", async (_what, change) => {
    const broken = () => subject(change)
    const runs = storageCases("atomic").map((entry) => runStorageCase(entry, broken))
    const outcomes = await Promise.allSettled(runs)
    const failed = outcomes.filter(({ status }) => status === "rejected")
    expect(failed).not.toEqual([])
    // Not because nothing works at all.
    expect(failed.length).toBeLessThan(outcomes.length / 2)
  })

  it("passes over what a driver does not have", async () => {
    const made = subject()
    const counting = storageCases("plain").find(({ needs }) => needs === "increment")
    expect(counting).toBeDefined()
    if (counting === undefined) return
    const ran = await runStorageCase(counting, () => ({ ...made, driver: plain(made.driver) }))
    expect(ran).toBe(false)
  })

  it("cleans up after a case that failed", async () => {
    let ended = 0
    const failing = { name: "fails", run: () => Promise.reject(new TypeError("on purpose")) }
    const run = runStorageCase(failing, () => ({ ...subject(), end: () => void ended++ }))
    await expect(run).rejects.toThrow("on purpose")
    expect(ended).toBe(1)
  })
})

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
  map: (options: WriteOptions) => WriteOptions,
): Partial<StorageDriver> {
  return { write: (key, value, options = {}) => driver.write(key, value, map(options)) }
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
