import { mkdtemp, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { createStorage, prefixStorage, type Storage } from "unstorage"
import fsDriver from "unstorage/drivers/fs-lite"
import { describe, expect, it } from "vitest"
import { drivers } from "../../test/contract/drivers.ts"
import { driverContract } from "../../test/contract/storage.ts"
import { CorruptValue } from "../errors/storage.ts"
import { StorageUnavailable } from "../errors/storage-backends.ts"
import { StorageNotAtomic } from "../errors/storage-not-atomic.ts"
import { createAtomic } from "./atomic.ts"
import { unstorageStorage } from "./unstorage.ts"

describe("unstorageStorage in memory", () => {
  driverContract(drivers.unstorageStorage, () => {
    let time = Date.now()
    const storage = createStorage()
    return {
      driver: unstorageStorage(storage, { now: () => time }),
      peer: unstorageStorage(storage, { now: () => time }),
      advance(ms: number) {
        time += ms
      },
    }
  })
})

describe("unstorageStorage in files", () => {
  driverContract(drivers.unstorageStorage, async () => {
    let time = Date.now()
    const base = await mkdtemp(join(tmpdir(), "fleetmcp-unstorage-"))
    const open = () => prefixStorage(createStorage({ driver: fsDriver({ base }) }), "mcp")
    return {
      driver: unstorageStorage(open(), { now: () => time }),
      peer: unstorageStorage(open(), { now: () => time }),
      advance(ms: number) {
        time += ms
      },
      end: () => rm(base, { recursive: true, force: true }),
    }
  })
})

describe("unstorageStorage", () => {
  it("is refused by what must never be done twice", () => {
    expect(() => createAtomic(unstorageStorage(createStorage()))).toThrow(StorageNotAtomic)
  })

  it("gives names that no driver can confuse, cut, or take for folders", async () => {
    const storage = createStorage()
    const driver = unstorageStorage(storage)
    const keys = ["a:b", "a/b", "a?b", "A:B", "../a", "con", "a$", "", "x".repeat(512), "世".repeat(170)]
    for (const key of keys) await driver.write(key, "value")
    const names = await storage.getKeys()
    expect(names).toHaveLength(keys.length)
    for (const name of names) expect(name).toMatch(/^fleetmcp-[a-z0-9_-]{0,191}$/)
  })

  it("stays apart from what else is in the same storage", async () => {
    const storage = createStorage()
    await storage.setItem("key", "foreign")
    const driver = unstorageStorage(storage)
    expect(await driver.get("key")).toBeUndefined()
    expect(await driver.list?.("")).toMatchObject({ keys: [] })
  })

  it("tells drivers that know a ttl, in seconds and no fewer than they take", async () => {
    const seen: unknown[] = []
    const storage = {
      ...createStorage(),
      setItem: async (_name: string, _value: string, options: unknown) => void seen.push(options),
    }
    const driver = unstorageStorage(storage)
    await driver.write("key", "value")
    await driver.write("key", "value", { ttl: 1 })
    await driver.write("key", "value", { ttl: 90_001 })
    expect(seen).toEqual([{}, { ttl: 60 }, { ttl: 91 }])
  })

  it.each(["getItem", "setItem", "removeItem", "getKeys"] as const)(
    "tells when `%s` fails",
    async (method) => {
      const cause = new TypeError("on purpose")
      const storage: Storage = { ...createStorage(), [method]: () => Promise.reject(cause) }
      const driver = unstorageStorage(storage)
      const act = {
        getItem: async () => driver.get("key"),
        setItem: async () => driver.write("key", "value"),
        removeItem: async () => driver.write("key", undefined),
        getKeys: async () => driver.list?.(""),
      }[method]
      const failure = await act().catch((error: unknown) => error)
      expect(failure).toBeInstanceOf(StorageUnavailable)
      expect(failure).toMatchObject({ cause, message: expect.stringContaining("on purpose") })
    },
  )

  it("does not take what another wrote under its name for a value", async () => {
    const storage = createStorage()
    for (const foreign of ["text", "7", '{"value":"x"}', "fleetmcp-1 x - key\nvalue"]) {
      await storage.setItem("fleetmcp-key", foreign)
      await expect((async () => unstorageStorage(storage).get("key"))()).rejects.toThrow(CorruptValue)
    }
  })

  it("reads what earlier versions wrote", async () => {
    const storage = createStorage()
    const text =
      "fleetmcp-1 25te41emysa 2b1f5a3e-8f4c-4f0e-9d59-0a3b6a6d1f10 4102444800000 a%3Ab\nline\nbreak"
    await storage.setItem("fleetmcp-a_3ab", text)
    expect(await unstorageStorage(storage).get("a:b")).toEqual({
      value: "line\nbreak",
      version: "2b1f5a3e-8f4c-4f0e-9d59-0a3b6a6d1f10",
      expiresAt: 4_102_444_800_000,
    })
  })

  it("reads again what is not whole, as it is while a driver writes", async () => {
    const storage = createStorage()
    await unstorageStorage(storage).write("key", "value")
    const whole = String(await storage.getItem("fleetmcp-key"))
    const seen = ["", whole.slice(0, 20), whole.slice(0, -1), `${whole.slice(0, -1)}x`, whole]
    const torn = { ...storage, getItem: async () => seen.shift() }
    expect(await unstorageStorage(torn).get("key")).toMatchObject({ value: "value" })
    expect(seen).toEqual([])
  })

  it("lists thousands in pages, without reading more than it gives", async () => {
    const storage = createStorage()
    const driver = unstorageStorage(storage)
    const keys = Array.from({ length: 1001 }, (_, at) => `key-${at}`)
    for (const key of keys) await driver.write(key, "value")
    const seen: string[] = []
    let pages = 0
    for (let cursor: string | undefined, more = true; more; more = cursor !== undefined) {
      const page = await driver.list?.("key-", { cursor })
      seen.push(...(page?.keys ?? []))
      cursor = page?.cursor
      pages++
    }
    expect(seen.toSorted()).toEqual(keys.toSorted())
    expect(pages).toBe(11)
  })
})
