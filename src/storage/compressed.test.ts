import { deflateSync } from "node:zlib"
import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { overMemory } from "../../test/contract/over-memory.ts"
import { storageContract } from "../../test/contract/storage.ts"
import { InvalidOption } from "../errors/server.ts"
import { CorruptValue, ValueTooLarge } from "../errors/storage.ts"
import { encodeBase64 } from "../shared/base64.ts"
import { compressed } from "./compressed.ts"
import { memoryStorage } from "./memory.ts"

storageContract(
  overMemory((driver) => compressed(driver)),
  { level: "atomic" },
)

describe("compressed, from the first byte", () => {
  storageContract(
    overMemory((driver) => compressed(driver, { minBytes: 0 })),
    { level: "atomic" },
  )
})

describe("compressed", () => {
  it("keeps large values in less room", async () => {
    const memory = memoryStorage()
    const storage = compressed(memory)
    const page = "<li>Hello, Ada</li>".repeat(5000)
    await storage.write("key", page)
    expect((await memory.get("key"))?.value.length).toBeLessThan(page.length / 50)
    expect((await storage.get("key"))?.value).toBe(page)
  })

  it("keeps small values, and those that would not become shorter, as they are", async () => {
    const memory = memoryStorage()
    const storage = compressed(memory)
    const noise = encodeBase64(crypto.getRandomValues(new Uint8Array(3000)))
    await storage.write("small", "x".repeat(1023))
    await storage.write("noise", noise)
    expect(memory.get("small")).toMatchObject({ value: "x".repeat(1023) })
    expect(memory.get("noise")).toMatchObject({ value: noise })
  })

  it("reads what was there before, and shares counters", async () => {
    const memory = memoryStorage()
    memory.write("old", "written without it")
    const storage = compressed(memory, { minBytes: 0 })
    expect((await storage.get("old"))?.value).toBe("written without it")
    await storage.write("count", "41")
    expect(await storage.increment?.("count", 1)).toBe(42)
    expect((await storage.get("count"))?.value).toBe("42")
  })

  it("brings back every text", async () => {
    const storage = compressed(memoryStorage(), { minBytes: 0 })
    const piece = fc.oneof(
      fc.constantFrom("plain,", "deflate,", "deflate,eJw="),
      fc.string({ unit: "binary" }),
    )
    const text = fc.tuple(fc.array(piece), fc.nat(40)).map(([pieces, times]) => pieces.join("").repeat(times))
    await fc.assert(
      fc.asyncProperty(text, async (value) => {
        await storage.write("key", value)
        expect((await storage.get("key"))?.value).toBe(value)
      }),
      { numRuns: 50 },
    )
  })

  it("refuses to write what it would refuse to read", async () => {
    const storage = compressed(memoryStorage(), { maxBytes: 100 })
    await expect(storage.write("key", "ä".repeat(51))).rejects.toThrow(ValueTooLarge)
    await expect(storage.write("key", "ä".repeat(51))).rejects.toThrow(/`key` takes 102 bytes.*at most 100/)
    await storage.write("key", "ä".repeat(50))
  })

  it("does not unpack a bomb", async () => {
    const memory = memoryStorage()
    const bomb = deflateSync(new Uint8Array(64 * 1024 * 1024))
    memory.write("key", `deflate,${encodeBase64(bomb)}`)
    const before = process.memoryUsage().arrayBuffers
    const read = compressed(memory, { maxBytes: 1024 * 1024 }).get("key")
    await expect(read).rejects.toThrow(CorruptValue)
    await expect(read).rejects.toThrow(/`key`.*at most 1048576 bytes/)
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(16 * 1024 * 1024)
  })

  it("tells of a value that was damaged, where the damage is not without effect", async () => {
    const memory = memoryStorage()
    const storage = compressed(memory)
    const value = "abc".repeat(1000)
    await storage.write("key", value)
    const text = (await memory.get("key"))?.value ?? ""
    const damage = fc
      .tuple(fc.integer({ min: "deflate,".length, max: text.length - 1 }), fc.string({ maxLength: 2 }))
      .map(([at, piece]) => text.slice(0, at) + piece + text.slice(at + 1))
    let told = 0
    await fc.assert(
      fc.asyncProperty(damage, async (damaged) => {
        memory.write("key", damaged)
        const read: unknown = await Promise.resolve(storage.get("key")).catch((error: unknown) => error)
        if (read instanceof CorruptValue) told++
        else expect(read).toMatchObject({ value })
      }),
      { numRuns: 150 },
    )
    expect(told).toBeGreaterThan(100)
  })

  it.each([{ minBytes: -1 }, { maxBytes: 0 }, { maxBytes: "1" as never }])("refuses %j", (options) => {
    expect(() => compressed(memoryStorage(), options)).toThrow(InvalidOption)
  })
})
