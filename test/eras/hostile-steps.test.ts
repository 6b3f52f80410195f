import { describe, expect, it, vi } from "vitest"
import { type Context, inputRequired } from "../../src/index.ts"
import { memoryStorage } from "../../src/storage/memory.ts"
import { connect } from "../../src/testing/connect.ts"
import { accept, answerAll, retry } from "../support/asking.ts"
import { asking, number, play, request } from "../support/playing.ts"
import { errorOf, post, resultOf } from "../support/post.ts"
import type { Fields, Rpc } from "../support/rpc.ts"

const confirm = { type: "object", properties: {} } as const

function answered(result: Fields, n = 1): Rpc {
  return retry(
    request,
    result,
    answerAll(result, () => accept({ n })),
  )
}

describe("a state that is answered in two ways", () => {
  it("does its steps for the first of them, and gives the other nothing of it", async () => {
    const charged: number[] = []
    const { mcp } = asking(async (ctx) => {
      const amount = await number(ctx, "How much?")
      await ctx.step("charge", () => charged.push(amount))
      return `${amount} delivered`
    })
    const asked = await resultOf(mcp, request)
    expect(await resultOf(mcp, answered(asked, 5))).toMatchObject({ content: [{ text: "5 delivered" }] })
    expect(await resultOf(mcp, answered(asked, 500))).toMatchObject({
      isError: true,
      content: [{ text: expect.stringContaining("begun with other answers") }],
    })
    expect(charged).toEqual([5])
  })
})

describe("a call that waits for a step before it asks", () => {
  /** Suspends while its step runs, which ends with its signal only. */
  async function suspendedWhile(step: (signal: AbortSignal) => void, ctx: Context): Promise<void> {
    const endless = ctx.step("endless", ({ signal }) => {
      step(signal)
      return new Promise((_, reject) => signal.addEventListener("abort", () => reject(signal.reason)))
    })
    await Promise.all([endless, ctx.step("quick", () => 1).then(() => number(ctx, "Go on?"))])
  }

  it("ends with its client", async () => {
    const signals: AbortSignal[] = []
    const suspended = vi.fn()
    const { mcp } = asking(async (ctx) => {
      ctx.signal.addEventListener("abort", suspended)
      await suspendedWhile((signal) => signals.push(signal), ctx)
    })
    const client = new AbortController()
    const reply = post(mcp, request, client.signal).catch(() => undefined)
    await vi.waitFor(() => expect(suspended).toHaveBeenCalled())
    expect(signals[0]?.aborted).toBe(false)
    client.abort()
    await vi.waitFor(() => expect(signals[0]?.aborted).toBe(true))
    await reply
  })

  it("ends with its server", async () => {
    const signals: AbortSignal[] = []
    const suspended = vi.fn()
    const { mcp } = asking(async (ctx) => {
      ctx.signal.addEventListener("abort", suspended)
      await suspendedWhile((signal) => signals.push(signal), ctx)
    })
    const reply = post(mcp, request).catch(() => undefined)
    await vi.waitFor(() => expect(suspended).toHaveBeenCalled())
    await mcp.close({ graceMs: 1 })
    expect(signals[0]?.aborted).toBe(true)
    await reply
  })
})

it("has a step in a session end with the client that it waits for, though another run began it", async () => {
  const signals: AbortSignal[] = []
  const runs = vi.fn()
  const { mcp } = asking(async (ctx) => {
    runs()
    const endless = ctx.step("endless", ({ signal }) => {
      signals.push(signal)
      return new Promise((_, reject) => signal.addEventListener("abort", () => reject(signal.reason)))
    })
    if (ctx.inputResponses !== undefined) return endless
    await vi.waitFor(() => expect(signals).toHaveLength(1))
    const params = { mode: "form", message: "Sure?", requestedSchema: confirm } as const
    return inputRequired({ requests: { sure: { method: "elicitation/create", params } } })
  })
  await using client = await connect(mcp, {
    revision: "2025-11-25",
    elicitation: () => ({ action: "accept", content: {} }),
  })
  const caller = new AbortController()
  const result = client.callTool("ask", {}, { signal: caller.signal }).catch(() => undefined)
  await vi.waitFor(() => expect(runs).toHaveBeenCalledTimes(2))
  caller.abort()
  await vi.waitFor(() => expect(signals[0]?.aborted).toBe(true))
  await result
})

describe("results of nested calls", () => {
  it("are carried along up to a bound that holds for all rounds together", async () => {
    const { mcp } = asking(async (ctx) => {
      for (let round = 1; round <= 6; round++) {
        await ctx.callTool("large", { round })
        await number(ctx, `Round ${round}?`)
      }
      return "done"
    })
    mcp.tool({ name: "large", input: { type: "object" } }, () => "x".repeat(60_000))
    expect((await play(mcp)).result).toMatchObject({ content: [{ text: "done" }] })
  })

  it("are measured in bytes, so that no alphabet makes them too large", async () => {
    const { mcp } = asking(async (ctx) => {
      for (const part of [1, 2]) await ctx.callTool("large", { part })
      await number(ctx, "Go on?")
      return "done"
    })
    mcp.tool({ name: "large", input: { type: "object" } }, () => "字".repeat(50_000))
    expect((await play(mcp)).result).toMatchObject({ content: [{ text: "done" }] })
  })
})

describe("steps whose keys are odd", () => {
  it("are told apart though each has half a character", async () => {
    const { mcp } = asking(async (ctx) => {
      await number(ctx, "Go on?")
      return { one: await ctx.step("\ud800", () => 1), two: await ctx.step("\ud801", () => 2) }
    })
    expect((await play(mcp)).result.structuredContent).toEqual({ one: 1, two: 2 })
  })

  it.each(["__proto__", "constructor", "call/x-0", "a/b", "line\nbreak"])(
    "are remembered: %j",
    async (key) => {
      const work = vi.fn(() => JSON.parse('{"__proto__":{"a":1},"b":null}'))
      const { mcp } = asking(async (ctx) => {
        await number(ctx, "Do it?")
        const done = await ctx.step(key, work)
        await number(ctx, "Go on?")
        return JSON.stringify(done)
      })
      expect((await play(mcp)).result).toMatchObject({
        content: [{ text: '{"__proto__":{"a":1},"b":null}' }],
      })
      expect(work).toHaveBeenCalledTimes(1)
    },
  )
})

describe("a nested call that is over", () => {
  it("begins no step any more, though its parent goes on", async () => {
    const work = vi.fn()
    let refused: (error: unknown) => void
    const refusal = new Promise((resolve) => {
      refused = resolve
    })
    const { mcp } = asking(async (ctx) => {
      await ctx.callTool("inner")
      return refusal.then(() => "went on")
    })
    mcp.tool({ name: "inner", timeout: 10 }, async (_, ctx) => {
      await new Promise((resolve) => ctx.signal.addEventListener("abort", resolve))
      await ctx.step("late", work).catch((error: unknown) => refused(error))
    })
    expect(await resultOf(mcp, request)).toMatchObject({ content: [{ text: "went on" }] })
    expect(work).not.toHaveBeenCalled()
  })
})

describe("an answer that counts once", () => {
  const storage = memoryStorage()

  it("counts once though the call asks more after it", async () => {
    const votes = vi.fn()
    const { mcp } = asking(
      async (ctx) => {
        await ctx.elicit("Vote?", confirm, { once: true })
        await number(ctx, "And your number?")
        votes()
        return "voted"
      },
      { storage },
    )
    const last = answered(await resultOf(mcp, answered(await resultOf(mcp, request))))
    await resultOf(mcp, last)
    expect(await errorOf(mcp, last)).toMatchObject({ message: expect.stringContaining("was used") })
    expect(votes).toHaveBeenCalledTimes(1)
  })

  it("does not count without its state, which says that it was asked for", async () => {
    const votes = vi.fn()
    const { mcp } = asking(
      async (ctx) => {
        await ctx.elicit("Vote?", confirm, { once: true })
        votes()
        return "voted"
      },
      { storage },
    )
    const asked = await resultOf(mcp, request)
    const { requestState: _, ...stateless } = asked
    expect(await resultOf(mcp, answered(stateless))).toMatchObject({ resultType: "input_required" })
    expect(votes).not.toHaveBeenCalled()
  })
})
