import { describe, expect, it } from "vitest"
import { type Cached, cached, counter, textOf } from "../../test/support/cached.ts"
import { deferred, settled } from "../../test/support/timing.ts"
import type { FleetMCPOptions } from "../fleet-mcp-options.ts"
import { createPrincipal } from "../protocol/principal.ts"
import { memoryStorage } from "../storage/memory.ts"
import type { StorageDriver } from "../storage/storage.ts"
import type { CacheOptions } from "./cache.ts"

/** What a storage holds, as whoever can read it sees it. */
async function dump(storage: StorageDriver): Promise<readonly (readonly [string, string])[]> {
  const { keys } = (await storage.list?.("")) ?? { keys: [] }
  return Promise.all(keys.map(async (key) => [key, (await storage.get(key))?.value ?? ""] as const))
}

/** Several processes of one server over one storage. */
function replicas(storage: StorageDriver, options: Partial<CacheOptions> = {}, server: FleetMCPOptions = {}) {
  const runs = { count: 0 }
  const start = () => {
    const one = cached({ callTool: { only: ["count"] }, readResource: true, storage, ...options }, server)
    one.mcp.tool({ name: "count", input: { type: "object" } }, () => `count ${++runs.count}`)
    one.mcp.resource("notes://{id}", ({ id }) => `${id} ${++runs.count}`)
    return one
  }
  return { start, runs }
}

async function count(one: Cached, args: object = {}): Promise<string> {
  return textOf(await one.client(), "count", args)
}

describe("a cache in a storage", () => {
  it("is shared by the processes of a server, and outlives them", async () => {
    const { start } = replicas(memoryStorage())
    const [a, b] = [start(), start()]
    expect([await count(a), await count(b)]).toEqual(["count 1", "count 1"])
    await a.mcp.close()
    await b.mcp.close()
    expect(await count(start())).toBe("count 1")
  })

  it("may be the storage of the server", async () => {
    const storage = memoryStorage()
    const { start } = replicas(storage, { storage: "server" }, { storage })
    expect([await count(start()), await count(start())]).toEqual(["count 1", "count 1"])
    expect((await dump(storage)).map(([key]) => key)).toEqual([expect.stringContaining("middleware.cache")])
  })

  it("has neither arguments nor callers in its keys", async () => {
    const storage = memoryStorage()
    const one = replicas(storage).start()
    const ada = await createPrincipal({ subject: "ada-lovelace" })
    const client = await one.client({ principal: ada })
    await client.callTool("count", { password: "hunter2" })
    const text = JSON.stringify(await dump(storage))
    for (const secret of ["hunter2", "password", "ada-lovelace", ada.key, `"count"`])
      expect(text).not.toContain(secret)
    expect((await dump(storage))[0]?.[0]).toMatch(/[\w-]{43}$/)
  })

  it("does not keep what began before a change in another process, however long it takes", async () => {
    let time = 1_800_000_000_000
    const now = () => time
    const options: CacheOptions = {
      callTool: { only: ["price"], ttlMs: 1000 },
      storage: memoryStorage({ now }),
      now,
    }
    const [slow, other] = [cached(options), cached(options)]
    const gate = deferred<string>()
    slow.mcp.tool({ name: "price" }, () => gate.promise)
    other.mcp.tool({ name: "price" }, () => "new")
    const answer = textOf(await slow.client(), "price")
    await settled()
    await other.results.invalidate({ tool: "price" })
    time += 120_000
    gate.resolve("old")
    expect(await answer).toBe("old")
    expect(await textOf(await other.client(), "price")).toBe("new")
  })

  it("is not that of another server, or of another version of it", async () => {
    const storage = memoryStorage()
    const { start } = replicas(storage)
    await count(start())
    const newer = cached({ callTool: { only: ["count"] }, storage }, { version: "2.0.0" })
    counter(newer.mcp)
    newer.mcp.tool({ name: "mark" }, () => "x")
    expect(await count(newer)).toBe("count 1")
    expect(newer.results.statistics().callTool).toMatchObject({ hits: 0, stores: 1 })
  })

  it("tells the storage how long to keep each", async () => {
    const lives: (number | undefined)[] = []
    const memory = memoryStorage()
    const storage: StorageDriver = {
      ...memory,
      write(key, value, options) {
        lives.push(options?.ttl)
        return memory.write(key, value, options)
      },
    }
    const one = replicas(storage, { callTool: { only: ["count"], ttlMs: 5000 } }).start()
    await count(one)
    expect(lives).toEqual([5000])
  })

  it("does not serve what is over, whatever the storage keeps", async () => {
    const one = replicas(memoryStorage({ now: () => 0 })).start()
    await count(one)
    one.advance(60_000)
    expect(await count(one)).toBe("count 2")
  })

  it("is forgotten in all processes when one hears of a change", async () => {
    const { start } = replicas(memoryStorage())
    const [a, b] = [start(), start()]
    await count(a)
    counter(a.mcp, "late")
    // It serves nothing before it has told the others.
    expect([await count(a), await count(b)]).toEqual(["count 2", "count 2"])
  })

  it("is not forgotten by a process that starts", async () => {
    const { start } = replicas(memoryStorage())
    await count(start())
    expect(await count(start())).toBe("count 1")
  })

  it("forgets one resource, or one tool, in all processes", async () => {
    const { start } = replicas(memoryStorage())
    const [a, b] = [start(), start()]
    const read = async (one: Cached, uri: string) =>
      (await (await one.client()).readResource(uri)).contents[0]
    await read(b, "notes://x")
    await read(b, "notes://y")
    a.mcp.resourceUpdated("notes://x")
    expect(await read(a, "notes://x")).toMatchObject({ text: "x 3" })
    expect(await read(b, "notes://x")).toMatchObject({ text: "x 3" })
    expect(await read(b, "notes://y")).toMatchObject({ text: "y 2" })
    await count(b)
    await a.results.invalidate({ tool: "count" })
    expect(await count(b)).toBe("count 5")
  })

  it("does not keep what was made before a change in another process", async () => {
    const storage = memoryStorage()
    const { start } = replicas(storage)
    const [a, b] = [start(), start()]
    let isOld = true
    let finish: () => void = () => undefined
    a.mcp.resource("slow://it", async () => {
      if (!isOld) return "new"
      isOld = false
      await new Promise<void>((resolve) => {
        finish = resolve
      })
      return "old"
    })
    const client = await a.client()
    const reading = client.readResource("slow://it")
    await settled()
    await b.results.invalidate({ uri: "slow://it" })
    finish()
    expect((await reading).contents).toMatchObject([{ text: "old" }])
    expect((await client.readResource("slow://it")).contents).toMatchObject([{ text: "new" }])
  })

  it.each([
    "",
    "nothing",
    "{}",
    '[1,0,9e15,null,""]',
    '[1,0,9e15,null,""]\n',
    '[1,0,9e15,null,""]\n{"content":',
    '[1,0,9e15,null,""]\n[]',
    '[2,0,9e15,null,""]\n{}',
    '[1,"0",9e15,null,""]\n{}',
    '[1,0,9e15,"x",""]\n{}',
  ])("takes %j in the storage for nothing", async (text) => {
    const storage = memoryStorage()
    const one = replicas(storage).start()
    await count(one)
    for (const [key] of await dump(storage)) await storage.write(key, text)
    expect(await count(one)).toBe("count 2")
  })
})

describe("a storage that fails", () => {
  function broken() {
    const memory = memoryStorage()
    const state = { reads: false, writes: false }
    const storage: StorageDriver = {
      ...memory,
      async get(key) {
        if (state.reads) throw new Error("no connection")
        return memory.get(key)
      },
      async write(key, value, options) {
        if (state.writes) throw new Error("no connection")
        return memory.write(key, value, options)
      },
    }
    return { storage, state }
  }

  it("fails no call, and is logged once", async () => {
    const { storage, state } = broken()
    const one = replicas(storage).start()
    state.reads = true
    state.writes = true
    expect([await count(one), await count(one), await count(one)]).toEqual(["count 1", "count 2", "count 3"])
    expect(one.log).toMatchObject([{ level: "warning", message: expect.stringContaining("response cache") }])
    state.reads = false
    state.writes = false
    expect([await count(one), await count(one)]).toEqual(["count 4", "count 4"])
    state.reads = true
    await count(one)
    expect(one.log).toHaveLength(2)
  })

  it("serves nothing that is out of date when a change cannot be written", async () => {
    const { storage, state } = broken()
    const one = replicas(storage).start()
    await count(one)
    state.writes = true
    await expect(one.results.invalidate({ tool: "count" })).rejects.toThrow("no connection")
    expect(await count(one)).toBe("count 2")
    state.writes = false
    expect([await count(one), await count(one)]).toEqual(["count 3", "count 3"])
  })

  it("bounds the changes that wait for it", async () => {
    const { storage, state } = broken()
    const one = replicas(storage).start()
    const client = await one.client()
    await client.readResource("notes://x")
    state.writes = true
    for (let n = 0; n < 3000; n++) one.mcp.resourceUpdated(`notes://${n}`)
    one.mcp.resourceUpdated("notes://x")
    await settled()
    state.writes = false
    expect((await client.readResource("notes://x")).contents).toMatchObject([{ text: "x 2" }])
  })

  it("is no reason to fail where it cannot even be opened", async () => {
    const one = replicas(memoryStorage(), { storage: { write: 1 } as unknown as StorageDriver }).start()
    expect([await count(one), await count(one)]).toEqual(["count 1", "count 2"])
  })
})
