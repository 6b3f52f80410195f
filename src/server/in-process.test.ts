import { getEventListeners } from "node:events"
import { describe, expect, it } from "vitest"
import * as z from "zod"
import { FakeChannel, handle } from "../../test/support/channel.ts"
import { asking, number, play, request } from "../../test/support/playing.ts"
import { post, resultOf } from "../../test/support/post.ts"
import { call } from "../../test/support/rpc.ts"
import { fullServer, quietServer } from "../../test/support/server.ts"
import { deferred, settled } from "../../test/support/timing.ts"
import { unhandledDuring } from "../../test/support/unhandled.ts"
import { inputRequired } from "../components/input-required.ts"
import { createPrincipal } from "../protocol/principal.ts"
import { metaKeys } from "../spec/meta.ts"

describe("a call from the server's own process", () => {
  it("reaches tools, resources and prompts, and gives their results", async () => {
    const mcp = fullServer()
    expect(await mcp.callTool("add", { a: 1, b: 2 })).toMatchObject({ structuredContent: 3 })
    expect(await mcp.readResource("users://7")).toMatchObject({ contents: [{ text: "user 7" }] })
    expect(await mcp.getPrompt("review", { code: "x" })).toMatchObject({ messages: [{ role: "user" }] })
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
