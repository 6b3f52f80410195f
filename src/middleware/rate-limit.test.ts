import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { accept, answerAll, retry } from "../../test/support/asking.ts"
import { asking, number, play, request } from "../../test/support/playing.ts"
import { post } from "../../test/support/post.ts"
import { call, rpc } from "../../test/support/rpc.ts"
import { loggedServer, quietServer } from "../../test/support/server.ts"
import { deferred } from "../../test/support/timing.ts"
import { InvalidOption, UnknownOption } from "../errors/server.ts"
import { StorageNotAtomic } from "../errors/storage-not-atomic.ts"
import { createPrincipal } from "../protocol/principal.ts"
import { memoryStorage } from "../storage/memory.ts"
import { over } from "../storage/over.ts"
import { connect } from "../testing/index.ts"
import { type RateLimitOptions, rateLimit } from "./rate-limit.ts"

/** A limited server, its clock, and a way to call it. */
function limited(options: RateLimitOptions = {}) {
  const clock = { ms: 1_000_000 }
  const limit = rateLimit({ perSecond: 1, burst: 2, now: () => clock.ms, ...options })
  const { mcp, log } = loggedServer({ middleware: [limit] })
  mcp.tool({ name: "ping" }, () => "pong")
  mcp.tool({ name: "other" }, () => "pong")
  const status = async (name = "ping") => (await post(mcp, call(name))).status
  return { mcp, log, limit, clock, status }
}

/** A client for each of several principals. */
async function clientsOf(mcp: ReturnType<typeof quietServer>, ...subjects: readonly string[]) {
  return Promise.all(
    subjects.map(async (subject) =>
      connect(mcp, {
        principal: await createPrincipal({
          issuer: "i",
          subject: subject.split("@")[0] ?? "",
          clientId: subject.split("@")[1] ?? "c",
        }),
      }),
    ),
  )
}

async function countOf(run: () => Promise<unknown>, times = 10): Promise<number> {
  let done = 0
  for (let n = 0; n < times; n++)
    await run().then(
      () => done++,
      () => undefined,
    )
  return done
}

describe("rateLimit", () => {
  it("lets a burst through, and then as many as grow in time", async () => {
    const { status, clock } = limited()
    expect([await status(), await status(), await status()]).toEqual([200, 200, 429])
    clock.ms += 999
    expect(await status()).toBe(429)
    clock.ms += 1
    expect([await status(), await status()]).toEqual([200, 429])
  })

  it("says when to come back, in the error and in a header of whole seconds", async () => {
    const { mcp, status, clock } = limited({ perSecond: 0.25, burst: 1 })
    await status()
    clock.ms += 500
    const { error, headers } = await post(mcp, call("ping"))
    expect(error).toEqual({
      code: 429,
      message: "Too many requests. Try again in 4 s.",
      data: { retryAfterMs: 3500 },
    })
    expect(headers.get("retry-after")).toBe("4")
  })

  it("counts what is refused as nothing: who goes on asking waits no longer", async () => {
    const { status, clock } = limited({ burst: 1 })
    await status()
    for (let n = 0; n < 50; n++) await status()
    clock.ms += 1000
    expect(await status()).toBe(200)
  })

  it("allows 10 a second and 20 at once where it is not told", async () => {
    const mcp = quietServer({ middleware: [rateLimit({ now: () => 0 })] })
    mcp.tool({ name: "ping" }, () => "pong")
    expect(await countOf(async () => expect((await post(mcp, call("ping"))).status).toBe(200), 30)).toBe(20)
  })

  it("lets a client find out what it talks to", async () => {
    const { mcp, status } = limited({ burst: 1 })
    await status()
    expect((await post(mcp, rpc("server/discover"))).status).toBe(200)
    const session = await connect(mcp, { revision: "2025-11-25" })
    await expect(session.listTools()).rejects.toThrow("Too many requests")
  })

  it("counts requests of methods that do not exist", async () => {
    const { mcp, status } = limited({ burst: 1 })
    expect((await post(mcp, rpc("no/such"))).status).toBe(404)
    expect(await status()).toBe(429)
  })

  it("limits only what it is told to", async () => {
    const { status, mcp } = limited({ burst: 1, tools: ["other"] })
    expect([await status("other"), await status("other"), await status("ping")]).toEqual([200, 429, 200])
    expect((await post(mcp, rpc("tools/list"))).status).toBe(200)
    const lists = limited({ burst: 1, methods: ["tools/list"] })
    await post(lists.mcp, rpc("tools/list"))
    expect((await post(lists.mcp, rpc("tools/list"))).status).toBe(429)
    expect(await lists.status()).toBe(200)
  })

  it("leaves the server's own calls alone", async () => {
    const { mcp } = limited({ burst: 1 })
    expect(await countOf(() => mcp.callTool("ping"))).toBe(10)
  })

  it("counts a call once, whatever its handler calls", async () => {
    const { mcp, limit, status } = limited({ burst: 5, perSecond: 0.001 })
    mcp.tool({ name: "twice" }, async (_, ctx) => {
      await ctx.callTool("ping")
      await ctx.callTool("ping")
      return "done"
    })
    expect(await countOf(async () => expect(await status("twice")).toBe(200))).toBe(5)
    expect(limit.statistics()).toMatchObject({ allowed: 5, refused: 5 })
  })

  it("counts what a handler calls where its own call is free", async () => {
    const { mcp, limit } = limited({ burst: 1, cost: ({ target }) => (target === "ping" ? 1 : 0) })
    mcp.tool({ name: "twice" }, async (_, ctx) => {
      await ctx.callTool("ping")
      await ctx.callTool("ping")
      return "done"
    })
    expect((await post(mcp, call("twice"))).result).toMatchObject({ isError: true })
    expect(limit.statistics()).toMatchObject({ refused: 1 })
  })

  it("counts what a handler calls where its own call is of no concern", async () => {
    const { mcp } = limited({ burst: 1, tools: ["ping"] })
    mcp.tool({ name: "twice" }, async (_, ctx) => {
      await ctx.callTool("ping")
      await ctx.callTool("ping")
      return "done"
    })
    const { result } = await post(mcp, call("twice"))
    expect(result).toMatchObject({ isError: true })
  })

  it("takes what a call costs", async () => {
    const { status } = limited({ burst: 5, cost: ({ target }) => (target === "other" ? 4 : 0) })
    expect([await status("other"), await status("other")]).toEqual([200, 429])
    expect(await countOf(async () => expect(await status("ping")).toBe(200))).toBe(10)
  })

  it("lets through what costs more than there can be when nothing was taken", async () => {
    const { status, clock } = limited({ burst: 2, cost: () => 100 })
    expect([await status(), await status()]).toEqual([200, 429])
    clock.ms += 2000
    expect(await status()).toBe(200)
  })

  it.each([Number.NaN, -1, Number.POSITIVE_INFINITY, "1" as never])("refuses the cost %s", async (cost) => {
    const { mcp, log } = limited({ cost: () => cost })
    const { error } = await post(mcp, call("ping"))
    expect(error?.code).toBe(-32603)
    expect(log[0]?.error).toBeInstanceOf(InvalidOption)
  })

  it("is one limit for all servers that have it", async () => {
    const limit = rateLimit({ burst: 1, now: () => 0 })
    const [one, other] = [quietServer({ middleware: [limit] }), quietServer({ middleware: [limit] })]
    one.tool({ name: "ping" }, () => "pong")
    other.tool({ name: "ping" }, () => "pong")
    await post(one, call("ping"))
    expect((await post(other, call("ping"))).status).toBe(429)
  })

  it("tells what it has done", async () => {
    const { limit, status } = limited()
    for (let n = 0; n < 3; n++) await status()
    expect(limit.statistics()).toEqual({ allowed: 2, refused: 1, keys: 1, crowded: 0, storeErrors: 0 })
  })

  it("lets what stands further out see the refusal as an outcome", async () => {
    const seen: string[] = []
    const mcp = quietServer({
      middleware: [
        {
          async callTool(_, next) {
            const outcome = await next()
            seen.push(outcome.kind)
            return outcome
          },
        },
        rateLimit({ burst: 1, now: () => 0 }),
      ],
    })
    mcp.tool({ name: "ping" }, () => "pong")
    await post(mcp, call("ping"))
    await post(mcp, call("ping"))
    expect(seen).toEqual(["complete", "failure"])
  })
})

describe("the keys of rateLimit", () => {
  it("are the principals, whatever their tokens", async () => {
    const { mcp } = limited({ burst: 3, perSecond: 0.001 })
    const [ada, bob, again] = await clientsOf(mcp, "ada", "bob", "ada")
    expect(await countOf(async () => ada?.callTool("ping"))).toBe(3)
    expect(await countOf(async () => again?.callTool("ping"))).toBe(0)
    expect(await countOf(async () => bob?.callTool("ping"))).toBe(3)
  })

  it.each([undefined, "client"] as const)(
    "do not hang on what a stranger says of itself, by %s",
    async (by) => {
      const { mcp } = limited({ burst: 2, ...(by && { by }) })
      let n = 0
      const call = async () => {
        const clientInfo = { name: `client ${n++}`, version: "1" }
        const client = await connect(mcp, { clientInfo, revision: n % 2 ? "2025-11-25" : "2026-07-28" })
        await client.callTool("ping")
      }
      expect(await countOf(call)).toBe(2)
    },
  )

  it("are the OAuth clients by `client`, whoever uses them", async () => {
    const { mcp } = limited({ burst: 2, by: "client" })
    const [ada, bob, other] = await clientsOf(mcp, "ada@app", "bob@app", "ada@other")
    expect(await countOf(async () => ada?.callTool("ping"), 2)).toBe(2)
    expect(await countOf(async () => bob?.callTool("ping"))).toBe(0)
    expect(await countOf(async () => other?.callTool("ping"))).toBe(2)
  })

  it("are the tools by `tool`, and no other requests", async () => {
    const { mcp, status } = limited({ burst: 1, by: "tool" })
    expect([await status("ping"), await status("ping"), await status("other")]).toEqual([200, 429, 200])
    expect((await post(mcp, rpc("tools/list"))).status).toBe(200)
  })

  it("are one by `global`", async () => {
    const { mcp } = limited({ burst: 3, by: "global" })
    const [ada, bob] = await clientsOf(mcp, "ada", "bob")
    expect(await countOf(async () => ada?.callTool("ping"), 2)).toBe(2)
    expect(await countOf(async () => bob?.callTool("ping"))).toBe(1)
  })

  it.each([
    ["at once", (name: string) => name],
    ["later", async (name: string) => name],
    [
      "as a thenable",
      // biome-ignore lint/suspicious/noThenProperty: what database clients give is no promise of the language.
      (name: string) => ({ then: (use: (key: string) => void) => use(name) }) as Promise<string>,
    ],
  ])("are what a function gives %s", async (_, give) => {
    const { status } = limited({ burst: 1, by: ({ target }) => give(target) })
    expect([await status("ping"), await status("ping"), await status("other")]).toEqual([200, 429, 200])
  })

  it("are one where a function gives nothing: leaving out a header evades nothing", async () => {
    const { mcp } = limited({ burst: 2, by: ({ headers }) => headers?.get("x-key") ?? undefined })
    expect(await countOf(async () => expect((await post(mcp, call("ping"))).status).toBe(200))).toBe(2)
  })

  it.each([
    ["throws", () => Promise.reject(new Error("no database"))],
    ["gives no text", () => ({}) as never],
  ])("refuse the call where a function %s", async (_, by) => {
    const { mcp, log } = limited({ by })
    expect((await post(mcp, call("ping"))).error?.code).toBe(-32603)
    expect(log).toHaveLength(1)
  })

  it("tell long ones apart that begin alike", async () => {
    const { status } = limited({ burst: 1, by: ({ target }) => "x".repeat(10_000) + target })
    expect([await status("ping"), await status("ping"), await status("other")]).toEqual([200, 429, 200])
  })
})

describe("the rounds of a call that asks", () => {
  it("cost no calls", async () => {
    const limit = rateLimit({ burst: 2, perSecond: 0.001 })
    const { mcp } = asking((ctx) => number(ctx, "a"), { middleware: [limit] })
    await play(mcp)
    await play(mcp)
    expect(await post(mcp, request)).toMatchObject({ status: 429 })
  })

  it("cannot be sent for ever", async () => {
    const limit = rateLimit({ burst: 2, perSecond: 0.001 })
    const { mcp } = asking((ctx) => number(ctx, "a"), { middleware: [limit] })
    const { result = {} } = await post(mcp, request)
    const answered = retry(
      request,
      result,
      answerAll(result, () => accept({ n: 1 })),
    )
    const statuses: number[] = []
    for (let n = 0; n < 5; n++) statuses.push((await post(mcp, answered)).status)
    expect(statuses).toEqual([200, 200, 429, 429, 429])
  })

  it("cost as much as calls by `countRounds`", async () => {
    const limit = rateLimit({ burst: 2, perSecond: 0.001, countRounds: true })
    const { mcp } = asking((ctx) => number(ctx, "a"), { middleware: [limit] })
    await play(mcp)
    expect(await post(mcp, request)).toMatchObject({ status: 429 })
  })
})

describe("a flood of keys", () => {
  it("does not outgrow `maxKeys`, and resets nobody's bucket", async () => {
    let n = 0
    let key: string | undefined = "victim"
    const { limit, status } = limited({
      burst: 1,
      perSecond: 0.0001,
      maxKeys: 100,
      by: () => key ?? `key ${n++}`,
    })
    expect([await status(), await status()]).toEqual([200, 429])
    key = undefined
    for (let call = 0; call < 300; call++) await status()
    expect(limit.statistics()).toMatchObject({ keys: 100 })
    expect(limit.statistics().crowded).toBe(201)
    key = "victim"
    expect(await status()).toBe(429)
  })

  it("is counted as one caller where there is no room", async () => {
    let n = 0
    const { status } = limited({ burst: 2, perSecond: 0.0001, maxKeys: 10, by: () => `key ${n++}` })
    expect(await countOf(async () => expect(await status()).toBe(200), 50)).toBe(12)
  })

  it("leaves room again when buckets are full", async () => {
    let n = 0
    const { status, clock } = limited({ burst: 1, maxKeys: 10, by: () => `key ${n++}` })
    expect(await countOf(async () => expect(await status()).toBe(200), 20)).toBe(11)
    clock.ms += 1000
    expect(await countOf(async () => expect(await status()).toBe(200), 5)).toBe(5)
  })
})

/** The same bucket as plainly as can be. */
function naiveBucket(perMs: number, burst: number) {
  let tokens = burst
  let last = 0
  return (now: number, cost: number): boolean => {
    tokens = Math.min(burst, tokens + (now - last) * perMs)
    last = now
    const needed = Math.min(cost, burst)
    if (tokens < needed) return false
    tokens -= needed
    return true
  }
}

it("decides as a bucket of tokens does", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(1, 2, 4, 5, 8, 10, 125, 1000),
      fc.integer({ min: 1, max: 20 }),
      fc.array(fc.tuple(fc.integer({ min: 0, max: 3000 }), fc.integer({ min: 1, max: 25 })), {
        maxLength: 40,
      }),
      async (perSecond, burst, steps) => {
        let cost = 1
        const { status, clock } = limited({ perSecond, burst, cost: () => cost })
        // In tokens of a thousandth, so that nothing is rounded.
        const naive = naiveBucket(perSecond, burst * 1000)
        naive(clock.ms, 0)
        for (const [ms, price] of steps) {
          clock.ms += ms
          cost = price
          expect(await status()).toBe(naive(clock.ms, price * 1000) ? 200 : 429)
        }
      },
    ),
    { numRuns: 60 },
  )
})

it.each<[RateLimitOptions]>([
  [{ perSecond: 0 }],
  [{ perSecond: Number.NaN }],
  [{ perSecond: Number.POSITIVE_INFINITY }],
  [{ burst: 0.5 }],
  [{ by: "session" as never }],
  [{ maxKeys: 0 }],
  [{ methods: "tools/call" as never }],
  [{ onStoreError: "ignore" as never }],
  [{ limiter: {} as never }],
  [{ limiter: { consume: async () => undefined }, perSecond: 1 }],
])("refuses the options %j", (options) => {
  expect(() => rateLimit(options)).toThrow(InvalidOption)
})

it("refuses options that do not exist", () => {
  expect(() => rateLimit({ maxRequestsPerSecond: 1 } as never)).toThrow(UnknownOption)
})

describe("a storage", () => {
  it("counts for all processes that share it, also at once", async () => {
    const storage = memoryStorage()
    const [one, other] = [limited({ burst: 5, storage }), limited({ burst: 5, storage })]
    const statuses = await Promise.all([1, 2, 3, 4, 5].flatMap(() => [one.status(), other.status()]))
    expect(statuses.filter((status) => status === 200)).toHaveLength(5)
  })

  it("is not asked again for a key before it is worth it", async () => {
    let reads = 0
    const memory = memoryStorage()
    const storage = over(memory, {
      get(key) {
        reads++
        return memory.get(key)
      },
    })
    const { status, clock } = limited({ burst: 1, storage })
    await status()
    await status()
    const before = reads
    for (let n = 0; n < 20; n++) expect(await status()).toBe(429)
    expect(reads).toBe(before)
    clock.ms += 1000
    expect(await status()).toBe(200)
  })

  it("does not learn who calls", async () => {
    const storage = memoryStorage()
    const { status } = limited({ storage, by: () => "ada@example.com\0" })
    expect(await status()).toBe(200)
    expect(JSON.stringify(await storage.list?.(""))).not.toContain("ada")
  })

  it("must be able to count for several", () => {
    expect(() => rateLimit({ storage: over(memoryStorage(), { atomic: false }) })).toThrow(StorageNotAtomic)
  })

  const broken = () => over(memoryStorage(), { get: () => Promise.reject(new Error("down")) })

  it("that fails lets nobody through, and is told of once", async () => {
    const { mcp, log, limit, status } = limited({ storage: broken() })
    const { error, headers } = await post(mcp, call("ping"))
    expect([error?.code, headers.get("retry-after")]).toEqual([503, "1"])
    expect(await status()).toBe(503)
    expect(log).toHaveLength(1)
    expect(limit.statistics()).toMatchObject({ storeErrors: 2, allowed: 0 })
  })

  it("that fails lets all through by `allow`", async () => {
    const { status, log } = limited({ storage: broken(), onStoreError: "allow" })
    expect(await status()).toBe(200)
    expect(log).toHaveLength(1)
  })

  it("that does not answer is not waited for longer than it may take", async () => {
    const storage = over(memoryStorage(), { get: () => deferred<undefined>().promise })
    const { status } = limited({ storage, storeTimeoutMs: 1 })
    expect(await status()).toBe(503)
  })
})

describe("a limiter of another library", () => {
  it("is asked for the key and the cost, rounds apart", async () => {
    const asked: unknown[] = []
    const limiter = { consume: async (...args: unknown[]) => void asked.push(args) }
    const { status } = limited({ perSecond: undefined, burst: undefined, limiter, cost: () => 3 } as never)
    expect(await status()).toBe(200)
    expect(asked).toEqual([["rateLimit:call:anonymous", 3]])
  })

  it("says when to come back", async () => {
    const limiter = { consume: () => Promise.reject({ msBeforeNext: 2500, remainingPoints: 0 }) }
    const mcp = quietServer({ middleware: [rateLimit({ limiter })] })
    mcp.tool({ name: "ping" }, () => "pong")
    const { status, headers } = await post(mcp, call("ping"))
    expect([status, headers.get("retry-after")]).toEqual([429, "3"])
  })

  it.each([[new Error("down")], [undefined], ["x"], [{}]])(
    "that fails with %s lets nobody through",
    async (error) => {
      const mcp = quietServer({
        middleware: [rateLimit({ limiter: { consume: () => Promise.reject(error) } })],
      })
      mcp.tool({ name: "ping" }, () => "pong")
      expect((await post(mcp, call("ping"))).status).toBe(503)
    },
  )
})
