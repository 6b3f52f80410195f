import * as fc from "fast-check"
import { afterEach, describe, expect, it, vi } from "vitest"
import * as z from "zod"
import { quietServer } from "../../test/support/server.ts"
import { deferred, settled } from "../../test/support/timing.ts"
import { type Context, contextKey } from "../components/context.ts"
import { stateKey } from "../components/state.ts"
import { createPrincipal, type Principal } from "../protocol/principal.ts"
import { memoryStorage } from "../storage/memory.ts"
import type { StorageDriver } from "../storage/storage.ts"
import { connect } from "../testing/index.ts"
import { digestKey } from "./digest-key.ts"

const ada = await createPrincipal({ subject: "ada" })

/** Does something with the context of a call. */
async function within<T>(
  use: (ctx: Context) => Promise<T>,
  { storage = memoryStorage(), as = ada }: { storage?: StorageDriver; as?: Principal | undefined } = {},
): Promise<T> {
  const mcp = quietServer({ storage })
  let result: Promise<T> | undefined
  mcp.tool({ name: "t" }, async (_, ctx) => {
    result = use(ctx)
    await result.catch(() => undefined)
    return "done"
  })
  await mcp.callTool("t", {}, { as })
  // The handler has run.
  return result as Promise<T>
}

afterEach(() => {
  vi.useRealTimers()
})

describe("state", () => {
  it("keeps JSON under any text", async () => {
    await fc.assert(
      fc.asyncProperty(fc.string({ minLength: 1, unit: "binary" }), fc.jsonValue(), async (key, value) => {
        const kept = await within(async ({ state }) => {
          await state.set(key, value)
          return [await state.get(key), await state.get(`${key}x`)]
        })
        expect(kept).toEqual([JSON.parse(JSON.stringify(value)), undefined])
      }),
      { numRuns: 50 },
    )
  })

  it.each(["__proto__", "constructor", "a:b", "a/=b", "\u0000", "\ud800", "\udc00", "é", "e\u0301"])(
    "keeps `%j` apart from all other keys",
    async (key) => {
      const others = [
        "__proto__",
        "constructor",
        "a:b",
        "a",
        "a/=b",
        "\u0000",
        "\ud800",
        "\udc00",
        "é",
        "e\u0301",
      ]
      const values = await within(async ({ state }) => {
        for (const other of others) await state.set(other, other === key ? "mine" : "other")
        return Promise.all(others.map((other) => state.get(other)))
      })
      expect(values.filter((value) => value === "mine")).toHaveLength(1)
    },
  )

  it("gives no two owners and names one key", async () => {
    const part = fc.string({ unit: "binary" })
    await fc.assert(
      fc.asyncProperty(fc.tuple(part, part, part), fc.tuple(part, part, part), async (one, other) => {
        const [a, b] = await Promise.all([digestKey(...one), digestKey(...other)])
        expect(a === b).toBe(JSON.stringify(one) === JSON.stringify(other))
      }),
    )
  })

  it.each([
    ["a function", { items: [() => 1] }, "value.items[0]"],
    ["a BigInt", { n: 10n }, "value.n"],
    ["a Map", new Map(), "value"],
    ["NaN", Number.NaN, "value"],
    ["a promise", { later: Promise.resolve(1) }, "value.later"],
  ])("refuses %s, and says where it is", async (_, value, path) => {
    await expect(within(({ state }) => state.set("cart", value))).rejects.toMatchObject({
      code: "NOT_STORABLE",
      message: expect.stringContaining(`\`${path}\``),
    })
  })

  it("refuses `undefined`, a key without a name, and one beyond its bounds", async () => {
    await expect(within(({ state }) => state.set("a", undefined))).rejects.toMatchObject({
      code: "NOT_STORABLE",
    })
    await expect(within(({ state }) => state.get(""))).rejects.toMatchObject({ code: "INVALID_STORAGE_KEY" })
    await expect(within(({ state }) => state.get("x".repeat(513)))).rejects.toMatchObject({
      code: "INVALID_STORAGE_KEY",
    })
  })

  it.each([null, undefined, 5, {}, contextKey("a"), Object.create(null)])(
    "has no key that is neither a text nor a state key: %#",
    async (key) => {
      await expect(within(({ state }) => state.get(key as never))).rejects.toMatchObject({
        code: "INVALID_STORAGE_KEY",
        message: expect.stringContaining("`stateKey()`"),
      })
    },
  )

  it("refuses what is too large", async () => {
    await expect(within(({ state }) => state.set("a", "x".repeat(262_143)))).rejects.toMatchObject({
      code: "STATE_TOO_LARGE",
    })
    await within(({ state }) => state.set("a", "x".repeat(262_142)))
  })

  it("is forgotten after 24 hours, or when it was said to be, 30 days at most", async () => {
    vi.useFakeTimers({ toFake: ["Date"], now: 0 })
    const storage = memoryStorage()
    const hour = 60 * 60_000
    await within(
      async ({ state }) => {
        await state.set("default", 1)
        await state.set("short", 1, { ttl: 1000 })
        await state.update("updated", () => 1, { ttl: 2000 })
        await state.set("long", 1, { ttl: Number.POSITIVE_INFINITY })
      },
      { storage },
    )
    const left = (at: number) => {
      vi.setSystemTime(at)
      const names = ["default", "short", "updated", "long"]
      return within(({ state }) => Promise.all(names.map((name) => state.get(name))), { storage })
    }
    expect(await left(999)).toEqual([1, 1, 1, 1])
    expect(await left(1000)).toEqual([1, undefined, 1, 1])
    expect(await left(2000)).toEqual([1, undefined, undefined, 1])
    expect(await left(24 * hour)).toEqual([undefined, undefined, undefined, 1])
    expect(await left(30 * 24 * hour)).toEqual([undefined, undefined, undefined, undefined])
  })

  it.each([0, -1, Number.NaN, "1000"])("refuses a time of %s", async (ttl) => {
    await expect(within(({ state }) => state.set("a", 1, { ttl: ttl as number }))).rejects.toMatchObject({
      code: "INVALID_OPTION",
    })
  })

  it("of a storage without atomic writes can be read and written, but not updated", async () => {
    const storage = { ...memoryStorage(), atomic: false }
    const kept = await within(
      async ({ state }) => {
        await state.set("a", 1)
        return state.get("a")
      },
      { storage },
    )
    expect(kept).toBe(1)
    await expect(within(({ state }) => state.update("a", () => 2), { storage })).rejects.toMatchObject({
      code: "FLEET-16",
      message: expect.stringContaining("`ctx.state.update()`"),
    })
  })

  it("of a call of the own process on nobody's behalf does not exist", async () => {
    const mcp = quietServer()
    mcp.tool({ name: "t" }, (_, ctx) => ctx.state.get("a"))
    expect(await mcp.callTool("t")).toMatchObject({
      isError: true,
      content: [{ text: expect.stringContaining("neither") }],
    })
  })

  it("is the same in the calls that a handler makes", async () => {
    const mcp = quietServer()
    mcp.tool({ name: "inner" }, async (_, ctx) => void (await ctx.state.set("a", "from within")))
    mcp.tool({ name: "outer" }, async (_, ctx) => {
      await ctx.callTool("inner")
      return ctx.state.get("a")
    })
    for (const options of [{ era: "session" }, { principal: ada }] as const) {
      await using client = await connect(mcp, options)
      expect(await client.callTool("outer")).toMatchObject({ content: [{ text: "from within" }] })
    }
  })

  it.each(["set", "update"] as const)(
    "keeps nothing by `%s()` of a session that ends meanwhile",
    async (how) => {
      const memory = memoryStorage()
      const [writing, gate] = [deferred(), deferred()]
      const write: typeof memory.write = async (key, value, options) => {
        writing.resolve()
        // What deletes it overtakes it.
        if (value !== undefined) await gate.promise
        return memory.write(key, value, options)
      }
      const mcp = quietServer({ storage: { ...memory, write } })
      let kept: Promise<unknown> | undefined
      mcp.tool({ name: "keep" }, async (_, { state }) => {
        kept = how === "set" ? state.set("a", 1) : state.update("a", () => 1)
        await kept
      })
      const client = await connect(mcp, { era: "session" })
      const call = client.callTool("keep").catch(() => undefined)
      await writing.promise
      await client.close()
      await settled()
      gate.resolve()
      await Promise.all([kept, call])
      expect((await memory.list?.(""))?.keys).toEqual([])
    },
  )

  it("has no room for what a call leaves behind that waits to be run again", async () => {
    const mcp = quietServer()
    const late: unknown[] = []
    mcp.tool({ name: "asks" }, async (_, ctx) => {
      await ctx.elicit("Sure?", z.object({})).catch(async (error: unknown) => {
        late.push(await ctx.state.set("a", 1).catch((refused: { code: string }) => refused.code))
        throw error
      })
      return "done"
    })
    await using client = await connect(mcp, { principal: ada, elicitation: () => ({ action: "decline" }) })
    await client.callTool("asks")
    expect(late).toEqual(["SUSPENDED"])
  })
})

describe("a typed key", () => {
  const cart = stateKey("cart", z.array(z.object({ item: z.string(), count: z.number().default(1) })))

  it("gives what its schema makes of what is kept", async () => {
    const kept = await within(async ({ state }) => {
      await state.set(cart, [{ item: "tea" }])
      return [await state.get(cart), await state.get("cart")]
    })
    expect(kept).toEqual([[{ item: "tea", count: 1 }], [{ item: "tea" }]])
  })

  it("gives its default where nothing is kept, and nothing where it has none", async () => {
    const count = stateKey("count", z.number().default(7))
    expect(await within(async ({ state }) => [await state.get(count), await state.get(cart)])).toEqual([
      7,
      undefined,
    ])
  })

  it("takes JSON Schema too", async () => {
    const count = stateKey("count", { type: "number" } as const)
    const { state } = await within(async (ctx) => {
      await ctx.state.set(count, 1)
      return { state: await ctx.state.update(count, (n = 0) => n + 1) }
    })
    expect(state).toBe(2)
  })

  it("refuses what does not fit it", async () => {
    await expect(within(({ state }) => state.set(cart, [{ item: 5 }] as never))).rejects.toMatchObject({
      code: "INVALID_STATE",
      message: expect.stringContaining("`[0].item`"),
    })
    await expect(within(({ state }) => state.update(cart, () => "no" as never))).rejects.toMatchObject({
      code: "INVALID_STATE",
    })
  })

  it("refuses what an older version of the program kept, rather than lie", async () => {
    await expect(
      within(async ({ state }) => {
        await state.set("cart", ["tea"])
        return state.get(cart)
      }),
    ).rejects.toMatchObject({ code: "INVALID_STATE", message: expect.stringContaining("older versions") })
  })

  it("is refused without a name", async () => {
    await expect(within(({ state }) => state.get(stateKey("", z.string())))).rejects.toThrow(
      /1 to 512 characters/,
    )
  })
})
