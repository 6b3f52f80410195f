import { describe, expect, it } from "vitest"
import { overMemory } from "../../test/contract/over-memory.ts"
import { storageContract } from "../../test/contract/storage.ts"
import { InvalidOption, UnknownOption } from "../errors/server.ts"
import { createAtomic } from "./atomic.ts"
import { memoryStorage } from "./memory.ts"
import type { StorageDriver } from "./storage.ts"
import { type TtlRangeOptions, ttl } from "./ttl.ts"

describe("ttl with a shortest and a longest life", () => {
  storageContract(
    overMemory((driver) => ttl(driver, { min: 500, max: 86_400_000 * 365 })),
    { level: "atomic" },
  )
})

function setup(options: TtlRangeOptions, changes: Partial<StorageDriver> = {}) {
  const now = () => 1_000_000
  const memory = { ...memoryStorage({ now }), ...changes }
  const storage = ttl(memory, options)
  return {
    storage,
    async lifeOf(life?: number): Promise<number | undefined> {
      await storage.write("key", "value", life === undefined ? {} : { ttl: life })
      const expiresAt = (await memory.get("key"))?.expiresAt
      return expiresAt === undefined ? undefined : expiresAt - now()
    },
  }
}

describe("ttl", () => {
  it("keeps lives in their range", async () => {
    const { lifeOf } = setup({ min: 100, max: 1000 })
    expect([await lifeOf(1), await lifeOf(100), await lifeOf(500), await lifeOf(5000)]).toEqual([
      100, 100, 500, 1000,
    ])
  })

  it("gives a life to what is written without", async () => {
    expect(await setup({ default: 300 }).lifeOf()).toBe(300)
    expect(await setup({ default: 300, max: 1000 }).lifeOf()).toBe(300)
    expect(await setup({ max: 1000 }).lifeOf()).toBe(1000)
    expect(await setup({ min: 100 }).lifeOf()).toBeUndefined()
  })

  it("keeps `Infinity` for ever, unless there is a longest life", async () => {
    expect(await setup({ default: 300 }).lifeOf(Number.POSITIVE_INFINITY)).toBeUndefined()
    expect(await setup({ max: 1000 }).lifeOf(Number.POSITIVE_INFINITY)).toBe(1000)
  })

  it("gives counters a life from their first addition", async () => {
    const { storage } = setup({ default: 300, max: 1000 })
    await storage.increment?.("a", 1)
    await storage.increment?.("b", 1, { ttl: 5000 })
    expect((await storage.get("a"))?.expiresAt).toBe(1_000_300)
    expect((await storage.get("b"))?.expiresAt).toBe(1_001_000)
  })

  it("declares the lives there are", () => {
    expect(setup({ min: 100, max: 1000 }).storage).toMatchObject({ minTtl: 100, maxTtl: 1000 })
    expect(setup({ min: 100 }, { minTtl: 200 }).storage.minTtl).toBe(200)
    expect(setup({ max: 1000 }, { maxTtl: 500 }).storage.maxTtl).toBe(500)
    expect(setup({}).storage.maxTtl).toBeUndefined()
  })

  it("lends no lease for longer than its longest life", async () => {
    const { storage } = setup({ max: 1000 })
    const lease = await createAtomic(storage, { now: () => 1_000_000 }).lease("key", { ttl: 60_000 })
    expect(lease?.expiresAt).toBe(1_001_000)
  })

  it.each([
    [{ min: 10, max: 5 }, "`max`"],
    [{ min: 10, default: 5 }, "`default`"],
    [{ max: 10, default: 50 }, "`default`"],
    [{ max: -1 }, "`max`"],
    [{ min: "1 h" as never }, "`min`"],
  ])("refuses %j", (options, name) => {
    expect(() => setup(options)).toThrow(InvalidOption)
    expect(() => setup(options)).toThrow(name)
  })

  it("refuses a longest life that the storage cannot keep to", () => {
    expect(() => setup({ max: 1000 }, { minTtl: 60_000 })).toThrow(/`max`.*1000.*Give 60000 or more/)
  })

  it("suggests the option that was meant", () => {
    expect(() => setup({ maximum: 5 } as never)).toThrow(UnknownOption)
  })
})
