import { describe, expect, it } from "vitest"
import { overMemory } from "../../test/contract/over-memory.ts"
import { storageContract } from "../../test/contract/storage.ts"
import { ReadOnlyStorage } from "../errors/storage.ts"
import { createAtomic } from "./atomic.ts"
import { memoryStorage } from "./memory.ts"
import { readOnly } from "./read-only.ts"

// What it does not do, the storage behind it does: so all that is read in the contract is read through it.
storageContract(
  overMemory((driver) => ({
    ...driver,
    get: readOnly(driver).get,
    list: readOnly(driver).list ?? expect.fail(),
  })),
  { level: "atomic" },
)

describe("readOnly", () => {
  it("shows what the storage holds", async () => {
    const memory = memoryStorage()
    const view = readOnly(memory)
    memory.write("key", "value")
    expect(view.get("key")).toMatchObject({ value: "value" })
    expect((await view.list?.(""))?.keys).toEqual(["key"])
    expect(view).toMatchObject({ atomic: true, listable: true, minTtl: 0 })
  })

  it("writes, deletes and counts nothing", async () => {
    const memory = memoryStorage()
    memory.write("key", "1")
    const view = readOnly(memory)
    expect(() => view.write("key", "2")).toThrow(ReadOnlyStorage)
    expect(() => view.write("key", undefined)).toThrow(/`key` was not written/)
    expect(view.increment).toBeUndefined()
    await expect(createAtomic(view).increment("key")).rejects.toThrow(ReadOnlyStorage)
    expect(memory.get("key")).toMatchObject({ value: "1" })
  })

  it("does not close what others write to", () => {
    expect(readOnly(memoryStorage()).close).toBeUndefined()
  })
})
