import { describe, expect, it, onTestFinished, vi } from "vitest"
import { overMemory } from "../../test/contract/over-memory.ts"
import { storageContract } from "../../test/contract/storage.ts"
import { InvalidOption } from "../errors/server.ts"
import { createAtomic } from "./atomic.ts"
import { type CachedOptions, cached } from "./cached.ts"
import { memoryStorage } from "./memory.ts"
import type { StorageDriver, Stored } from "./storage.ts"

const ttl = 100

storageContract(
  async () => ({ ...(await overMemory((driver, now) => cached(driver, { ttl, now }))()), staleMs: ttl }),
  { level: "atomic" },
)

/** A storage that counts its reads, and answers them when it is told to. */
function setup(
  options: Partial<CachedOptions> = {},
  changes: (driver: StorageDriver) => Partial<StorageDriver> = () => ({}),
) {
  let time = 1_000_000
  const now = () => time
  const memory = memoryStorage({ now })
  let reads = 0
  const counting: StorageDriver = {
    ...memory,
    get(key) {
      reads++
      return memory.get(key)
    },
  }
  return {
    memory,
    storage: cached({ ...counting, ...changes(counting) }, { ttl, now, ...options }),
    reads: () => reads,
    advance(ms: number) {
      time += ms
    },
  }
}

describe("cached", () => {
  it("asks the storage once for as long as it may", async () => {
    const { memory, storage, reads, advance } = setup()
    memory.write("key", "old")
    await storage.get("key")
    memory.write("key", "new")
    advance(ttl - 1)
    expect((await storage.get("key"))?.value).toBe("old")
    expect(reads()).toBe(1)
    advance(1)
    expect((await storage.get("key"))?.value).toBe("new")
    expect(reads()).toBe(2)
  })

  it("is not held up by a time of day that goes back", async () => {
    vi.useFakeTimers()
    onTestFinished(() => void vi.useRealTimers())
    const memory = memoryStorage()
    const storage = cached(memory, { ttl })
    memory.write("key", "old")
    await storage.get("key")
    memory.write("key", "new")
    vi.setSystemTime(Date.now() - 3_600_000)
    vi.advanceTimersByTime(ttl)
    expect((await storage.get("key"))?.value).toBe("new")
  })

  it("asks once for those who ask at the same time", async () => {
    const { memory, storage, reads } = setup()
    memory.write("key", "value")
    await Promise.all([storage.get("key"), storage.get("key"), storage.get("key")])
    expect(reads()).toBe(1)
  })

  it("does not remember that there is nothing", async () => {
    const { memory, storage } = setup()
    expect(await storage.get("key")).toBeUndefined()
    memory.write("key", "value")
    expect((await storage.get("key"))?.value).toBe("value")
  })

  it("returns no value beyond its own life", async () => {
    const { storage, advance } = setup({ ttl: 1000 })
    await storage.write("key", "value", { ttl: 50 })
    expect((await storage.get("key"))?.value).toBe("value")
    advance(50)
    expect(await storage.get("key")).toBeUndefined()
  })

  it("sees at once what was written, deleted and counted through it", async () => {
    const { storage } = setup()
    await storage.write("key", "1")
    await storage.get("key")
    await storage.increment?.("key", 1)
    expect((await storage.get("key"))?.value).toBe("2")
    await storage.write("key", undefined)
    expect(await storage.get("key")).toBeUndefined()
  })

  it("keeps no answer that a write has overtaken", async () => {
    const answers: (() => void)[] = []
    const { storage } = setup({}, (driver) => ({
      async get(key) {
        const stored = await driver.get(key)
        await new Promise<void>((resolve) => answers.push(resolve))
        return stored
      },
    }))
    await storage.write("key", "old")
    const early = storage.get("key")
    await Promise.resolve()
    await storage.write("key", "new")
    answers.shift()?.()
    expect((await early)?.value).toBe("old")
    const late = storage.get("key")
    await Promise.resolve()
    answers.shift()?.()
    expect((await late)?.value).toBe("new")
  })

  it("keeps no answer that was read while a write went on", async () => {
    let endWrite: () => void = () => undefined
    const { memory, storage } = setup({}, (driver) => ({
      async write(key, value, options) {
        await new Promise<void>((resolve) => {
          endWrite = resolve
        })
        return driver.write(key, value, options)
      },
    }))
    memory.write("key", "old")
    const writing = storage.write("key", "new")
    expect((await storage.get("key"))?.value).toBe("old")
    endWrite()
    await writing
    expect((await storage.get("key"))?.value).toBe("new")
  })

  it("asks again after a write that failed, since nobody knows what it did", async () => {
    const { memory, storage } = setup({}, (driver) => ({
      async write(key, value) {
        await driver.write(key, value)
        throw new TypeError("the answer was lost")
      },
    }))
    memory.write("key", "old")
    await storage.get("key")
    await expect(storage.write("key", "new")).rejects.toThrow("the answer was lost")
    expect((await storage.get("key"))?.value).toBe("new")
  })

  it("asks again after a read that failed", async () => {
    let isAway = true
    const { memory, storage } = setup({}, (driver) => ({
      async get(key): Promise<Stored | undefined> {
        if (isAway) throw new TypeError("away")
        return driver.get(key)
      },
    }))
    memory.write("key", "value")
    await expect(storage.get("key")).rejects.toThrow("away")
    isAway = false
    expect((await storage.get("key"))?.value).toBe("value")
  })

  it("changes the value that is there, and not the one it remembers", async () => {
    const { memory, storage } = setup()
    const atomic = createAtomic(storage)
    await atomic.putIfAbsent("key", ["a"])
    await atomic.get("key")
    memory.write("key", '["a","b"]')
    expect(await atomic.update("key", (list) => [...(list as string[]), "c"])).toEqual(["a", "b", "c"])
    await atomic.get("key")
    memory.write("key", undefined)
    expect(await atomic.take("key")).toBeUndefined()
  })

  it("holds no more than it may", async () => {
    const { storage, reads } = setup({ maxEntries: 2 })
    for (const key of ["a", "b", "c"]) await storage.write(key, key)
    for (const key of ["a", "b", "c", "b", "c"]) await storage.get(key)
    expect(reads()).toBe(3)
    await storage.get("a")
    expect(reads()).toBe(4)
    const small = setup({ maxCharacters: 10 })
    await small.storage.write("key", "much too large")
    await small.storage.get("key")
    await small.storage.get("key")
    expect(small.reads()).toBe(2)
  })

  it("closes the storage, and forgets", async () => {
    const { storage } = setup()
    await storage.write("key", "value")
    await storage.get("key")
    await storage.close?.()
    expect(await storage.get("key")).toBeUndefined()
  })

  it.each([{}, { ttl: 0 }, { ttl: 10, maxEntries: 0 }])("refuses %j", (options) => {
    expect(() => cached(memoryStorage(), options as never)).toThrow(InvalidOption)
  })
})
