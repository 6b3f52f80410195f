import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { overMemory } from "../../test/contract/over-memory.ts"
import { storageContract } from "../../test/contract/storage.ts"
import { WeakSecret } from "../errors/protocol.ts"
import { UnknownOption } from "../errors/server.ts"
import { CannotDecrypt } from "../errors/storage.ts"
import { createAtomic } from "./atomic.ts"
import { encrypted } from "./encrypted.ts"
import { memoryStorage } from "./memory.ts"
import { scoped } from "./scoped.ts"
import type { StorageDriver } from "./storage.ts"

const oldSecret = "the secret of last year, long enough"
const newSecret = "the secret of this year, long enough"
const secrets = [newSecret]

storageContract(
  overMemory((driver) => encrypted(driver, { secrets })),
  { level: "atomic" },
)

/** What lies in the storage itself. */
async function stored(driver: StorageDriver, key: string): Promise<string> {
  return (await driver.get(key))?.value ?? ""
}

describe("encrypted", () => {
  it("shows the storage nothing of a value, and never the same twice", async () => {
    const memory = memoryStorage()
    const storage = encrypted(memory, { secrets })
    await storage.write("a", "4111 1111 1111 1111")
    await storage.write("b", "4111 1111 1111 1111")
    expect(await stored(memory, "a")).toMatch(/^1[\w-]+$/)
    expect(await stored(memory, "a")).not.toContain("4111")
    expect(await stored(memory, "a")).not.toBe(await stored(memory, "b"))
  })

  it("brings back every text, under every key", async () => {
    const storage = encrypted(memoryStorage(), { secrets })
    const text = fc.string({ unit: "binary", maxLength: 200 })
    await fc.assert(
      fc.asyncProperty(text, text, async (key, value) => {
        await storage.write(key, value)
        expect((await storage.get(key))?.value).toBe(value)
      }),
      { numRuns: 50 },
    )
  })

  it("encrypts with the first secret and decrypts with all", async () => {
    const memory = memoryStorage()
    await encrypted(memory, { secrets: [oldSecret] }).write("old", "of last year")
    const rotated = encrypted(memory, { secrets: [newSecret, oldSecret] })
    await rotated.write("new", "of this year")
    expect((await rotated.get("old"))?.value).toBe("of last year")
    expect((await encrypted(memory, { secrets: [newSecret] }).get("new"))?.value).toBe("of this year")
  })

  it("tells of a secret that is missing, by the key and what to do", async () => {
    const memory = memoryStorage()
    await encrypted(memory, { secrets: [oldSecret] }).write("card", "value")
    const read = Promise.resolve(encrypted(memory, { secrets }).get("card"))
    await expect(read).rejects.toThrow(CannotDecrypt)
    await expect(read).rejects.toThrow(/`card`.*under a secret.*Add the secret/)
  })

  it("has other keys for another purpose", async () => {
    const memory = memoryStorage()
    await encrypted(memory, { secrets, purpose: "cards" }).write("key", "value")
    await expect(encrypted(memory, { secrets, purpose: "notes" }).get("key")).rejects.toThrow(/for a purpose/)
    await expect(encrypted(memory, { secrets }).get("key")).rejects.toThrow(CannotDecrypt)
  })

  it("notices a value that was moved to another key", async () => {
    const memory = memoryStorage()
    const storage = encrypted(memory, { secrets })
    await storage.write("role of ada", "admin")
    memory.write("role of eve", await stored(memory, "role of ada"))
    await expect(storage.get("role of eve")).rejects.toThrow(/`role of eve`.*written under another key/)
  })

  it("notices a value that was moved to another scope over it", async () => {
    const memory = memoryStorage()
    const storage = encrypted(memory, { secrets })
    await scoped(storage, "a").write("key", "value")
    memory.write("b/=key", await stored(memory, "a/=key"))
    await expect(scoped(storage, "b").get("key")).rejects.toThrow(CannotDecrypt)
  })

  it("encrypts what is written to a scope of it that lies over a scope", async () => {
    const memory = memoryStorage()
    const inner = encrypted(scoped(memory, "a"), { secrets })
    await scoped(inner, "b").write("key", "secret value")
    const { keys = [] } = (await memory.list?.("")) ?? {}
    expect(keys).toHaveLength(1)
    expect(await stored(memory, keys[0] ?? "")).not.toContain("secret value")
  })

  it("notices every change", async () => {
    const memory = memoryStorage()
    const storage = encrypted(memory, { secrets })
    await storage.write("key", "value")
    const text = await stored(memory, "key")
    const change = fc
      .tuple(fc.nat(text.length - 1), fc.string({ maxLength: 2 }))
      .map(([at, piece]) => text.slice(0, at) + piece + text.slice(at + 1))
    await fc.assert(
      fc.asyncProperty(fc.oneof(change, fc.string()), async (changed) => {
        fc.pre(changed !== text)
        memory.write("key", changed)
        await expect(storage.get("key")).rejects.toThrow(CannotDecrypt)
      }),
      { numRuns: 200 },
    )
  })

  it("takes plain text for an error, and not for a value", async () => {
    const memory = memoryStorage()
    memory.write("key", "plain")
    await expect(encrypted(memory, { secrets }).get("key")).rejects.toThrow(/`key`.*not encrypted/)
  })

  it("counts by conditional writes", async () => {
    const memory = memoryStorage()
    const storage = encrypted(memory, { secrets })
    expect(storage.increment).toBeUndefined()
    const visits = createAtomic(storage)
    await Promise.all([visits.increment("n"), visits.increment("n", { by: 4 })])
    expect((await storage.get("n"))?.value).toBe("5")
    expect(await stored(memory, "n")).not.toBe("5")
  })

  it.each([[[]], [["short"]], [[undefined as never]], [[new Uint8Array(31)]]])(
    "refuses the secrets %j, which can be guessed",
    (ring) => {
      expect(() => encrypted(memoryStorage(), { secrets: ring })).toThrow(WeakSecret)
    },
  )

  it("refuses options that it does not have, without a word of the secrets", () => {
    const misspelt = { secrets, purpos: "x" } as never
    expect(() => encrypted(memoryStorage(), misspelt)).toThrow(UnknownOption)
    expect(() => encrypted(memoryStorage(), misspelt)).toThrow("`purpose`")
    const text = { secrets: newSecret } as never
    expect(() => encrypted(memoryStorage(), text)).toThrow("a list of strings or bytes")
    expect(() => encrypted(memoryStorage(), text)).not.toThrow(newSecret)
  })
})
