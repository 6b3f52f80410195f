import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { overMemory } from "../../test/contract/over-memory.ts"
import { storageContract } from "../../test/contract/storage.ts"
import { InvalidOption } from "../errors/server.ts"
import { StorageFull } from "../errors/storage.ts"
import { memoryStorage } from "./memory.ts"
import { type RetriedOptions, retried } from "./retried.ts"
import { absent, type StorageDriver } from "./storage.ts"

storageContract(
  overMemory((driver) => retried(driver)),
  { level: "atomic" },
)

/** Fails before it has done what it was asked, or after. */
type Fault = "before" | "after" | "none"

/** A storage whose next calls fail as they are told. */
function faulty(faults: Fault[]) {
  const memory = memoryStorage()
  let calls = 0
  async function fail<T>(work: () => T | Promise<T>): Promise<T> {
    calls++
    const fault = faults.shift() ?? "none"
    if (fault === "before") throw new TypeError(`call ${calls} was lost`)
    const answer = await work()
    if (fault === "after") throw new TypeError(`the answer to call ${calls} was lost`)
    return answer
  }
  const driver: StorageDriver = {
    ...memory,
    get: (key) => fail(() => memory.get(key)),
    write: (key, value, options) => fail(() => memory.write(key, value, options)),
    list: (prefix, options) => fail(() => memory.list?.(prefix, options) ?? { keys: [], cursor: undefined }),
    increment: (key, by) => fail(() => memory.increment?.(key, by) ?? 0),
  }
  return { memory, driver, calls: () => calls }
}

function setup(faults: Fault[], options: RetriedOptions = {}) {
  const waits: number[] = []
  const { driver, ...rest } = faulty(faults)
  const wait = async (ms: number) => void waits.push(ms)
  return { ...rest, waits, storage: retried(driver, { wait, random: () => 1, ...options }) }
}

describe("retried", () => {
  it("repeats reads and lists", async () => {
    const { memory, storage, waits } = setup(["before", "after", "none", "before"])
    memory.write("key", "value")
    expect((await storage.get("key"))?.value).toBe("value")
    expect((await storage.list?.(""))?.keys).toEqual(["key"])
    expect(waits).toEqual([100, 200, 100])
  })

  it("gives up after as many attempts as it may, with the last error", async () => {
    const { storage, calls } = setup(["before", "before", "before", "before"])
    await expect(storage.get("key")).rejects.toThrow("call 3 was lost")
    expect(calls()).toBe(3)
  })

  it("waits longer each time, up to a bound, and by chance", async () => {
    const faults = Array.from({ length: 9 }, (): Fault => "before")
    const { storage, waits } = setup(faults, { attempts: 9, random: () => 0.5 })
    await expect(storage.get("key")).rejects.toThrow()
    expect(waits).toEqual([50, 100, 200, 400, 800, 1600, 2500, 2500])
  })

  it("repeats a write without a condition", async () => {
    const { memory, storage } = setup(["after", "before"])
    expect(await storage.write("key", "value")).toBeDefined()
    expect(memory.get("key")).toMatchObject({ value: "value" })
  })

  it("repeats a write that stands on a version, when the first was lost", async () => {
    const { memory, storage } = setup(["before"])
    const version = await memory.write("key", "one")
    expect(await storage.write("key", "two", { if: version })).toBeDefined()
    expect(memory.get("key")).toMatchObject({ value: "two" })
  })

  it("does not say that a write was refused when only its answer was lost", async () => {
    const { memory, storage } = setup(["after"])
    const version = await memory.write("key", "one")
    await expect(storage.write("key", "two", { if: version })).rejects.toThrow(
      "the answer to call 1 was lost",
    )
    expect(memory.get("key")).toMatchObject({ value: "two" })
  })

  it("says that a write was refused when it was", async () => {
    const { memory, storage } = setup([])
    memory.write("key", "one")
    expect(await storage.write("key", "two", { if: "made up" })).toBeUndefined()
  })

  it("never repeats what another may have acted on already", async () => {
    const { storage, calls } = setup(["after", "after"])
    await expect(storage.write("ticket", "value", { if: absent })).rejects.toThrow("call 1 was lost")
    await expect(storage.increment?.("count", 1)).rejects.toThrow("call 2 was lost")
    expect(calls()).toBe(2)
  })

  it("does not repeat what will fail again", async () => {
    const full = { ...memoryStorage(), get: () => Promise.reject(new StorageFull("1 entry")) }
    const waits: number[] = []
    const storage = retried(full, { wait: async (ms) => void waits.push(ms) })
    await expect(storage.get("key")).rejects.toThrow(StorageFull)
    expect(waits).toEqual([])
  })

  it("asks its user what may pass", async () => {
    const { storage, calls } = setup(["before", "before"], { isTransient: () => false })
    await expect(storage.get("key")).rejects.toThrow("call 1 was lost")
    expect(calls()).toBe(1)
  })

  it("never says of a conditional write what is not true, whatever fails", async () => {
    const fault = fc.constantFrom<Fault>("before", "after", "none")
    await fc.assert(
      fc.asyncProperty(fc.array(fault, { maxLength: 4 }), fc.boolean(), async (faults, isStale) => {
        const { memory, storage } = setup(faults)
        const version = await memory.write("key", "start")
        if (isStale) memory.write("key", "of another")
        const outcome = await Promise.resolve(storage.write("key", "mine", { if: version })).catch(
          () => "open",
        )
        const isMine = (await memory.get("key"))?.value === "mine"
        if (outcome === undefined) expect(isMine).toBe(false)
        if (outcome !== undefined && outcome !== "open") expect(isMine).toBe(true)
      }),
    )
  })

  it.each([{ attempts: 0 }, { attempts: 1.5 }, { isTransient: true as never }, { wait: 5 as never }])(
    "refuses %j",
    (options) => {
      expect(() => retried(memoryStorage(), options)).toThrow(InvalidOption)
    },
  )
})
