import { describe, expect, it } from "vitest"
import { overMemory } from "../../test/contract/over-memory.ts"
import { storageContract } from "../../test/contract/storage.ts"
import { InvalidOption } from "../errors/server.ts"
import { logged, type StorageCall } from "./logged.ts"
import { memoryStorage } from "./memory.ts"
import { absent } from "./storage.ts"

storageContract(
  overMemory((driver) => logged(driver, () => undefined)),
  { level: "atomic" },
)

describe("logged", () => {
  it("tells what was asked and how it ended, without values", async () => {
    const events: StorageCall[] = []
    let time = 0
    const storage = logged(memoryStorage(), (event) => events.push(event), { now: () => time++ })
    await storage.get("key")
    await storage.write("key", "secret", { if: absent })
    await storage.write("key", "secret", { if: absent })
    await storage.get("key")
    await storage.list?.("k")
    await storage.list?.("x")
    await storage.increment?.("count", 1)
    await storage.write("key", undefined)
    expect(events.map(({ operation, key, outcome }) => `${operation} ${key} ${outcome}`)).toEqual([
      "get key miss",
      "write key written",
      "write key refused",
      "get key hit",
      "list k hit",
      "list x miss",
      "increment count written",
      "delete key written",
    ])
    expect(new Set(events.map(({ ms }) => ms))).toEqual(new Set([1]))
    expect(JSON.stringify(events)).not.toContain("secret")
  })

  it("tells of what failed, and lets it fail", async () => {
    const events: StorageCall[] = []
    const error = new TypeError("away")
    const broken = { ...memoryStorage(), get: () => Promise.reject(error) }
    await expect(logged(broken, (event) => events.push(event)).get("key")).rejects.toBe(error)
    expect(events).toMatchObject([{ operation: "get", key: "key", outcome: "failed", error }])
  })

  it("lets nothing fail because its log did", async () => {
    const storage = logged(memoryStorage(), () => {
      throw new TypeError("the log is full")
    })
    await storage.write("key", "value")
    const late = logged(storage, async () => {
      throw new TypeError("the log is full")
    })
    expect((await late.get("key"))?.value).toBe("value")
  })

  it("refuses what is no function", () => {
    expect(() => logged(memoryStorage(), "log" as never)).toThrow(InvalidOption)
    expect(() => logged(memoryStorage(), () => undefined, { now: 5 as never })).toThrow(InvalidOption)
  })
})
