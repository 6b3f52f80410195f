import { describe, expect, it } from "vitest"
import { listShards, shardOf } from "./shard.ts"

describe("shardOf", () => {
  it("finds what earlier versions stored", () => {
    expect(["", "a", "key", "世界", "state/=user-1"].map(shardOf)).toEqual([9, 0, 9, 12, 3])
  })

  it("spreads keys that differ little over all parts", () => {
    const counts = new Array<number>(16).fill(0)
    for (let user = 0; user < 16_000; user++) {
      const shard = shardOf(`state/=user-${user}`)
      counts[shard] = (counts[shard] ?? 0) + 1
    }
    expect(Math.min(...counts)).toBeGreaterThan(800)
    expect(Math.max(...counts)).toBeLessThan(1200)
  })
})

describe("listShards", () => {
  it("gives full pages over the ends of parts, and goes on where the page before ended", async () => {
    const list = async (shard: number, after: string | undefined, limit: number) => {
      const all = [`${shard}:a`, `${shard}:b`, `${shard}:c`]
      const rest = after === undefined ? all : all.slice(all.indexOf(after) + 1)
      const keys = rest.slice(0, limit)
      return { keys, last: keys.length < rest.length ? keys.at(-1) : undefined }
    }
    const sizes: number[] = []
    const seen: string[] = []
    for (let cursor: string | undefined, more = true; more; more = cursor !== undefined) {
      const page = await listShards(list, { cursor, limit: 10 })
      cursor = page.cursor
      sizes.push(page.keys.length)
      seen.push(...page.keys)
    }
    expect(sizes).toEqual([10, 10, 10, 10, 8])
    expect(new Set(seen).size).toBe(48)
  })

  it("does not ask without end for one page where everything has expired", async () => {
    let asked = 0
    const list = async () => ({ keys: [], last: `key-${asked++}` })
    expect(await listShards(list, { limit: 10 })).toEqual({ keys: [], cursor: "0:key-63" })
    expect(asked).toBe(64)
  })
})
