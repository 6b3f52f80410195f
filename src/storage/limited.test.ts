import { describe, expect, it } from "vitest"
import { overMemory } from "../../test/contract/over-memory.ts"
import { storageContract } from "../../test/contract/storage.ts"
import { InvalidOption } from "../errors/server.ts"
import { InvalidStorageKey, ValueTooLarge } from "../errors/storage.ts"
import { limited } from "./limited.ts"
import { memoryStorage } from "./memory.ts"

storageContract(
  overMemory((driver) => limited(driver, { maxValueBytes: 1024 * 1024, maxKeyBytes: 512 })),
  { level: "atomic" },
)

describe("limited", () => {
  it("counts the bytes of values, and lets nothing larger through", () => {
    const memory = memoryStorage()
    const storage = limited(memory, { maxValueBytes: 6 })
    storage.write("key", "äöü")
    expect(() => storage.write("key", "äöüx")).toThrow(ValueTooLarge)
    expect(() => storage.write("key", "äöüx")).toThrow(/`key` takes 7 bytes.*at most 6/)
    expect(memory.get("key")).toMatchObject({ value: "äöü" })
  })

  it("deletes in any case", () => {
    const memory = memoryStorage()
    memory.write("key", "much too large")
    limited(memory, { maxValueBytes: 1 }).write("key", undefined)
    expect(memory.get("key")).toBeUndefined()
  })

  it("refuses long keys, whatever is done with them", () => {
    const storage = limited(memoryStorage(), { maxValueBytes: 10, maxKeyBytes: 4 })
    storage.write("ää", "value")
    for (const act of [
      () => storage.get("ääx"),
      () => storage.write("ääx", "value"),
      () => storage.write("ääx", undefined),
      () => storage.increment?.("ääx", 1),
    ]) {
      expect(act).toThrow(InvalidStorageKey)
      expect(act).toThrow(/`ääx`.*5 bytes.*allows 4/)
    }
  })

  it.each([{}, { maxValueBytes: 0 }, { maxValueBytes: 1.5 }])("refuses %j", (options) => {
    expect(() => limited(memoryStorage(), options as never)).toThrow(InvalidOption)
  })
})
