import { getEventListeners } from "node:events"
import { describe, expect, it } from "vitest"
import * as z from "zod"
import { FakeChannel, handle } from "../../test/support/channel.ts"
import { asking, number, play, request } from "../../test/support/playing.ts"
import { errorOf, post, resultOf } from "../../test/support/post.ts"
import { call, rpc } from "../../test/support/rpc.ts"
import { fullServer, loggedServer, quietServer } from "../../test/support/server.ts"
import { deferred, settled } from "../../test/support/timing.ts"
import { unhandledDuring } from "../../test/support/unhandled.ts"
import type { Context } from "../components/context.ts"
import { inputRequired } from "../components/input-required.ts"
import { challengeScopes } from "../components/require-scopes.ts"
import { createPrincipal } from "../protocol/principal.ts"
import { metaKeys } from "../spec/meta.ts"
import { definePlugin } from "./plugin.ts"

describe("a call from the server's own process", () => {
  it("reaches tools, resources and prompts, and gives their results", async () => {
    const mcp = fullServer()
    expect(await mcp.callTool("add", { a: 1, b: 2 })).toMatchObject({ structuredContent: 3 })
    expect(await mcp.readResource("users://7")).toMatchObject({ contents: [{ text: "user 7" }] })
    expect(await mcp.getPrompt("review", { code: "x" })).toMatchObject({ messages: [{ role: "user" }] })
  })

  it("lists nothing where there is nothing", async () => {
    const mcp = quietServer()
    const lists = [mcp.listTools(), mcp.listResources(), mcp.listTemplates(), mcp.listPrompts()]
    expect(await Promise.all(lists)).toEqual([[], [], [], []])
  })

  it("lists everything, over all pages", async () => {
    const mcp = fullServer({ pageSize: 1 })
    expect((await mcp.listTools()).map(({ name }) => name)).toEqual(["add", "fail", "nothing"])
    expect(await mcp.listResources()).toHaveLength(1)
    expect(await mcp.listTemplates()).toHaveLength(1)
    expect(await mcp.listPrompts()).toHaveLength(1)
  })

  it("rejects where a client would get an error, and gives what a client would get as a result", async () => {
    const mcp = fullServer()
    await expect(mcp.callTool("nosuch")).rejects.toMatchObject({ code: "UNKNOWN_TOOL" })
    await expect(mcp.readResource("x://y")).rejects.toMatchObject({ code: "RESOURCE_NOT_FOUND" })
    await expect(mcp.getPrompt("review")).rejects.toMatchObject({ code: "INVALID_PARAMS" })
    expect(await mcp.callTool("fail")).toMatchObject({ isError: true })
    expect(await mcp.callTool("add", { a: "x" })).toMatchObject({ isError: true })
  })

  it("goes through middleware", async () => {
    const seen: string[] = []
    const mcp = fullServer({
      middleware: [
        {
          request({ method }, next) {
            seen.push(method)
            return next()
          },
        },
      ],
    })
    await mcp.callTool("nothing")
    expect(seen).toEqual(["tools/call"])
  })

  it("is made by whom it says", async () => {
    const mcp = quietServer()
    mcp.tool({ name: "who" }, (_, ctx) => ctx.auth?.subject ?? "nobody")
    const ada = await createPrincipal({ subject: "ada" })
    expect(await mcp.callTool("who", {}, { as: ada })).toMatchObject({ content: [{ text: "ada" }] })
    expect(await mcp.callTool("who")).toMatchObject({ content: [{ text: "nobody" }] })
  })

  it("has no client to ask: without capabilities, and said so", async () => {
    const mcp = quietServer()
    mcp.tool(
      { name: "ask" },
      async (_, ctx) => (await ctx.elicit("Who?", z.object({ n: z.string() }))).action,
    )
    await expect(mcp.callTool("ask")).resolves.toMatchObject({
      isError: true,
      content: [{ text: expect.stringContaining("no client to ask") }],
    })
  })

  it("ends at once when its signal is aborted, whatever the handler does", async () => {
    const mcp = quietServer()
    const started = deferred()
    let reason: unknown
    mcp.tool({ name: "wait" }, (_, ctx) => {
      ctx.signal.addEventListener("abort", () => {
        reason = ctx.signal.reason
      })
      started.resolve()
      return new Promise(() => undefined)
    })
    const controller = new AbortController()
    const stray = await unhandledDuring(async () => {
      const calling = mcp.callTool("wait", {}, { signal: controller.signal })
      await started.promise
      controller.abort()
      await expect(calling).rejects.toMatchObject({ code: "CALL_ABORTED", reason: "cancel" })
    })
    expect(stray).toEqual([])
    expect(reason).toMatchObject({ reason: "cancel" })
  })

  it("does not begin under a signal that is aborted already", async () => {
    let runs = 0
    const mcp = quietServer()
    mcp.tool({ name: "t" }, () => ++runs)
    await expect(mcp.callTool("t", {}, { signal: AbortSignal.abort() })).rejects.toMatchObject({
      reason: "cancel",
    })
    expect(runs).toBe(0)
  })

  it("leaves nothing behind on a signal that lives longer", async () => {
    const { signal } = new AbortController()
    const mcp = fullServer()
    for (let n = 0; n < 20; n++) await mcp.callTool("nothing", {}, { signal })
    await mcp.callTool("nosuch", {}, { signal }).catch(() => undefined)
    expect(getEventListeners(signal, "abort")).toHaveLength(0)
  })

  it("is abandoned at its time-out, as a result of the tool", async () => {
    const mcp = quietServer({ timeout: 5 })
    mcp.tool({ name: "slow" }, () => new Promise(() => undefined))
    expect(await mcp.callTool("slow")).toMatchObject({
      isError: true,
      content: [{ text: expect.stringContaining("within 5 ms") }],
    })
  })

  it("sends log and progress to nobody", async () => {
    const mcp = quietServer()
    mcp.tool({ name: "chat" }, (_, ctx) => {
      ctx.log.emergency("x")
      ctx.progress(1)
      return ctx.request.id === undefined && ctx.request.headers === undefined
    })
    expect(await mcp.callTool("chat")).toMatchObject({ structuredContent: true })
    await settled()
  })
})

describe("a shutdown", () => {
  it("waits for a call from the server's own process", async () => {
    const { mcp, gate, answer } = waiting()
    const closing = mcp.close({ graceMs: 60_000 })
    await expect(mcp.callTool("wait")).rejects.toMatchObject({ code: "SERVER_CLOSED" })
    gate.resolve()
    await closing
    expect(await answer).toMatchObject({ content: [{ text: "done" }] })
  })

  it("aborts what it does not wait for", async () => {
    const { mcp, answer } = waiting()
    await settled()
    await mcp.close({ graceMs: 0 })
    await expect(answer).rejects.toMatchObject({ code: "CALL_ABORTED", reason: "shutdown" })
  })

  it("lets in no call that waited for the start", async () => {
    const gate = deferred()
    const lifespan = () => gate.promise.then(() => undefined)
    const mcp = fullServer({ plugins: [definePlugin({ id: "com.example/slow", lifespan })] })
    const answer = mcp.callTool("nothing")
    const closing = mcp.close()
    gate.resolve()
    await expect(answer).rejects.toMatchObject({ code: "SERVER_CLOSED" })
    await closing
  })

  function waiting() {
    const mcp = quietServer()
    const gate = deferred()
    mcp.tool({ name: "wait" }, () => gate.promise.then(() => "done"))
    const answer = mcp.callTool("wait")
    answer.catch(() => undefined)
    return { mcp, gate, answer }
  }
})

describe("calls without end", () => {
  const tooDeep = expect.stringMatching(/^33 calls are nested .* → `loop` → `loop`/)

  it("through the context are stopped, and told as a chain", async () => {
    const { mcp, log } = loggedServer()
    mcp.tool({ name: "loop" }, (_, ctx) => ctx.callTool("loop"))
    await mcp.callTool("loop")
    expect(log).toMatchObject([{ error: { code: "FLEET-19", message: tooDeep } }])
  })

  it("through the server are stopped, too", async () => {
    const { mcp, log } = loggedServer()
    mcp.tool({ name: "loop" }, () => mcp.callTool("loop"))
    await mcp.callTool("loop")
    expect(log).toMatchObject([{ error: { code: "FLEET-19", message: tooDeep } }])
  })

  it.each(["middleware", "an auth check"])("made by %s are stopped, too", async (maker) => {
    const mcp = quietServer()
    let deepest = 0
    const again = async () => {
      deepest++
      await mcp.callTool("t", {}, { as: undefined }).catch(() => undefined)
    }
    const auth = maker === "middleware" ? undefined : () => again().then(() => true)
    mcp.tool({ name: "t", ...(auth === undefined ? undefined : { auth }) }, () => "x")
    if (maker === "middleware") mcp.use({ callTool: (_, next) => again().then(next) })
    await mcp.callTool("t", {}, { as: undefined })
    expect(deepest).toBeLessThan(40)
  })

  it("one after the other are no recursion", async () => {
    const mcp = quietServer()
    const done = deferred()
    let calls = 0
    mcp.tool({ name: "poll" }, () => {
      calls++
      if (calls === 40) done.resolve()
      else setImmediate(() => void mcp.callTool("poll"))
    })
    await mcp.callTool("poll")
    await done.promise
    expect(calls).toBe(40)
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

  it("takes any arguments, as a call of the server does", async () => {
    const cycle: { self?: unknown } = {}
    cycle.self = cycle
    const { mcp } = asking(async (ctx) => {
      const odd = [{ at: new Date(0) }, { n: 10n }, cycle, { n: Number.NaN }]
      const results = await Promise.all(odd.map((args) => ctx.callTool("inner", args)))
      return results.map(({ structuredContent }) => structuredContent)
    })
    mcp.tool({ name: "inner", input: z.looseObject({}) }, () => true)
    expect(await resultOf(mcp, request)).toMatchObject({ structuredContent: [true, true, true, true] })
  })

  it("that is over asks nothing in the name of the call around it", async () => {
    const asked = deferred<unknown>()
    const over = deferred()
    const { mcp } = asking(async (ctx) => {
      const inner = await ctx.callTool("inner")
      over.resolve()
      await asked.promise
      return inner.structuredContent
    })
    mcp.tool({ name: "inner" }, (_, ctx) => {
      over.promise.then(() => number(ctx, "ghost?")).catch((error: unknown) => asked.resolve(error))
      return 1
    })
    expect(await resultOf(mcp, request)).toMatchObject({ resultType: "complete", structuredContent: 1 })
    expect(await asked.promise).toMatchObject({ code: "FLEET-03" })
  })

  it("through the server lends its error as little as one through the context", async () => {
    const mcp = quietServer({ maskErrors: true })
    mcp.resource("x://outer", () => mcp.readResource("x://secret").then(() => "x"))
    const error = await errorOf(mcp, rpc("resources/read", { uri: "x://outer" }))
    expect([error.code, error.message.includes("secret")]).toEqual([-32603, false])
  })

  it("that was cancelled for itself is an error of the tool that made it", async () => {
    const mcp = quietServer()
    const stop = new AbortController()
    mcp.tool({ name: "slow" }, () => new Promise(() => undefined))
    mcp.tool({ name: "outer" }, async () => {
      const answer = mcp.callTool("slow", {}, { signal: stop.signal })
      stop.abort()
      return await answer
    })
    expect(await resultOf(mcp, call("outer"))).toMatchObject({ isError: true })
  })

  it.each([
    ["prompt", rpc("prompts/get", { name: "outer" })],
    ["resource", rpc("resources/read", { uri: "x://outer" })],
  ])("that a %s makes does not lend it its error", async (_, outer) => {
    for (const maskErrors of [true, false]) {
      const mcp = quietServer({ maskErrors })
      const inner = (ctx: Context) => ctx.readResource("x://secret/42").then(() => "x")
      mcp.prompt("outer", (_args, ctx) => inner(ctx))
      mcp.resource("x://outer", (_uri, ctx) => inner(ctx))
      const error = await errorOf(mcp, outer)
      expect([error.code, error.message.includes("x://secret/42")]).toEqual([-32603, !maskErrors])
    }
  })

  it("that needs more scopes challenges the client of the call around it", async () => {
    const { mcp } = asking((ctx) => ctx.callTool("admin"))
    mcp.tool({ name: "admin", auth: challengeScopes("admin") }, () => "x")
    expect(await post(mcp, request)).toMatchObject({
      status: 403,
      error: { data: { requiredScopes: ["admin"] } },
    })
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
