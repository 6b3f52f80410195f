import { expect, it } from "vitest"
import { memoryStorage } from "./memory.ts"
import { over } from "./over.ts"
import { scoped } from "./scoped.ts"
import type { StorageDriver } from "./storage.ts"

it("does what the driver does, which may be an object of a class", async () => {
  class Storage {
    readonly #memory: StorageDriver = memoryStorage()
    readonly atomic = true
    readonly listable = false
    readonly minTtl = 5
    readonly maxTtl = 500
    get(key: string) {
      return this.#memory.get(key)
    }
    write(key: string, value: string | undefined) {
      return this.#memory.write(key, value)
    }
    increment(key: string, by: number) {
      return this.#memory.increment?.(key, by) ?? 0
    }
  }
  const storage = over(new Storage())
  expect(await storage.increment?.("key", 2)).toBe(2)
  await storage.write("key", "3")
  expect(await storage.get("key")).toMatchObject({ value: "3" })
  expect(storage).toMatchObject({ atomic: true, listable: false, minTtl: 5, maxTtl: 500 })
  expect([storage.list, storage.close]).toEqual([undefined, undefined])
})

it("does itself what the wrapper does, and takes away what that has not", () => {
  const storage = over(memoryStorage(), { minTtl: 9, get: () => undefined, list: undefined })
  storage.write("key", "value")
  expect(storage.get("key")).toBeUndefined()
  expect([storage.minTtl, storage.list]).toEqual([9, undefined])
})

it("is no scope, though the driver is one, so that a scope of it is not made past it", async () => {
  const memory = memoryStorage()
  const loud = over(scoped(memory, "a"), { write: (key, value) => memory.write(`loud ${key}`, value) })
  await scoped(loud, "b").write("key", "value")
  expect(memory.get("loud b/=key")).toMatchObject({ value: "value" })
})
