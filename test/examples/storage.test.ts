import { describe, expect, it } from "vitest"
import mcp, { drafts, events, profiles, published, shared, storage } from "../../examples/storage-wrappers.ts"

describe("storage-wrappers.ts", () => {
  it("encrypts and compresses what a server keeps, for a day at most", async () => {
    const page = "Dear Ada. ".repeat(500)
    const before = Date.now()
    await storage.write("note", page)
    const stored = await storage.get("note")
    expect(stored?.value).toBe(page)
    expect(stored?.expiresAt).toBeGreaterThanOrEqual(before + 86_400_000)
    expect(mcp.name).toBe("Notes")
  })

  it("remembers what it read, and tells what it asked for", async () => {
    await profiles.write("ada", "Ada Lovelace")
    await profiles.get("ada")
    await profiles.get("ada")
    expect(events).toEqual(["write ada written", "get ada hit"])
  })

  it("bounds what is written, and shows it to those who only read", async () => {
    await drafts.write("1", "Dear Ada")
    expect(published.get("1")).toMatchObject({ value: "Dear Ada" })
    expect(shared.get("drafts/=1")).toMatchObject({ value: "Dear Ada" })
    expect(() => published.write("1", "changed")).toThrow("read only")
    expect(() => drafts.write("2", "x".repeat(70_000))).toThrow("at most 65536")
  })
})
