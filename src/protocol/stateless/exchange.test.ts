import { describe, expect, it } from "vitest"
import * as z from "zod"
import { accept, answerAll, messagesOf, questionsOf, retry } from "../../../test/support/asking.ts"
import { FakeChannel, handle } from "../../../test/support/channel.ts"
import { errorOf, post, resultOf } from "../../../test/support/post.ts"
import { call, capable, type Fields, rpc } from "../../../test/support/rpc.ts"
import { loggedServer, quietServer } from "../../../test/support/server.ts"
import { deferred, settled } from "../../../test/support/timing.ts"
import type { Context } from "../../components/context.ts"
import { inputRequired } from "../../components/input-required.ts"
import { isSuspended } from "../../errors/protocol.ts"
import type { FleetMCP } from "../../fleet-mcp.ts"
import { metaKeys } from "../../spec/meta.ts"

const form = z.object({ n: z.number() })
const request = call("ask", {}, capable())

/** A server whose tool `ask` runs this handler. */
function asking(handler: (ctx: Context) => unknown, options: Parameters<typeof quietServer>[0] = {}) {
  const { mcp, log } = loggedServer(options)
  mcp.tool({ name: "ask" }, (_, ctx) => handler(ctx))
  return { mcp, log }
}

/** Elicits and gives the number that was filled in. */
async function number(ctx: Context, message: string, options?: { readonly key?: string }): Promise<number> {
  const answer = await ctx.elicit(message, form, options)
  return answer.action === "accept" ? answer.data.n : Number.NaN
}

/** Plays the client until the call is complete; answers `1`, `2`, … in the order in which questions come. */
async function play(
  mcp: Pick<FleetMCP, "fetch">,
): Promise<{ rounds: readonly (readonly unknown[])[]; result: Fields }> {
  const rounds: (readonly unknown[])[] = []
  let n = 0
  let result = await resultOf(mcp, request)
  while (result.resultType === "input_required") {
    rounds.push(messagesOf(result))
    result = await resultOf(
      mcp,
      retry(
        request,
        result,
        answerAll(result, () => accept({ n: ++n })),
      ),
    )
  }
  return { rounds, result }
}

describe("the questions of one turn", () => {
  it("go out together, also when a few promises come between them", async () => {
    const { mcp } = asking(async (ctx) => {
      const later = async (message: string) => {
        await Promise.resolve()
        await Promise.resolve()
        return number(ctx, message)
      }
      return Promise.all([number(ctx, "a"), later("b"), number(ctx, "c")])
    })
    const { rounds, result } = await play(mcp)
    expect(rounds.map((round) => [...round].sort())).toEqual([["a", "b", "c"]])
    expect(result.structuredContent).toHaveLength(3)
  })

  it("leave out those that were answered before", async () => {
    const { mcp } = asking(async (ctx) => {
      const a = await number(ctx, "a")
      return [a, ...(await Promise.all([number(ctx, "b"), number(ctx, "c")]))]
    })
    const { rounds, result } = await play(mcp)
    expect(rounds).toEqual([["a"], ["b", "c"]])
    expect(result.structuredContent).toEqual([1, 2, 3])
  })

  it("keep apart what comes in a later turn", async () => {
    const turn = () => new Promise((resolve) => setImmediate(resolve))
    const { mcp } = asking(async (ctx) => {
      const [a, b] = await Promise.all([
        number(ctx, "a"),
        turn()
          .then(turn)
          .then(() => number(ctx, "b")),
      ])
      return [a, b]
    })
    const { rounds, result } = await play(mcp)
    expect(rounds).toEqual([["a"], ["b"]])
    expect(result.structuredContent).toEqual([1, 2])
  })
})

describe("an answer", () => {
  it("finds its question whatever the order of parallel branches", async () => {
    let round = 0
    const { mcp } = asking(async (ctx) => {
      const names = ["a", "b", "c"]
      if (round++ % 2 === 1) names.reverse()
      const entries = await Promise.all(
        names.map(async (name) => [
          name,
          await number(ctx, `first ${name}`),
          await number(ctx, `second ${name}`),
        ]),
      )
      return entries.sort()
    })
    const { rounds, result } = await play(mcp)
    expect(rounds).toHaveLength(2)
    expect(result.structuredContent).toEqual([
      ["a", 1, 6],
      ["b", 2, 5],
      ["c", 3, 4],
    ])
  })

  it("belongs to the n-th of several identical questions", async () => {
    const { mcp } = asking(async (ctx) => {
      const first = await number(ctx, "again?")
      const rest = await Promise.all([number(ctx, "again?"), number(ctx, "again?")])
      return [first, ...rest]
    })
    expect((await play(mcp)).result.structuredContent).toEqual([1, 2, 3])
  })

  it("stays with a key when the question is worded anew", async () => {
    const { mcp } = asking(async (ctx) => number(ctx, `It is ${Math.random()}. How many?`, { key: "many" }))
    expect((await play(mcp)).result.structuredContent).toBe(1)
  })

  it("is the same when a round is sent twice, at once", async () => {
    const { mcp } = asking(async (ctx) => (await number(ctx, "a")) + (await number(ctx, "b")))
    const first = await resultOf(mcp, request)
    const again = () =>
      retry(
        request,
        first,
        answerAll(first, () => accept({ n: 5 })),
      )
    const [one, two] = await Promise.all([resultOf(mcp, again()), resultOf(mcp, again())])
    expect(one.inputRequests).toEqual(two.inputRequests)
    expect(one.requestState).not.toBe(two.requestState)
  })

  it("need not be given again: the state remembers it", async () => {
    const { mcp } = asking(async (ctx) => [await number(ctx, "a"), await number(ctx, "b")])
    const first = await resultOf(mcp, request)
    const second = await resultOf(
      mcp,
      retry(
        request,
        first,
        answerAll(first, () => accept({ n: 1 })),
      ),
    )
    const third = await resultOf(mcp, retry(request, second, {}))
    expect(messagesOf(third)).toEqual(["b"])
    const done = await resultOf(
      mcp,
      retry(
        request,
        third,
        answerAll(third, () => accept({ n: 2 })),
      ),
    )
    expect(done.structuredContent).toEqual([1, 2])
  })
})

describe("a run that does not ask what was answered", () => {
  it("is told both questions and what to do", async () => {
    let round = 0
    const { mcp } = asking((ctx) => number(ctx, `Question ${++round}?`))
    const first = await resultOf(mcp, request)
    const error = await errorOf(
      mcp,
      retry(
        request,
        first,
        answerAll(first, () => accept({ n: 1 })),
      ),
    )
    expect(error).toMatchObject({ status: 200, code: -32603 })
    expect(error.message).toMatch(/`Question 1\?`.*`Question 2\?`.*\{ key \}/)
  })

  it("is fine when it asks nothing at all", async () => {
    const { mcp } = asking((ctx) => (ctx.request.round === 0 ? number(ctx, "a") : "done"))
    expect((await play(mcp)).result).toMatchObject({ content: [{ text: "done" }] })
  })

  it("is fine when it still asks one of several", async () => {
    const { mcp } = asking((ctx) =>
      ctx.request.round === 0
        ? Promise.all([number(ctx, "a"), number(ctx, "b")])
        : number(ctx, "b").then(() => number(ctx, "c")),
    )
    expect((await play(mcp)).rounds).toEqual([["a", "b"], ["c"]])
  })
})

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
    expect(await late.promise).toMatchObject([{ code: "SUSPENDED" }, { code: "IN_PROCESS_CALL" }])
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

describe("a nested call", () => {
  it("asks through the call that made it, once each, however often it is made", async () => {
    const { mcp } = asking(async (ctx) => {
      const results = await Promise.all([
        ctx.callTool("inner"),
        ctx.callTool("inner"),
        ctx.callTool("inner", { x: 1 }),
      ])
      return results.map(({ structuredContent }) => structuredContent)
    })
    const input = z.object({ x: z.number().optional() })
    mcp.tool({ name: "inner", input }, (_, ctx) => number(ctx, "same?", { key: "same" }))
    const { rounds, result } = await play(mcp)
    expect(rounds).toEqual([["same?", "same?", "same?"]])
    expect(result.structuredContent).toEqual([1, 2, 3])
  })

  it("asks from any depth and any kind of component", async () => {
    const { mcp } = asking(async (ctx) => {
      const { messages } = await ctx.getPrompt("p")
      return messages.length + (await number(ctx, "top?"))
    })
    mcp.prompt("p", async (_, ctx) => JSON.stringify((await ctx.readResource("a://b")).contents))
    mcp.resource("a://b", async (_, ctx) => String(await number(ctx, "bottom?")))
    expect((await play(mcp)).rounds).toEqual([["bottom?"], ["top?"]])
  })

  it("fails as its client would see it", async () => {
    const { mcp } = asking(async (ctx) => {
      const bad = await ctx.callTool("inner", { x: 1 })
      const missing = await ctx.callTool("nosuch").catch((error: unknown) => error)
      return [bad.isError, (missing as { code: string }).code]
    })
    mcp.tool({ name: "inner", input: z.object({ x: z.string() }) }, () => 1)
    expect((await resultOf(mcp, request)).structuredContent).toEqual([true, "UNKNOWN_TOOL"])
  })

  it("sees what its caller may see and no more", async () => {
    const { mcp } = asking((ctx) => ctx.callTool("secret").catch((error: { code: string }) => error.code))
    mcp.tool({ name: "secret", auth: () => false }, () => "secret")
    expect(await resultOf(mcp, request)).toMatchObject({ content: [{ text: "UNKNOWN_TOOL" }] })
  })

  it("stops with the call that made it", async () => {
    const reason = deferred<unknown>()
    const started = deferred()
    const { mcp } = asking((ctx) => ctx.callTool("inner"))
    mcp.tool({ name: "inner" }, (_, ctx) => {
      expect(ctx.signal).toBe(ctx.signal)
      ctx.signal.addEventListener("abort", () => reason.resolve(ctx.signal.reason))
      started.resolve()
      return new Promise(() => undefined)
    })
    const channel = new FakeChannel()
    const answer = handle(mcp, request, channel)
    await started.promise
    channel.leave()
    await answer
    expect(await reason.promise).toMatchObject({ reason: "disconnect" })
  })

  it("logs to the client of the call that made it, and leaves its progress alone", async () => {
    const { mcp } = asking(async (ctx) => {
      ctx.progress(1)
      await ctx.callTool("inner")
      ctx.progress(2)
    })
    mcp.tool({ name: "inner" }, (_, ctx) => {
      ctx.progress(50)
      ctx.log.info("inside")
    })
    const { notifications } = await post(
      mcp,
      call("ask", {}, { progressToken: 1, [metaKeys.logLevel]: "info" }),
    )
    expect(notifications.map(({ params }) => params?.progress ?? params?.data)).toEqual([1, "inside", 2])
  })

  it("cannot use an explicit inputRequired()", async () => {
    const { mcp } = asking((ctx) => ctx.callTool("inner").catch((error: { code: string }) => error.code))
    mcp.tool({ name: "inner" }, () => inputRequired({ state: 1 }))
    expect(await resultOf(mcp, request)).toMatchObject({ content: [{ text: "IN_PROCESS_CALL" }] })
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
    const { mcp } = asking(() => inputRequired({ state: "x".repeat(9000) }))
    expect(await errorOf(mcp, request)).toMatchObject({
      code: -32603,
      message: expect.stringContaining("8192"),
    })
  })

  it("refuse answers that would make it too large", async () => {
    const { mcp } = asking(async (ctx) => {
      await ctx.elicit("Text?", z.object({ text: z.string() }), { key: "text" })
      await number(ctx, "n?")
    })
    const first = await resultOf(mcp, request)
    const answered = retry(request, first, { text: accept({ text: "x".repeat(9000) }) })
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
