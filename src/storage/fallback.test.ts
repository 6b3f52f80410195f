import { describe, expect, it } from "vitest"
import { overMemory } from "../../test/contract/over-memory.ts"
import { storageContract } from "../../test/contract/storage.ts"
import { InvalidOption } from "../errors/server.ts"
import { StorageFull } from "../errors/storage.ts"
import { StorageNotAtomic } from "../errors/storage-not-atomic.ts"
import { createAtomic } from "./atomic.ts"
import { type FallbackOptions, fallback } from "./fallback.ts"
import { memoryStorage } from "./memory.ts"
import type { StorageDriver } from "./storage.ts"

storageContract(
  overMemory((driver) => fallback(driver, memoryStorage())),
  { level: "plain" },
)

describe("fallback, while the first is away", () => {
  storageContract(
    overMemory((driver) =>
      fallback(
        away(() => true),
        driver,
      ),
    ),
    { level: "plain" },
  )
})

/** A storage that fails while it is told to. */
function away(isAway: () => boolean, driver: StorageDriver = memoryStorage()): StorageDriver {
  function assertHere(): void {
    if (isAway()) throw new TypeError("away")
  }
  return {
    ...driver,
    get(key) {
      assertHere()
      return driver.get(key)
    },
    async write(key, value, options) {
      assertHere()
      return driver.write(key, value, options)
    },
    async list(prefix, options) {
      assertHere()
      return (await driver.list?.(prefix, options)) ?? { keys: [], cursor: undefined }
    },
  }
}

function setup(options: FallbackOptions = {}) {
  const state = { isAway: false }
  const [first, second] = [memoryStorage(), memoryStorage()]
  const storage = fallback(
    away(() => state.isAway, first),
    second,
    options,
  )
  return { state, first, second, storage }
}

describe("fallback", () => {
  it("asks the second only where the first fails", async () => {
    const { state, storage, second } = setup()
    await storage.write("key", "in the first")
    expect(second.get("key")).toBeUndefined()
    second.write("other", "in the second")
    expect(await storage.get("other")).toBeUndefined()
    state.isAway = true
    expect((await storage.get("other"))?.value).toBe("in the second")
    await storage.write("key", "in the second")
    expect((await storage.get("key"))?.value).toBe("in the second")
    state.isAway = false
    expect((await storage.get("key"))?.value).toBe("in the first")
  })

  it("tells of each failure that it made up for", async () => {
    const heard: unknown[] = []
    const { state, storage } = setup({ onFailure: (error) => heard.push(error) })
    await storage.get("key")
    expect(heard).toEqual([])
    state.isAway = true
    await storage.get("key")
    await storage.write("key", "value")
    expect(heard.map(String)).toEqual(["TypeError: away", "TypeError: away"])
  })

  it("does not take a refusal for a failure", async () => {
    const second = memoryStorage()
    const storage = fallback(memoryStorage({ maxEntries: 1 }), second)
    await storage.write("a", "1")
    await expect(storage.write("b", "2")).rejects.toThrow(StorageFull)
    expect(second.get("b")).toBeUndefined()
  })

  it("asks its user what counts as a failure", async () => {
    const { state, storage } = setup({ isTransient: () => false })
    state.isAway = true
    await expect(storage.get("key")).rejects.toThrow("away")
  })

  it("takes no version of the one for that of the other", async () => {
    const { state, storage } = setup()
    const before = await storage.write("key", "value")
    state.isAway = true
    expect(await storage.write("key", "value")).not.toBe(before)
    expect((await storage.get("key"))?.version).not.toBe(before)
  })

  it("ends a list where it began", async () => {
    const { state, first, second, storage } = setup()
    for (const at of [1, 2, 3]) {
      first.write(`first-${at}`, "value")
      second.write(`second-${at}`, "value")
    }
    const page = await storage.list?.("", { limit: 1 })
    expect(page?.keys).toEqual(["first-1"])
    state.isAway = true
    await expect(storage.list?.("", { limit: 1, cursor: page?.cursor })).rejects.toThrow("away")
    const other = await storage.list?.("", { limit: 2 })
    state.isAway = false
    expect((await storage.list?.("", { limit: 2, cursor: other?.cursor }))?.keys).toEqual(["second-3"])
  })

  it("is not atomic, though both are", () => {
    const { storage } = setup()
    expect([storage.atomic, storage.increment]).toEqual([false, undefined])
    expect(() => createAtomic(storage)).toThrow(StorageNotAtomic)
  })

  it("lists where both can", () => {
    const { list: _list, ...unlisted } = { ...memoryStorage(), listable: false }
    expect(fallback(memoryStorage(), unlisted)).toMatchObject({ listable: false })
    expect(fallback(unlisted, memoryStorage()).list).toBeUndefined()
  })

  it("declares the lives that both allow", () => {
    const narrow = { ...memoryStorage(), minTtl: 5, maxTtl: 100 }
    expect(fallback(narrow, memoryStorage())).toMatchObject({ minTtl: 5, maxTtl: 100 })
    expect(fallback(memoryStorage(), narrow)).toMatchObject({ minTtl: 5, maxTtl: 100 })
    expect(fallback(narrow, { ...narrow, maxTtl: 50 }).maxTtl).toBe(50)
    expect(fallback(memoryStorage(), memoryStorage()).maxTtl).toBeUndefined()
  })

  it("closes both, though one fails", async () => {
    let closed = 0
    const broken = {
      ...memoryStorage(),
      close() {
        throw new TypeError("cannot close")
      },
    }
    const storage = fallback(broken, { ...memoryStorage(), close: () => void closed++ })
    await expect(storage.close?.()).rejects.toThrow("cannot close")
    expect(closed).toBe(1)
  })

  it("refuses what is no function", () => {
    expect(() => setup({ onFailure: "log" as never })).toThrow(InvalidOption)
  })
})
