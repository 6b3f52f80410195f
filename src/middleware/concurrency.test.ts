import { afterEach, describe, expect, it, vi } from "vitest"
import { FakeChannel, handle } from "../../test/support/channel.ts"
import { asking, number, request } from "../../test/support/playing.ts"
import { post, resultOf } from "../../test/support/post.ts"
import { call } from "../../test/support/rpc.ts"
import { quietServer } from "../../test/support/server.ts"
import { type Deferred, deferred, settled } from "../../test/support/timing.ts"
import type { Context } from "../components/context.ts"
import { InvalidOption } from "../errors/server.ts"
import type { Middleware } from "../server/middleware.ts"
import { type ConcurrencyOptions, concurrency } from "./concurrency.ts"

/** A server whose tool ends when it is told to. */
function bounded(options: Partial<ConcurrencyOptions> = {}) {
  const bound = concurrency({ max: 1, ...options })
  const mcp = quietServer({ middleware: [bound] })
  const runs: { readonly id: number; readonly gate: Deferred<string>; readonly ctx: Context }[] = []
  mcp.tool({ name: "work", input: { type: "object" } }, async (args, ctx) => {
    const gate = deferred<string>()
    runs.push({ id: Number((args as { id?: number }).id ?? 0), gate, ctx })
    return gate.promise
  })
  mcp.tool({ name: "quick" }, () => "done")
  const work = (id = 0) => post(mcp, call("work", { id }))
  const ids = () => runs.map((run) => run.id)
  return { bound, mcp, runs, work, ids }
}

afterEach(() => {
  vi.useRealTimers()
})

describe("concurrency", () => {
  it("runs so many at once, and the others in the order they came", async () => {
    const { work, runs, ids, bound } = bounded({ max: 2 })
    const answers = [1, 2, 3, 4].map(work)
    await settled()
    expect(ids()).toEqual([1, 2])
    expect(bound.statistics()).toEqual({ running: 2, waiting: 2, refused: 0, timedOut: 0 })
    runs[1]?.gate.resolve("done")
    await settled()
    expect(ids()).toEqual([1, 2, 3])
    runs[0]?.gate.resolve("done")
    await settled()
    for (const { gate } of runs) gate.resolve("done")
    expect((await Promise.all(answers)).map(({ status }) => status)).toEqual([200, 200, 200, 200])
    expect(bound.statistics()).toMatchObject({ running: 0, waiting: 0 })
  })

  it("turns away those for whom there is no room, with when to come back", async () => {
    const { work, runs, bound } = bounded({ queue: 1 })
    const answers = [work(1), work(2)]
    await settled()
    const { status, headers, error } = await work(3)
    expect([status, headers.get("retry-after"), error?.code]).toEqual([503, "1", 503])
    expect(error?.data).toEqual({ retryAfterMs: 1000 })
    expect(bound.statistics()).toMatchObject({ refused: 1 })
    runs[0]?.gate.resolve("done")
    await settled()
    runs[1]?.gate.resolve("done")
    await Promise.all(answers)
  })

  it("turns away those who waited too long", async () => {
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] })
    const { work, runs, bound } = bounded({ queueTimeoutMs: 5000 })
    const first = work(1)
    const second = work(2)
    await settled()
    vi.advanceTimersByTime(5000)
    expect((await second).status).toBe(503)
    expect(bound.statistics()).toMatchObject({ running: 1, waiting: 0, timedOut: 1 })
    runs[0]?.gate.resolve("done")
    expect((await first).status).toBe(200)
  })

  it("gives the place back of a handler that throws", async () => {
    const { work, runs, bound } = bounded()
    const first = work(1)
    await settled()
    runs[0]?.gate.reject(new Error("broke"))
    expect((await first).result).toMatchObject({ isError: true })
    expect(bound.statistics()).toMatchObject({ running: 0 })
  })

  it("gives the place back where middleware further in throws", async () => {
    const bound = concurrency({ max: 1 })
    const mcp = quietServer({
      middleware: [bound, { callTool: () => Promise.reject(new Error("broke")) }],
    })
    mcp.tool({ name: "quick" }, () => "done")
    await post(mcp, call("quick"))
    expect(bound.statistics()).toMatchObject({ running: 0 })
  })

  it("holds no place for a call that waits for its client", async () => {
    const bound = concurrency({ max: 1 })
    const { mcp } = asking((ctx) => number(ctx, "a"), { middleware: [bound] })
    expect(await resultOf(mcp, request)).toMatchObject({ resultType: "input_required" })
    await vi.waitFor(() => expect(bound.statistics()).toMatchObject({ running: 0 }))
  })

  it("holds no place for a call whose client middleware asks", async () => {
    const bound = concurrency({ max: 1 })
    const guard: Middleware = {
      async callTool(call, next) {
        await call.exchange.ask([{ method: "roots/list", params: undefined, key: "roots" }])
        return next()
      },
    }
    const { mcp } = asking(() => "done", { middleware: [bound, guard] })
    expect(await resultOf(mcp, request)).toMatchObject({ resultType: "input_required" })
    expect(bound.statistics()).toMatchObject({ running: 0 })
  })

  it("keeps the place of a call that asks while its steps run", async () => {
    const bound = concurrency({ max: 1 })
    const gate = deferred<string>()
    const { mcp } = asking(
      async (ctx) => {
        ctx.step("work", () => gate.promise).catch(() => undefined)
        await settled()
        return number(ctx, "a")
      },
      { middleware: [bound] },
    )
    const reply = resultOf(mcp, request)
    await settled()
    await settled()
    expect(bound.statistics()).toMatchObject({ running: 1 })
    gate.resolve("done")
    expect(await reply).toMatchObject({ resultType: "input_required" })
    await vi.waitFor(() => expect(bound.statistics()).toMatchObject({ running: 0 }))
  })

  it("keeps the place of a call that asks while its handler goes on beside the question", async () => {
    vi.useFakeTimers({ toFake: ["setInterval", "clearInterval"] })
    const bound = concurrency({ max: 1 })
    const gate = deferred<string>()
    const { mcp } = asking((ctx) => Promise.allSettled([number(ctx, "a"), gate.promise]).then(() => "done"), {
      middleware: [bound],
    })
    expect(await resultOf(mcp, request)).toMatchObject({ resultType: "input_required" })
    await new Promise((resolve) => setTimeout(resolve, 2))
    vi.advanceTimersByTime(1000)
    await settled()
    expect(bound.statistics()).toMatchObject({ running: 1 })
    gate.resolve("done")
    await settled()
    vi.advanceTimersByTime(100)
    expect(bound.statistics()).toMatchObject({ running: 0 })
  })

  it("gives the place back of a call that asks and never ends, after a while", async () => {
    vi.useFakeTimers({ toFake: ["setInterval", "clearInterval"] })
    const bound = concurrency({ max: 1 })
    const { mcp } = asking(
      (ctx) => Promise.allSettled([number(ctx, "a"), deferred().promise]).then(() => "done"),
      {
        middleware: [bound],
      },
    )
    await resultOf(mcp, request)
    await new Promise((resolve) => setTimeout(resolve, 2))
    vi.advanceTimersByTime(31_000)
    expect(bound.statistics()).toMatchObject({ running: 0 })
  })

  it("lets a cancelled call leave the queue at once", async () => {
    const { mcp, work, runs, ids, bound } = bounded()
    const first = work(1)
    await settled()
    const channel = new FakeChannel()
    const second = handle(mcp, call("work", { id: 2 }), channel)
    await settled()
    expect(bound.statistics()).toMatchObject({ waiting: 1 })
    channel.leave()
    await second
    expect(bound.statistics()).toMatchObject({ waiting: 0 })
    const third = work(3)
    runs[0]?.gate.resolve("done")
    await first
    await settled()
    expect(ids()).toEqual([1, 3])
    runs[1]?.gate.resolve("done")
    await third
  })

  it("keeps the place of a cancelled call while its handler goes on", async () => {
    vi.useFakeTimers({ toFake: ["setInterval", "clearInterval"] })
    const { mcp, runs, bound } = bounded()
    const channel = new FakeChannel()
    const first = handle(mcp, call("work"), channel)
    await settled()
    channel.leave()
    await first
    vi.advanceTimersByTime(10_000)
    expect(bound.statistics()).toMatchObject({ running: 1 })
    runs[0]?.gate.resolve("late")
    await settled()
    vi.advanceTimersByTime(50)
    expect(bound.statistics()).toMatchObject({ running: 0 })
  })

  it("does not keep the place of a handler that never ends for ever", async () => {
    vi.useFakeTimers({ toFake: ["setInterval", "clearInterval"] })
    const { mcp, bound } = bounded()
    const channel = new FakeChannel()
    const first = handle(mcp, call("work"), channel)
    await settled()
    channel.leave()
    await first
    vi.advanceTimersByTime(30_000)
    expect(bound.statistics()).toMatchObject({ running: 0 })
  })

  it("lets a handler call what its own call has the place for", async () => {
    const { mcp } = bounded({ queue: 0 })
    mcp.tool({ name: "outer" }, async (_, ctx) => {
      await ctx.callTool("quick")
      return "done"
    })
    expect((await post(mcp, call("outer"))).result).toMatchObject({ content: [{ text: "done" }] })
  })

  it("keeps no place for a call that was given up while it waited further in", async () => {
    const outer = concurrency({ max: 2, queue: 0 })
    const inner = concurrency({ max: 1, tools: ["work"] })
    const mcp = quietServer({ middleware: [outer, inner] })
    const gate = deferred<string>()
    mcp.tool({ name: "work" }, () => gate.promise)
    const first = post(mcp, call("work"))
    await settled()
    const channel = new FakeChannel()
    const second = handle(mcp, call("work"), channel)
    await settled()
    expect(outer.statistics()).toMatchObject({ running: 2 })
    channel.leave()
    await second
    await settled()
    expect(outer.statistics()).toMatchObject({ running: 1 })
    gate.resolve("done")
    await first
  })

  it("bounds only the tools it is told to", async () => {
    const { mcp, work, runs } = bounded({ queue: 0, tools: ["work"] })
    const first = work()
    await settled()
    expect((await post(mcp, call("quick"))).status).toBe(200)
    expect((await work()).status).toBe(503)
    runs[0]?.gate.resolve("done")
    await first
  })

  it("has places for each key", async () => {
    const { work, runs, bound } = bounded({
      queue: 0,
      by: ({ params }) => String((params.arguments as { id?: number }).id),
    })
    const answers = [work(1), work(2)]
    await settled()
    expect(bound.statistics()).toMatchObject({ running: 2 })
    expect((await work(2)).status).toBe(503)
    for (const { gate } of runs) gate.resolve("done")
    await Promise.all(answers)
  })

  it("ends what waits when the server closes", async () => {
    const { mcp, work, ids, bound } = bounded()
    const answers = [work(1), work(2)]
    await settled()
    await mcp.close({ graceMs: 0 })
    await Promise.all(answers)
    await settled()
    expect(ids()).toEqual([1])
    expect(bound.statistics()).toMatchObject({ waiting: 0 })
  })

  it("never runs more at once than it may, whatever comes and goes", async () => {
    const bound = concurrency({ max: 3, queue: 1000 })
    const mcp = quietServer({ middleware: [bound] })
    let running = 0
    let most = 0
    mcp.tool({ name: "turn" }, async () => {
      most = Math.max(most, ++running)
      await settled()
      running--
      return "done"
    })
    const leaving = Array.from({ length: 30 }, () => new FakeChannel())
    const calls = leaving.map((channel) => handle(mcp, call("turn"), channel))
    await settled()
    for (const [n, channel] of leaving.entries()) if (n > 3 && n % 3 === 0) channel.leave()
    await Promise.all(calls)
    expect([most, bound.statistics()]).toMatchObject([3, { running: 0, waiting: 0 }])
  })

  it.each([[{}], [{ max: 0 }], [{ max: 1, queue: -1 }], [{ max: 1, queueTimeoutMs: 0 }]])(
    "refuses the options %j",
    (options) => {
      expect(() => concurrency(options as never)).toThrow(InvalidOption)
    },
  )
})
