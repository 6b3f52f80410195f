import { mkdtemp, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { Keyv } from "keyv"
import { KeyvFile } from "keyv-file"
import { describe, expect, it, vi } from "vitest"
import { drivers } from "../../test/contract/drivers.ts"
import { driverContract } from "../../test/contract/storage.ts"
import { CorruptValue } from "../errors/storage.ts"
import { StorageUnavailable } from "../errors/storage-backends.ts"
import { StorageNotAtomic } from "../errors/storage-not-atomic.ts"
import { createAtomic } from "./atomic.ts"
import { keyvStorage } from "./keyv.ts"

describe("keyvStorage in memory", () => {
  driverContract(drivers.keyvStorage, () => {
    let time = Date.now()
    const store = new Map()
    // A life of its own, which would end values that shall stay.
    const open = () => keyvStorage(new Keyv({ store, namespace: "mcp", ttl: 1 }), { now: () => time })
    const driver = open()
    return {
      driver,
      peer: open(),
      advance(ms: number) {
        time += ms
      },
      end: () => driver.close?.(),
    }
  })
})

describe("keyvStorage in a file", () => {
  driverContract(drivers.keyvStorage, async () => {
    let time = Date.now()
    const folder = await mkdtemp(join(tmpdir(), "fleetmcp-keyv-"))
    const store = new KeyvFile({ filename: join(folder, "keyv.json"), writeDelay: 1 })
    return {
      driver: keyvStorage(new Keyv({ store }), { now: () => time }),
      advance(ms: number) {
        time += ms
      },
      async end() {
        await store.disconnect()
        await rm(folder, { recursive: true, force: true })
      },
    }
  })
})

describe("keyvStorage", () => {
  it("is refused by what must never be done twice", () => {
    expect(() => createAtomic(keyvStorage(new Keyv()))).toThrow(StorageNotAtomic)
  })

  it("stays apart from what else is in the same `Keyv`", async () => {
    const keyv = new Keyv()
    await keyv.set("key", "foreign")
    const storage = keyvStorage(keyv)
    expect(await storage.get("key")).toBeUndefined()
    await storage.write("key", "own")
    expect(await keyv.get("key")).toBe("foreign")
    expect(await storage.list?.("")).toMatchObject({ keys: ["key"] })
  })

  it("has no list where the backend has no iterator", () => {
    const { get, set, delete: remove, clear } = failing()
    const storage = keyvStorage(new Keyv({ store: { get, set, delete: remove, clear } }))
    expect([storage.listable, storage.list]).toEqual([false, undefined])
  })

  it("does not take a backend that fails for one that holds nothing", async () => {
    const storage = keyvStorage(new Keyv({ store: failing() }))
    await expect((async () => storage.get("key"))()).rejects.toThrow(StorageUnavailable)
    await expect((async () => storage.write("key", "value"))()).rejects.toThrow(StorageUnavailable)
    await expect((async () => storage.write("key", undefined))()).rejects.toThrow(/`keyv`.*on purpose/)
  })

  it("says so when a backend denies a write without an error", async () => {
    const storage = keyvStorage(new Keyv({ store: { ...failing(), set: async () => false } }))
    await expect((async () => storage.write("key", "value"))()).rejects.toThrow(StorageUnavailable)
  })

  it("does not take what another wrote under its name for a value", async () => {
    const keyv = new Keyv()
    for (const foreign of ["text", 7, { value: "x" }]) {
      await keyv.set("fleetmcp-key", foreign)
      await expect((async () => keyvStorage(keyv).get("key"))()).rejects.toThrow(CorruptValue)
    }
  })

  it("hears no more errors of the `Keyv` when it is closed", async () => {
    const keyv = new Keyv()
    const off = vi.spyOn(keyv, "off")
    await keyvStorage(keyv).close?.()
    expect(off).toHaveBeenCalledWith("error", expect.any(Function))
  })
})

function failing() {
  const fail = () => Promise.reject(new TypeError("on purpose"))
  return { get: fail, set: fail, delete: fail, clear: async () => undefined }
}
