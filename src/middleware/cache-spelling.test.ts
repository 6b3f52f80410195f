import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { cached } from "../../test/support/cached.ts"
import { parseTemplate } from "../shared/uri-template.ts"
import { memoryStorage } from "../storage/memory.ts"
import type { TestClient } from "../testing/index.ts"
import { comparable } from "./cache-place.ts"
import { concerns, toChange } from "./cache-store.ts"

async function read(client: TestClient, uri: string): Promise<string> {
  const [contents] = (await client.readResource(uri)).contents
  return contents !== undefined && "text" in contents ? contents.text : ""
}

describe("a cache of resources", () => {
  for (const storage of [undefined, "own"] as const)
    it(`forgets all spellings of a URI that changed (${storage ?? "memory"})`, async () => {
      const { mcp, client } = cached({
        readResource: true,
        ...(storage === undefined ? undefined : { storage: memoryStorage() }),
      })
      let runs = 0
      mcp.resource("notes://{id}", ({ id }) => `${id} ${++runs}`)
      const ada = await client()
      const spellings = ["notes://a%2fb", "notes://a%2Fb", "NOTES://%61%2Fb"]
      for (const uri of spellings) expect(await read(ada, uri)).toMatch(/^a\/b /)
      expect(runs).toBe(3)
      mcp.resourceUpdated("notes://%61%2fb")
      for (const uri of spellings) await read(ada, uri)
      expect(runs).toBe(6)
    })

  it("forgets by `invalidate()` whichever way a URI is spelled", async () => {
    const { mcp, client, results } = cached({ readResource: true })
    let runs = 0
    mcp.resource("notes://{id}", ({ id }) => `${id} ${++runs}`)
    const ada = await client()
    await read(ada, "Notes://%61")
    await results.invalidate({ uri: "notes://a" })
    expect(await read(ada, "Notes://%61")).toBe("a 2")
  })
})

describe("what a change concerns", () => {
  it("is every URI that a template takes for the same, and no other", () => {
    const template = parseTemplate("notes://{id}")
    const inOneWay = (char: string, how: number) =>
      how === 0 ? encodeURIComponent(char) : spelled(char, how === 1)
    const spelling = fc.array(fc.nat(2), { minLength: 8, maxLength: 8 })
    fc.assert(
      fc.property(
        fc.string({ unit: "grapheme", minLength: 1, maxLength: 8 }),
        spelling,
        spelling,
        (id, one, other) => {
          const write = (how: readonly number[]) =>
            `notes://${[...id].map((char, at) => inOneWay(char, how[at] ?? 0)).join("")}`
          const [changed, asked] = [write(one), write(other)]
          fc.pre(template.match(asked) !== undefined && template.match(changed) !== undefined)
          const place = { key: "", method: "readResource", subject: "resource" } as const
          const target = comparable("resource", asked)
          expect(concerns(toChange("resource", changed), { ...place, target })).toBe(true)
          const elsewhere = comparable("resource", `${asked}x`)
          expect(concerns(toChange("resource", changed), { ...place, target: elsewhere })).toBe(false)
        },
      ),
    )
  })

  it("is a query in any order, its spaces in either spelling", () => {
    const one = comparable("resource", "notes://a?q=x+y&n=1&")
    expect(one).toBe(comparable("resource", "notes://a?n=1&q=x%20y"))
    expect(comparable("resource", "notes://a?")).toBe(comparable("resource", "notes://a"))
    expect(one).not.toBe(comparable("resource", "notes://a?n=1&q=xy"))
  })

  it("is a name as it is, for tools and prompts", () => {
    expect(toChange("tool", "a:%61").only).toEqual({ target: "a:%61" })
  })
})

function spelled(char: string, isUpper: boolean): string {
  return [...new TextEncoder().encode(char)]
    .map((byte) => {
      const hex = byte.toString(16).padStart(2, "0")
      return `%${isUpper ? hex.toUpperCase() : hex}`
    })
    .join("")
}
