import { describe, expect, it, onTestFinished, vi } from "vitest"
import { accept, answerAll, retry } from "../../test/support/asking.ts"
import { asking, number, play, request } from "../../test/support/playing.ts"
import { errorOf, resultOf, type Served } from "../../test/support/post.ts"
import { call, capable, type Fields } from "../../test/support/rpc.ts"
import { loggedServer, quietServer } from "../../test/support/server.ts"
import type { Context } from "../components/context.ts"
import { inputRequired } from "../components/input-required.ts"
import { memoryStorage } from "../storage/memory.ts"
import type { StorageDriver } from "../storage/storage.ts"
import { connect } from "../testing/connect.ts"

const secrets = ["a secret that nobody has ever guessed"]

/** A promise that somebody else settles. */
function deferred<T>() {
  let resolve: (value: T) => void = () => undefined
  let reject: (error: unknown) => void = () => undefined
  const promise = new Promise<T>((...settlers) => {
    ;[resolve, reject] = settlers
  })
  return { promise, resolve, reject }
}

/** The request that answers everything a result asks for. */
function answered(result: Fields) {
  return retry(
    request,
    result,
    answerAll(result, () => accept({ n: 1 })),
  )
}

/** Two servers of one kind that share what replicas share. */
function replicas(
  handler: (ctx: Context, replica: string) => unknown,
  storage = memoryStorage(),
): readonly [Served, Served] {
  const replica = (name: string) => asking((ctx) => handler(ctx, name), { secrets, storage }).mcp
  return [replica("a"), replica("b")]
}

describe("ctx.step", () => {
  it("does its work once, however often the handler runs", async () => {
    const work = vi.fn(() => ({ receipt: 7 }))
    const { mcp } = asking(async (ctx) => {
      await number(ctx, "First?")
      const done = await ctx.step("charge", work)
      await number(ctx, "Second?")
      return done
    })
    const { rounds, result } = await play(mcp)
    expect(rounds).toHaveLength(2)
    expect(work).toHaveBeenCalledTimes(1)
    expect(result.structuredContent).toEqual({ receipt: 7 })
  })

  it("does its work once before the first question too", async () => {
    const work = vi.fn(() => "done")
    const { mcp } = asking(async (ctx) => {
      const done = await ctx.step("prepare", work)
      await number(ctx, "Go on?")
      return done
    })
    await play(mcp)
    expect(work).toHaveBeenCalledTimes(1)
  })

  it("remembers that there was nothing to give", async () => {
    const work = vi.fn()
    const seen: unknown[] = []
    const { mcp } = asking(async (ctx) => {
      seen.push(await ctx.step("quiet", work))
      await number(ctx, "Go on?")
      return "ok"
    })
    await play(mcp)
    expect(work).toHaveBeenCalledTimes(1)
    expect(seen).toEqual([undefined, undefined])
  })

  it("gives JSON from the first run on, and in every run the same", async () => {
    const seen: unknown[] = []
    const { mcp } = asking(async (ctx) => {
      const done = await ctx.step("when", () => ({ at: new Date(0), tags: ["a"] }))
      seen.push(structuredClone(done))
      done.tags.push("changed")
      await number(ctx, "Go on?")
      return "ok"
    })
    await play(mcp)
    expect(seen).toEqual(Array(2).fill({ at: "1970-01-01T00:00:00.000Z", tags: ["a"] }))
  })

  it("says where something stands that JSON cannot say", async () => {
    const { mcp } = asking((ctx) => ctx.step("big", () => ({ id: 1n })))
    expect(await resultOf(mcp, request)).toMatchObject({
      isError: true,
      content: [{ text: expect.stringContaining("step `big`") }],
    })
  })

  it("has one key for all attempts at it, and another for every other step and call", async () => {
    const keys: string[] = []
    let isBroken = true
    const { mcp } = asking(async (ctx) => {
      await number(ctx, "Go on?")
      for (const name of ["one", "two"]) {
        await ctx.step(name, ({ idempotencyKey }) => {
          keys.push(idempotencyKey)
          if (!isBroken) return
          isBroken = false
          throw new Error("not yet")
        })
      }
      return "ok"
    })
    const first = await resultOf(mcp, request)
    await resultOf(mcp, answered(first))
    await resultOf(mcp, answered(first))
    await play(mcp)
    expect(keys[0]).toBe(keys[1])
    expect(new Set(keys).size).toBe(4)
  })

  it("may be tried again in the same run once it has failed", async () => {
    let attempts = 0
    const { mcp } = asking(async (ctx) => {
      const attempt = () =>
        ctx.step("flaky", () => {
          if (++attempts === 1) throw new Error("not yet")
          return attempts
        })
      return attempt().catch(attempt)
    })
    expect((await resultOf(mcp, request)).structuredContent).toBe(2)
  })

  it("refuses a second step of the same key", async () => {
    const { mcp } = asking(async (ctx) => {
      await ctx.step("charge", () => 1)
      return ctx.step("charge", () => 2)
    })
    expect(await resultOf(mcp, request)).toMatchObject({
      isError: true,
      content: [{ text: expect.stringContaining("The key `charge` names two steps") }],
    })
  })

  it.each([
    ["no text", 7, "is of type `number`"],
    ["empty", "", "is empty"],
    ["too long", "x".repeat(201), "is too long"],
  ])("refuses a key that is %s", async (_, key, problem) => {
    const { mcp } = asking((ctx) => ctx.step(key as string, () => 1))
    expect(await resultOf(mcp, request)).toMatchObject({
      isError: true,
      content: [{ text: expect.stringContaining(problem) }],
    })
  })

  it("is waited for when the call is suspended meanwhile", async () => {
    const release = deferred<string>()
    const work = vi.fn(() => release.promise)
    const { mcp } = asking(async (ctx) => {
      const [done] = await Promise.all([
        ctx.step("slow", work),
        ctx.step("quick", () => 1).then(() => number(ctx, "Go on?")),
      ])
      return done
    })
    const asked = resultOf(mcp, request)
    await vi.waitFor(() => expect(work).toHaveBeenCalled())
    release.resolve("slowly done")
    const result = await resultOf(mcp, answered(await asked))
    expect(result).toMatchObject({ content: [{ text: "slowly done" }] })
    expect(work).toHaveBeenCalledTimes(1)
  })

  it("gets a signal that the suspension does not abort", async () => {
    const reasons: unknown[] = []
    const release = deferred<void>()
    const { mcp } = asking(async (ctx) => {
      const step = ctx.step("slow", async ({ signal }) => {
        ctx.signal.addEventListener("abort", () => release.resolve())
        await release.promise
        reasons.push(signal.aborted, ctx.signal.aborted)
      })
      await Promise.all([step, ctx.step("quick", () => 1).then(() => number(ctx, "Go on?"))])
      return "ok"
    })
    await play(mcp)
    expect(reasons).toEqual([false, true])
  })

  it("is not begun any more once the call is suspended", async () => {
    const work = vi.fn()
    const late = deferred<unknown>()
    const { mcp } = asking(async (ctx) => {
      ctx.signal.addEventListener("abort", () => {
        ctx.step("late", work).catch(late.resolve)
      })
      await number(ctx, "Go on?")
      return "ok"
    })
    await resultOf(mcp, request)
    expect(await late.promise).toMatchObject({ code: "SUSPENDED" })
    expect(work).not.toHaveBeenCalled()
  })

  it("works for the server's own calls, where no client is", async () => {
    const { mcp } = asking((ctx) => ctx.step("alone", () => "done"))
    expect(await mcp.callTool("ask")).toMatchObject({ content: [{ text: "done" }] })
  })

  it("is remembered in a session when the handler returns its questions", async () => {
    const work = vi.fn(() => "done")
    const { mcp } = asking(async (ctx) => {
      const done = await ctx.step("once", work)
      if (ctx.inputResponses !== undefined) return done
      const requestedSchema = { type: "object", properties: {} } as const
      const params = { mode: "form", message: "Sure?", requestedSchema } as const
      return inputRequired({ requests: { sure: { method: "elicitation/create", params } } })
    })
    await using client = await connect(mcp, {
      revision: "2025-11-25",
      elicitation: () => ({ action: "accept", content: {} }),
    })
    expect(await client.callTool("ask")).toMatchObject({ content: [{ text: "done" }] })
    expect(work).toHaveBeenCalledTimes(1)
  })
})

it("has a step in a session end before the handler that returned its questions runs again", async () => {
  const release = deferred<void>()
  const work = vi.fn(() => release.promise)
  const { mcp } = asking(async (ctx) => {
    const step = ctx.step("slow", work)
    // Not awaited in the first run.
    if (ctx.inputResponses !== undefined) return step.then(() => "done")
    await vi.waitFor(() => expect(work).toHaveBeenCalled())
    const params = {
      mode: "form",
      message: "Sure?",
      requestedSchema: { type: "object", properties: {} },
    } as const
    return inputRequired({ requests: { sure: { method: "elicitation/create", params } } })
  })
  await using client = await connect(mcp, {
    revision: "2025-11-25",
    elicitation: () => {
      setImmediate(release.resolve)
      return { action: "accept", content: {} }
    },
  })
  expect(await client.callTool("ask")).toMatchObject({ content: [{ text: "done" }] })
  expect(work).toHaveBeenCalledTimes(1)
})

describe("steps of nested calls", () => {
  it("are told from those of the call that makes them, and from each other's", async () => {
    const work = vi.fn((name: string) => name)
    const { mcp } = asking(async (ctx) => {
      const own = await ctx.step("same", () => work("outer"))
      const inner = [await ctx.callTool("inner", { n: 1 }), await ctx.callTool("inner", { n: 1 })]
      await number(ctx, "Go on?")
      return [own, ...inner.map(({ content }) => content)].length
    })
    mcp.tool({ name: "inner", input: { type: "object" } }, (_, ctx) => ctx.step("same", () => work("inner")))
    expect((await play(mcp)).result.structuredContent).toBe(3)
    expect(work.mock.calls).toEqual([["outer"], ["inner"], ["inner"]])
  })

  it("are not needed for the calls themselves: what was called and done is not called again", async () => {
    const inner = vi.fn(() => "done")
    const { mcp } = asking(async (ctx) => {
      const { content } = await ctx.callTool("inner")
      await number(ctx, "First?")
      await number(ctx, "Second?")
      return content
    })
    mcp.tool({ name: "inner" }, inner)
    expect((await play(mcp)).result).toMatchObject({ content: [{ text: "done" }] })
    expect(inner).toHaveBeenCalledTimes(1)
  })

  it("run again where the inner call asks", async () => {
    const work = vi.fn(() => 1)
    const { mcp } = asking((ctx) => ctx.callTool("inner").then(({ structuredContent }) => structuredContent))
    mcp.tool({ name: "inner" }, async (_, ctx) => {
      const done = await ctx.step("charge", work)
      return done + (await number(ctx, "How much?"))
    })
    expect((await play(mcp)).result.structuredContent).toBe(2)
    expect(work).toHaveBeenCalledTimes(1)
  })

  it("are called again where the result is too large to be carried along", async () => {
    const inner = vi.fn(() => "x".repeat(100_000))
    const { mcp } = asking(async (ctx) => {
      await ctx.callTool("inner")
      await number(ctx, "Go on?")
      return "ok"
    })
    mcp.tool({ name: "inner" }, inner)
    await play(mcp)
    expect(inner).toHaveBeenCalledTimes(2)
  })
})

describe("a round that is sent again", () => {
  it("does a step once, and is answered alike", async () => {
    const work = vi.fn(() => ({ receipt: 7 }))
    const [a, b] = replicas(async (ctx) => {
      await number(ctx, "Sure?")
      return ctx.step("charge", work)
    })
    const asked = answered(await resultOf(a, request))
    const results = [await resultOf(a, asked), await resultOf(a, asked), await resultOf(b, asked)]
    expect(work).toHaveBeenCalledTimes(1)
    for (const result of results) expect(result.structuredContent).toEqual({ receipt: 7 })
  })

  it("waits for who does the step already, in whatever process", async () => {
    const release = deferred<string>()
    const work = vi.fn(() => release.promise)
    const [a, b] = replicas(async (ctx) => {
      await number(ctx, "Sure?")
      return ctx.step("charge", work)
    })
    const asked = answered(await resultOf(a, request))
    const results = Promise.all([resultOf(a, asked), resultOf(b, asked), resultOf(b, asked)])
    await vi.waitFor(() => expect(work).toHaveBeenCalled())
    release.resolve("charged")
    for (const result of await results) expect(result).toMatchObject({ content: [{ text: "charged" }] })
    expect(work).toHaveBeenCalledTimes(1)
  })

  it("does a step itself whose first runner failed", async () => {
    const first = deferred<string>()
    const begun = vi.fn()
    const [a, b] = replicas(async (ctx, replica) => {
      await number(ctx, "Sure?")
      return ctx.step("charge", () => {
        begun()
        return replica === "a" ? first.promise : "charged by b"
      })
    })
    const asked = answered(await resultOf(a, request))
    const atA = resultOf(a, asked)
    await vi.waitFor(() => expect(begun).toHaveBeenCalled())
    const atB = resultOf(b, asked)
    first.reject(new Error("card refused"))
    expect(await atA).toMatchObject({ isError: true })
    expect(await atB).toMatchObject({ content: [{ text: "charged by b" }] })
  })

  it("never does a step again whose runner fell silent, and says that nobody knows how it ended", async () => {
    const work = vi.fn((_replica: string) => new Promise<string>(() => undefined))
    const storage = memoryStorage()
    // What a dead process writes arrives nowhere.
    let isDead = false
    const mortal: StorageDriver = {
      ...storage,
      write: (key, value, options) =>
        isDead ? Promise.reject(new Error("gone")) : storage.write(key, value, options),
    }
    const handler = (replica: string) => async (ctx: Context) => {
      await number(ctx, "Sure?")
      return ctx.step("charge", () => work(replica))
    }
    const { mcp: a } = asking(handler("a"), { secrets, storage: mortal })
    const { mcp: b } = asking(handler("b"), { secrets, storage })
    const asked = answered(await resultOf(a, request))
    void resultOf(a, asked)
    await vi.waitFor(() => expect(work).toHaveBeenCalled())
    isDead = true
    vi.useFakeTimers({ toFake: ["Date"] })
    onTestFinished(() => void vi.useRealTimers())
    vi.setSystemTime(Date.now() + 10_001)
    for (const replica of [b, b]) {
      expect(await resultOf(replica, asked)).toMatchObject({
        isError: true,
        content: [{ text: expect.stringContaining("outcome is unknown") }],
      })
    }
    expect(work.mock.calls).toEqual([["a"]])
  })

  it("does a step at least once where the storage cannot tell who was first", async () => {
    const work = vi.fn(() => 1)
    const { mcp } = asking(
      async (ctx) => {
        await number(ctx, "Sure?")
        return ctx.step("charge", work)
      },
      { secrets, storage: { ...memoryStorage(), atomic: false } },
    )
    const asked = answered(await resultOf(mcp, request))
    await resultOf(mcp, asked)
    await resultOf(mcp, asked)
    expect(work).toHaveBeenCalledTimes(2)
  })
})

describe("what is too large for the client to keep", () => {
  const large = "x".repeat(20_000)
  const handler = async (ctx: Context) => {
    const text = await ctx.step("large", () => large)
    await number(ctx, "Go on?")
    return text.length
  }

  it("is kept by the server, and the client gets a handle", async () => {
    const [a, b] = replicas(handler)
    const asked = await resultOf(a, request)
    expect(asked.requestState).toMatch(/^~[\w-]{32}$/)
    expect((await resultOf(b, answered(asked))).structuredContent).toBe(20_000)
  })

  it("is found by no handle that was not given out", async () => {
    const [a] = replicas(handler)
    const asked = await resultOf(a, request)
    for (const requestState of [`~${"A".repeat(32)}`, "~", `${asked.requestState}x`, `~${"é".repeat(32)}`]) {
      expect(await errorOf(a, answered({ ...asked, requestState }))).toMatchObject({
        code: -32602,
        message: expect.stringContaining("is kept in a storage that is not this one"),
      })
    }
  })

  it("is bound to its call as everything sealed is", async () => {
    const [a] = replicas(handler)
    const { requestState } = await resultOf(a, request)
    const other = call("ask", { other: true }, capable())
    expect(await errorOf(a, retry(other, { requestState }, {}))).toMatchObject({ code: -32602 })
  })
})

describe("an answer that counts once", () => {
  const once = async (ctx: Context) => {
    const answer = await ctx.elicit("Sure?", { type: "object", properties: {} } as const, { once: true })
    return answer.action
  }

  it("is refused when it comes again, wherever it comes", async () => {
    const [a, b] = replicas(once)
    const asked = answered(await resultOf(a, request))
    expect(await resultOf(b, asked)).toMatchObject({ content: [{ text: "accept" }] })
    for (const replica of [a, b]) {
      expect(await errorOf(replica, asked)).toMatchObject({
        code: -32602,
        message: expect.stringContaining("it may be used once, and was used"),
      })
    }
  })

  it("is one of those that come at the same time", async () => {
    const [a, b] = replicas(once)
    const asked = answered(await resultOf(a, request))
    const outcomes = await Promise.allSettled([a, b, a, b].map((replica) => resultOf(replica, asked)))
    expect(outcomes.filter(({ status }) => status === "fulfilled")).toHaveLength(1)
  })

  it("is asked for by `inputRequired()` too", async () => {
    const { mcp } = asking((ctx) =>
      ctx.request.round > 0 ? "done" : inputRequired({ state: 1, once: true }),
    )
    const asked = retry(request, await resultOf(mcp, request))
    expect(await resultOf(mcp, asked)).toMatchObject({ content: [{ text: "done" }] })
    expect(await errorOf(mcp, asked)).toMatchObject({ message: expect.stringContaining("may be used once") })
  })

  it("is not spent by a request that is refused for another reason", async () => {
    const [a] = replicas(once)
    const result = await resultOf(a, request)
    const wrong = retry(
      request,
      result,
      Object.fromEntries(Object.keys(answerAll(result, () => 1)).map((key) => [key, 1])),
    )
    expect(await errorOf(a, wrong)).toMatchObject({ code: -32602 })
    expect(await resultOf(a, answered(result))).toMatchObject({ content: [{ text: "accept" }] })
  })

  it("needs a storage that is atomic", async () => {
    const { mcp, log } = loggedServer({ storage: { ...memoryStorage(), atomic: false } })
    mcp.tool({ name: "ask" }, (_, ctx) => once(ctx))
    await errorOf(mcp, request)
    expect(log).toContainEqual(
      expect.objectContaining({ error: expect.objectContaining({ code: "FLEET-16" }) }),
    )
  })
})

it("has no step where nothing is kept between servers without a secret in common", async () => {
  const storage = memoryStorage()
  const [a, b] = [quietServer({ storage }), quietServer({ storage })]
  for (const mcp of [a, b]) mcp.tool({ name: "ask" }, (_, ctx) => number(ctx, "Sure?"))
  const asked = answered(await resultOf(a, request))
  expect(await errorOf(b, asked)).toMatchObject({ code: -32602 })
})
