import { describe, expect, it, onTestFinished, vi } from "vitest"
import { cached, counter, textOf } from "../../test/support/cached.ts"
import { type Deferred, deferred, settled } from "../../test/support/timing.ts"
import { ToolResult } from "../components/result.ts"
import { tool } from "../components/tool.ts"
import { complete } from "../protocol/call.ts"
import type { CacheOptions } from "./cache.ts"

/** A server with a tool that ends when the test says so. */
function slow(options: Partial<CacheOptions> = {}) {
  const setup = cached({ callTool: { only: ["slow"] }, ...options })
  const runs: (Deferred<string | ToolResult> & { readonly signal: AbortSignal })[] = []
  setup.mcp.tool({ name: "slow", input: { type: "object" } }, (_, { signal }) => {
    const run = { ...deferred<string | ToolResult>(), signal }
    runs.push(run)
    return run.promise
  })
  return { ...setup, runs }
}

describe("equal calls at the same time", () => {
  it("run once", async () => {
    const { client, runs, results } = slow()
    const ada = await client()
    const calls = Array.from({ length: 100 }, () => textOf(ada, "slow"))
    await settled()
    expect(runs).toHaveLength(1)
    runs[0]?.resolve("done")
    expect(new Set(await Promise.all(calls))).toEqual(new Set(["done"]))
    expect(results.statistics().callTool).toMatchObject({ hits: 99, misses: 1, stores: 1 })
  })

  it("all run where the first fails, at once and not one after the other", async () => {
    const { client, runs } = slow()
    const ada = await client()
    const calls = Array.from({ length: 3 }, () => ada.callTool("slow"))
    await settled()
    runs[0]?.resolve(new ToolResult({ content: "no", isError: true }))
    await settled()
    expect(runs).toHaveLength(3)
    for (const run of runs.slice(1)) run.resolve("done")
    expect((await Promise.all(calls)).map(({ isError }) => isError ?? false)).toEqual([true, false, false])
  })

  it("run again, once, where the first is cancelled by its client", async () => {
    const { client, runs } = slow()
    const [ada, bob] = [await client(), await client()]
    const controller = new AbortController()
    const first = ada.callTool("slow", {}, { signal: controller.signal }).catch((error: Error) => error)
    await settled()
    const others = [textOf(bob, "slow"), textOf(bob, "slow")]
    await settled()
    controller.abort()
    expect(await first).toBeInstanceOf(Error)
    await settled()
    expect(runs.map(({ signal }) => signal.aborted)).toEqual([true, false])
    runs[1]?.resolve("whole")
    expect(await Promise.all(others)).toEqual(["whole", "whole"])
    // What the cancelled one gives in the end, half of it perhaps, is for nobody.
    runs[0]?.resolve("half")
    await settled()
    expect(await textOf(bob, "slow")).toBe("whole")
  })

  it("are not answered with what middleware makes of one that was cancelled", async () => {
    const { mcp, client, runs } = slow()
    mcp.use({
      async callTool(_, next) {
        const outcome = await next()
        return outcome.kind === "failure" ? complete({ content: [{ type: "text", text: "half" }] }) : outcome
      },
    })
    const ada = await client()
    const controller = new AbortController()
    const first = ada.callTool("slow", {}, { signal: controller.signal }).catch(() => undefined)
    await settled()
    controller.abort()
    await first
    await settled()
    const second = textOf(ada, "slow")
    await settled()
    runs[1]?.resolve("whole")
    expect(await second).toBe("whole")
  })

  it("let one that is cancelled go, and run on", async () => {
    const { client, runs } = slow()
    const [ada, bob] = [await client(), await client()]
    const first = textOf(ada, "slow")
    await settled()
    const controller = new AbortController()
    const second = bob.callTool("slow", {}, { signal: controller.signal })
    await settled()
    controller.abort()
    await expect(second).rejects.toThrow()
    runs[0]?.resolve("done")
    expect(await first).toBe("done")
    expect(runs).toHaveLength(1)
  })

  it("do not wait for ever", async () => {
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] })
    onTestFinished(() => void vi.useRealTimers())
    const { client, runs } = slow()
    const ada = await client()
    const calls = [textOf(ada, "slow"), textOf(ada, "slow")]
    await settled()
    expect(runs).toHaveLength(1)
    vi.advanceTimersByTime(60_000)
    await settled()
    expect(runs).toHaveLength(2)
    for (const run of runs) run.resolve("done")
    await Promise.all(calls)
  })

  it("of a handler wait for nobody, so that none waits for itself", async () => {
    const { mcp, client } = cached({ callTool: { only: ["again"] } })
    let runs = 0
    mcp.tool({ name: "again" }, async (_, ctx): Promise<string> => {
      if (++runs > 1) return "inner"
      await ctx.callTool("again")
      return "outer"
    })
    expect(await textOf(await client(), "again")).toBe("outer")
  })

  it("do not fail where the handler throws", async () => {
    const { client, runs } = slow()
    const ada = await client()
    const calls = [ada.callTool("slow"), ada.callTool("slow")]
    await settled()
    runs[0]?.reject(new Error("broken"))
    await settled()
    runs[1]?.resolve("done")
    expect((await Promise.all(calls)).map(({ isError }) => isError)).toEqual([true, undefined])
  })
})

describe("a change while a call runs", () => {
  it("keeps its result from being kept, and from those who come after", async () => {
    const { mcp, client, runs, results } = slow()
    const ada = await client()
    const before = textOf(ada, "slow")
    await settled()
    counter(mcp, "new")
    const after = textOf(ada, "slow")
    await settled()
    expect(runs).toHaveLength(2)
    runs[0]?.resolve("old")
    runs[1]?.resolve("new")
    expect([await before, await after, await textOf(ada, "slow")]).toEqual(["old", "new", "new"])
    expect(results.statistics().callTool).toMatchObject({ stores: 1 })
  })
})

describe("changes", () => {
  it("of a list forget the list and the calls of its kind, and no others", async () => {
    const { mcp, client, results } = cached({
      callTool: { only: ["count"] },
      listTools: true,
      readResource: true,
      listResources: true,
    })
    counter(mcp)
    mcp.resource("a://b", () => "x")
    const ada = await client()
    const all = async () => {
      await ada.callTool("count")
      await ada.listTools()
      await ada.readResource("a://b")
      await ada.listResources()
    }
    await all()
    counter(mcp, "late")
    await all()
    const hits = Object.entries(results.statistics()).map(([method, { hits }]) => [method, hits])
    expect(Object.fromEntries(hits)).toEqual({ callTool: 0, listTools: 0, readResource: 1, listResources: 1 })
    expect((await ada.listTools()).map(({ name }) => name)).toEqual(["count", "late"])
  })

  it("of a resource forget what was read of it, and nothing else", async () => {
    const { mcp, client } = cached({ readResource: true })
    let runs = 0
    mcp.resource("notes://{id}", ({ id }) => `${id} ${++runs}`)
    const ada = await client()
    const read = async (uri: string) => {
      const [contents] = (await ada.readResource(uri)).contents
      return contents !== undefined && "text" in contents ? contents.text : ""
    }
    await read("notes://a")
    await read("notes://b")
    mcp.resourceUpdated("notes://a")
    expect([await read("notes://a"), await read("notes://b")]).toEqual(["a 3", "b 2"])
  })

  it("that only some are told do not let a client empty the cache of others", async () => {
    const { mcp, client } = cached({ callTool: { only: ["count"], sharedBy: "everyone" } })
    counter(mcp)
    mcp.tool({ name: "hide" }, (_, ctx) => ctx.visibility.hide({ id: "x" }))
    const [ada, bob] = [await client({ revision: "2025-11-25" }), await client({ revision: "2025-11-25" })]
    await textOf(ada, "count")
    await bob.callTool("hide")
    expect(await textOf(bob, "count")).toBe("count 1")
  })

  it("can be said by hand", async () => {
    const { mcp, client, results } = cached({ callTool: { only: ["count", "other"] }, readResource: true })
    counter(mcp)
    counter(mcp, "other")
    const ada = await client()
    const both = async () => [await textOf(ada, "count"), await textOf(ada, "other")]
    await both()
    await results.invalidate({ tool: "count" })
    expect(await both()).toEqual(["count 2", "other 1"])
    await results.clear()
    expect(await both()).toEqual(["count 3", "other 2"])
    await expect(results.invalidate({})).rejects.toThrow("clear()")
    await expect(results.invalidate({ name: "x" } as object)).rejects.toThrow("name")
  })
})

describe("memory", () => {
  it("is bounded in entries, the least used going first", async () => {
    const { mcp, client, results } = cached({ callTool: { only: ["count"] }, maxEntries: 2 })
    const state = counter(mcp)
    const ada = await client()
    for (const n of [1, 2, 1, 3, 1]) await textOf(ada, "count", { n })
    expect(state.runs).toBe(3)
    await textOf(ada, "count", { n: 2 })
    expect(state.runs).toBe(4)
    expect(results.statistics().callTool).toMatchObject({ entries: 2, evictions: 2 })
  })

  it("is bounded in bytes, those of keys included, whatever clients send", async () => {
    const { mcp, results } = cached({ callTool: { only: ["count"] }, maxBytes: 10_000 })
    counter(mcp)
    for (let n = 0; n < 300; n++) await mcp.callTool("count", { n, pad: "x".repeat(n * 10) })
    const { bytes = 0, entries = 0, evictions = 0 } = results.statistics().callTool ?? {}
    expect(bytes).toBeLessThanOrEqual(10_000)
    expect(entries).toBeGreaterThan(0)
    expect(entries + evictions).toBe(results.statistics().callTool?.stores)
  })

  it("is empty, and stays so, when all was forgotten by name", async () => {
    const { mcp, client, results } = cached({ readResource: true })
    mcp.resource("notes://{id}", ({ id }) => id)
    const ada = await client()
    for (let n = 0; n < 50; n++) await ada.readResource(`notes://${n}`)
    for (let n = 0; n < 50; n++) mcp.resourceUpdated(`notes://${n}`)
    expect(results.statistics().readResource).toMatchObject({ entries: 0, bytes: 0 })
  })
})

describe("a tool that a handler brings along", () => {
  it("is not answered with what another of its name gave", async () => {
    const { mcp, client, results } = cached(
      { callTool: { only: ["search"] } },
      {
        sampling: {
          handler: (request) =>
            request.messages.length > 1
              ? { role: "assistant", model: "m", content: { type: "text", text: JSON.stringify(request) } }
              : {
                  role: "assistant",
                  model: "m",
                  stopReason: "toolUse",
                  content: [{ type: "tool_use", id: "1", name: "search", input: {} }],
                },
        },
      },
    )
    mcp.tool({ name: "search" }, () => "public")
    const own = tool({ name: "search" }, () => "own")
    mcp.tool({ name: "think" }, async (_, ctx) => {
      const { text } = await ctx.sample({ messages: "go", tools: [own] })
      return text ?? ""
    })
    const ada = await client()
    await ada.callTool("search")
    expect(await textOf(ada, "think")).toContain("own")
    expect(await textOf(ada, "search")).toBe("public")
    expect(results.statistics().callTool).toMatchObject({ hits: 1, misses: 1 })
  })
})
