import { describe, expect, it, vi } from "vitest"
import * as z from "zod"
import { accept, answerAll, messagesOf, questionsOf, retry } from "../../../test/support/asking.ts"
import { FakeChannel, handle } from "../../../test/support/channel.ts"
import { asking, number, play, request } from "../../../test/support/playing.ts"
import { errorOf, post, resultOf } from "../../../test/support/post.ts"
import { call, capable, rpc } from "../../../test/support/rpc.ts"
import { quietServer } from "../../../test/support/server.ts"
import { deferred, settled } from "../../../test/support/timing.ts"
import type { Context } from "../../components/context.ts"
import { inputRequired } from "../../components/input-required.ts"
import { isSuspended } from "../../errors/protocol.ts"
import { definePlugin } from "../../server/plugin.ts"
import { metaKeys } from "../../spec/meta.ts"

describe("a suspended call", () => {
  it("runs its `finally`, once per round", async () => {
    let count = 0
    const { mcp } = asking(async (ctx) => {
      try {
        return await number(ctx, "a")
      } finally {
        count++
      }
    })
    await resultOf(mcp, request)
    await settled()
    expect(count).toBe(1)
    await play(mcp)
    await settled()
    expect(count).toBe(3)
  })

  it("tells its handler by an error that can be known", async () => {
    const caught: unknown[] = []
    const { mcp } = asking((ctx) =>
      number(ctx, "a").catch((error: unknown) => {
        caught.push(error)
        throw error
      }),
    )
    await resultOf(mcp, request)
    await settled()
    expect(caught.map(isSuspended)).toEqual([true])
    expect([isSuspended(new Error("x")), isSuspended(undefined)]).toEqual([false, false])
  })

  it.each<[string, (ctx: Context) => unknown]>([
    ["swallows", (ctx) => number(ctx, "a").catch(() => "swallowed")],
    [
      "turns into another",
      (ctx) =>
        number(ctx, "a").catch(() => {
          throw new Error("another")
        }),
    ],
  ])("asks its questions although a handler %s the error", async (_, handler) => {
    const { mcp, log } = asking(handler)
    expect(messagesOf(await resultOf(mcp, request))).toEqual(["a"])
    await settled()
    expect(log).toEqual([])
  })

  it("does nothing more: no log, no progress, no nested call, no question", async () => {
    const late = deferred<readonly unknown[]>()
    let nested = 0
    const { mcp } = asking((ctx) =>
      number(ctx, "a").catch(async () => {
        ctx.log.error("late")
        ctx.progress(1)
        const errors = await Promise.all(
          [ctx.callTool("other"), ctx.readResource("a://b"), ctx.getPrompt("p"), ctx.roots()].map((each) =>
            each.then(
              () => "ran",
              (error: unknown) => error,
            ),
          ),
        )
        late.resolve(errors)
      }),
    )
    mcp.tool({ name: "other" }, () => ++nested)
    mcp.resource("a://b", () => ++nested)
    mcp.prompt("p", () => `${++nested}`)
    const channel = new FakeChannel()
    const meta = { ...capable(), [metaKeys.logLevel]: "debug", progressToken: 1 }
    await handle(mcp, call("ask", {}, meta), channel)
    expect((await late.promise).every(isSuspended)).toBe(true)
    expect([channel.sent, nested]).toEqual([[], 0])
  })

  it("aborts the handler's signal with a reason of its own", async () => {
    const aborted = deferred<unknown>()
    const { mcp } = asking((ctx) => {
      ctx.signal.addEventListener("abort", () => aborted.resolve(ctx.signal.reason))
      return number(ctx, "a")
    })
    await resultOf(mcp, request)
    expect(await aborted.promise).toMatchObject({ code: "CALL_ABORTED", reason: "suspended" })
  })

  it("writes nothing into the server's log, nested or not", async () => {
    const { mcp, log } = asking(async (ctx) => {
      await ctx.callTool("inner")
      return "done"
    })
    mcp.tool({ name: "inner" }, (_, ctx) => number(ctx, "a"))
    await play(mcp)
    await settled()
    expect(log).toEqual([])
  })

  it("is a call of its own for middleware, which knows the round", async () => {
    const rounds: number[] = []
    const { mcp } = asking((ctx) => number(ctx, "a"), {
      middleware: [
        {
          async callTool(call, next) {
            rounds.push(call.round)
            return next()
          },
        },
      ],
    })
    await play(mcp)
    expect(rounds).toEqual([0, 1])
  })
})

describe("a call that did not wait for its question", () => {
  it("is answered with what it returned", async () => {
    const { mcp } = asking((ctx) => {
      ctx.roots()
      return "done"
    })
    expect(await resultOf(mcp, request)).toMatchObject({ content: [{ text: "done" }] })
  })

  it("asks nothing after it was answered, and starts nothing", async () => {
    const late = deferred<unknown>()
    const go = deferred()
    const { mcp } = asking((ctx) => {
      go.promise.then(async () => {
        const asked = await ctx.roots().catch((error: unknown) => error)
        const called = await ctx.callTool("ask").catch((error: unknown) => error)
        late.resolve([asked, called])
      })
      return "done"
    })
    await resultOf(mcp, request)
    go.resolve()
    expect(await late.promise).toMatchObject([{ code: "FLEET-03" }, { code: "FLEET-03" }])
  })
})

describe("a question that is not waited for", () => {
  it("is told to the operator, since nobody was asked", async () => {
    const { mcp, log } = asking((ctx) => {
      number(ctx, "Really delete?").catch(() => undefined)
      return "deleted"
    })
    expect(await resultOf(mcp, request)).toMatchObject({ content: [{ text: "deleted" }] })
    // What asks is loaded by the first question.
    await vi.waitFor(() => expect(log).toHaveLength(1))
    expect(log).toMatchObject([{ level: "warning", message: expect.stringContaining("`Really delete?`") }])
  })
})

describe("a client that leaves", () => {
  it("while the server starts has nothing run for it", async () => {
    const gate = deferred()
    const runs: string[] = []
    const lifespan = () => gate.promise.then(() => undefined)
    const { mcp } = asking(() => void runs.push("ran"), {
      plugins: [definePlugin({ id: "com.example/slow", lifespan })],
    })
    const channel = new FakeChannel()
    const answer = handle(mcp, request, channel)
    channel.leave()
    gate.resolve()
    await answer
    expect(runs).toEqual([])
  })
})

describe("a shutdown", () => {
  it("while middleware waits is answered with 503", async () => {
    const gate = deferred()
    const { mcp } = asking(() => "x", {
      middleware: [{ callTool: (_, next) => gate.promise.then(next) }],
    })
    const answer = handle(mcp, request)
    await mcp.close({ graceMs: 0 })
    gate.resolve()
    expect(await answer).toMatchObject({ status: 503, error: { code: -32603 } })
  })
})

describe("inputRequired()", () => {
  it("asks by the keys of its author and hands back answers and state", async () => {
    const { mcp } = asking((ctx) => {
      if (ctx.inputResponses === undefined) {
        return inputRequired({
          requests: { where: { method: "roots/list" } },
          state: { step: 1, list: [null, "x"] },
        })
      }
      return { responses: ctx.inputResponses, state: ctx.inputState }
    })
    const first = await resultOf(mcp, request)
    expect(questionsOf(first)).toMatchObject([{ key: "where", method: "roots/list" }])
    const done = await resultOf(mcp, retry(request, first, { where: { roots: [] }, more: { roots: [] } }))
    expect(done.structuredContent).toEqual({
      responses: { where: { roots: [] } },
      state: { step: 1, list: [null, "x"] },
    })
  })

  it("may go on for several rounds, each with its own state", async () => {
    const { mcp } = asking((ctx) => {
      const step = (ctx.inputState as number | undefined) ?? 0
      return step < 3 ? inputRequired({ state: step + 1 }) : `step ${step}`
    })
    const states: unknown[] = []
    let result = await resultOf(mcp, request)
    while (result.resultType === "input_required") {
      states.push(result.requestState)
      result = await resultOf(mcp, retry(request, result))
    }
    expect(result).toMatchObject({ content: [{ text: "step 3" }] })
    expect(new Set(states).size).toBe(3)
  })

  it("works in prompts and resources, and async", async () => {
    const mcp = quietServer()
    const ask = async (_: unknown, ctx: Context) =>
      ctx.request.round === 0 ? inputRequired({ state: "s" }) : String(ctx.inputState)
    mcp.prompt("p", ask)
    mcp.resource("a://b", ask)
    for (const each of [
      rpc("prompts/get", { name: "p" }, capable()),
      rpc("resources/read", { uri: "a://b" }, capable()),
    ]) {
      const first = await resultOf(mcp, each)
      expect(first.resultType).toBe("input_required")
      expect(JSON.stringify(await resultOf(mcp, retry(each, first)))).toContain('"text":"s"')
    }
  })

  it("is refused where a state cannot be written, and logged", async () => {
    const { mcp, log } = asking(() => inputRequired({ state: { n: 1n } }))
    expect(await errorOf(mcp, request)).toMatchObject({ code: -32603 })
    expect(log).toHaveLength(1)
  })
})

describe("bounds", () => {
  it("end a call after ten rounds", async () => {
    const { mcp } = asking(async (ctx) => {
      for (let n = 0; n < 100; n++) await number(ctx, `Question ${n}?`)
    })
    let rounds = 0
    let answer = await post(mcp, request)
    while (answer.result !== undefined) {
      rounds++
      const { result } = answer
      answer = await post(
        mcp,
        retry(
          request,
          result,
          answerAll(result, () => accept({ n: 1 })),
        ),
      )
    }
    expect(rounds).toBe(10)
    expect(answer.error).toMatchObject({ code: -32603, message: expect.stringContaining("10 rounds") })
  })

  it("end a loop that asks and ignores the answers", async () => {
    const { mcp } = asking(() => inputRequired({ state: "again" }))
    let answer = await post(mcp, request)
    for (let n = 0; n < 10; n++) answer = await post(mcp, retry(request, answer.result))
    expect(answer.error).toMatchObject({ code: -32603 })
  })

  it("refuse a state that is too large, with an error that says so", async () => {
    const { mcp } = asking(() => inputRequired({ state: "x".repeat(300_000) }))
    expect(await errorOf(mcp, request)).toMatchObject({
      code: -32603,
      message: expect.stringContaining("262144"),
    })
  })

  it("refuse answers that would make it too large", async () => {
    const { mcp } = asking(async (ctx) => {
      await ctx.elicit("Text?", z.object({ text: z.string() }), { key: "text" })
      await number(ctx, "n?")
    })
    const first = await resultOf(mcp, request)
    const answered = retry(request, first, { text: accept({ text: "x".repeat(300_000) }) })
    expect(await errorOf(mcp, answered)).toMatchObject({ code: -32603 })
  })
})

it("knows the suspensions of another copy of the package", () => {
  const another = Object.defineProperty(
    new Error("The call is suspended."),
    Symbol.for("fleetmcp.suspended"),
    {},
  )
  expect(isSuspended(another)).toBe(true)
})
