import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { CorruptValue, NotStorable } from "../errors/storage.ts"
import { memoryStorage } from "./memory.ts"
import { absent, decodeCount, readJson, writeJson } from "./storage.ts"

describe("readJson and writeJson", () => {
  it("bring back every JSON value", async () => {
    const driver = memoryStorage()
    await fc.assert(
      fc.asyncProperty(fc.jsonValue(), async (value) => {
        expect(await writeJson(driver, { key: "key", value })).toBe(true)
        // What JSON itself does not keep, such as the sign of -0, is not for a storage to keep.
        expect(await readJson(driver, "key")).toEqual(JSON.parse(JSON.stringify(value)))
      }),
    )
  })

  it("store text that any storage can take, whatever the strings hold", async () => {
    const driver = memoryStorage()
    await writeJson(driver, { key: "key", value: "\0 \ud800 \udfff" })
    expect(driver.get("key")).toMatchObject({ value: '"\\u0000 \\ud800 \\udfff"' })
    expect(await readJson(driver, "key")).toBe("\0 \ud800 \udfff")
  })

  it("say whether the condition held", async () => {
    const driver = memoryStorage()
    expect(await writeJson(driver, { key: "key", value: 1 }, { if: absent })).toBe(true)
    expect(await writeJson(driver, { key: "key", value: 2 }, { if: absent })).toBe(false)
    expect(await readJson(driver, "key")).toBe(1)
  })

  it("delete what is undefined", async () => {
    const driver = memoryStorage()
    await writeJson(driver, { key: "key", value: 1 })
    await writeJson(driver, { key: "key", value: undefined })
    expect(await readJson(driver, "key")).toBeUndefined()
  })

  it("refuse what JSON cannot say, and say under which key", async () => {
    const circle: { self?: object } = {}
    circle.self = circle
    for (const value of [() => 1, Symbol("s"), 1n, circle]) {
      const refused = writeJson(memoryStorage(), { key: "key", value })
      await expect(refused).rejects.toThrow(NotStorable)
      await expect(refused).rejects.toThrow("`key`")
    }
  })

  it("tell of text that is no JSON", async () => {
    const driver = memoryStorage()
    driver.write("key", "{")
    await expect(readJson(driver, "key")).rejects.toThrow(CorruptValue)
  })
})

describe("decodeCount", () => {
  it.each([
    ["0", 0],
    ["-8", -8],
    ["9007199254740991", Number.MAX_SAFE_INTEGER],
  ])("reads %j", (text, count) => {
    expect(decodeCount("key", text)).toBe(count)
  })

  it.each(["", " 1", "1.5", "1e3", "0x10", "9007199254740992", "-", "NaN"])("refuses %j", (text) => {
    expect(() => decodeCount("key", text)).toThrow(CorruptValue)
  })
})
