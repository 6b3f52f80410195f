import { beforeAll, describe, expect, it } from "vitest"
import { FakeChannel, handle } from "../../../test/support/channel.ts"
import { number, request } from "../../../test/support/playing.ts"
import { post, resultOf } from "../../../test/support/post.ts"
import { call, capable, rpc } from "../../../test/support/rpc.ts"
import { loggedServer } from "../../../test/support/server.ts"
import { type Deferred, deferred, settled } from "../../../test/support/timing.ts"
import type { Context } from "../../components/context.ts"
import { inputRequired } from "../../components/input-required.ts"
import { timeout } from "../../middleware/timeout.ts"

interface Hanging {
  readonly ask: (ctx: Context) => Promise<unknown>
  readonly signals: AbortSignal[]
  readonly gate: Deferred<string>
  readonly begun: Deferred<void>
}

/** Asks while a step runs that heeds no signal. */
function hanging(): Hanging {
  const signals: AbortSignal[] = []
  const gate = deferred<string>()
  const begun = deferred()
  return {
    signals,
    gate,
    begun,
    async ask(ctx) {
      const done = ctx.step("hang", ({ signal }) => {
        signals.push(signal)
        begun.resolve()
        return gate.promise
      })
      done.catch(() => undefined)
      await begun.promise
      return number(ctx, "n?")
    },
  }
}

const late = {
  isError: true,
  content: [{ text: expect.stringContaining("`ask` did not finish within 100 ms") }],
}
const reasons = (signals: readonly AbortSignal[]) => signals.map(({ reason }) => reason)

beforeAll(async () => {
  // What is loaded by the first call that asks takes no time of those that are timed.
  const { mcp } = loggedServer()
  const { ask, gate } = hanging()
  gate.resolve("done")
  mcp.tool({ name: "ask" }, (_, ctx) => ask(ctx) as Promise<number>)
  await resultOf(mcp, request)
})

describe("a step that hangs while its call asks", () => {
  it("ends with the server's time-out", async () => {
    const { mcp } = loggedServer({ timeout: 100 })
    const { ask, signals } = hanging()
    mcp.tool({ name: "ask" }, (_, ctx) => ask(ctx) as Promise<number>)
    expect(await resultOf(mcp, request)).toMatchObject(late)
    expect(reasons(signals)).toEqual([expect.objectContaining({ reason: "timeout" })])
  })

  it("ends with the tool's time-out, though its handler swallows what a question throws", async () => {
    const { mcp } = loggedServer()
    const { ask, signals } = hanging()
    mcp.tool({ name: "ask", timeout: 100 }, (_, ctx) => ask(ctx).catch(() => "swallowed") as Promise<string>)
    expect(await resultOf(mcp, request)).toMatchObject(late)
    expect(reasons(signals)).toEqual([expect.objectContaining({ reason: "timeout" })])
  })

  it("ends with `timeout()`", async () => {
    const { mcp } = loggedServer({ middleware: [timeout({ ms: 100 })] })
    const { ask, signals } = hanging()
    mcp.tool({ name: "ask" }, (_, ctx) => ask(ctx) as Promise<number>)
    expect(await resultOf(mcp, request)).toMatchObject(late)
    expect(reasons(signals)).toEqual([expect.objectContaining({ reason: "timeout" })])
  })

  it("ends with the time-out of a resource", async () => {
    const { mcp } = loggedServer({ timeout: 100 })
    const { ask, signals } = hanging()
    mcp.resource("slow://one", (_, ctx) => ask(ctx) as Promise<string>)
    const { status, error } = await post(mcp, rpc("resources/read", { uri: "slow://one" }, capable()))
    expect([status, error]).toMatchObject([200, { code: -32603 }])
    expect(reasons(signals)).toEqual([expect.objectContaining({ reason: "timeout" })])
  })

  it("ends with the time-out of the tool that its handler calls", async () => {
    const { mcp } = loggedServer()
    const { ask, signals } = hanging()
    mcp.tool({ name: "inner", timeout: 100 }, (_, ctx) => ask(ctx) as Promise<number>)
    mcp.tool({ name: "ask" }, (_, ctx) => ctx.callTool("inner"))
    const { error } = await post(mcp, request)
    expect(error).toMatchObject({ message: expect.stringContaining("time") })
    expect(reasons(signals)).toEqual([expect.objectContaining({ reason: "timeout" })])
  })

  it("ends with the time-out where the handler returns what it asks", async () => {
    const { mcp } = loggedServer({ timeout: 100 })
    const { ask, signals, begun } = hanging()
    mcp.tool({ name: "ask" }, async (_, ctx) => {
      void ask({
        step: ctx.step.bind(ctx),
        elicit: () => Promise.reject(new Error("not here")),
      } as never).catch(() => undefined)
      await begun.promise
      return inputRequired({ state: 1 })
    })
    expect(await resultOf(mcp, request)).toMatchObject(late)
    expect(reasons(signals)).toEqual([expect.objectContaining({ reason: "timeout" })])
  })

  it("ends with its client", async () => {
    const { mcp } = loggedServer()
    const { ask, signals, begun } = hanging()
    mcp.tool({ name: "ask" }, (_, ctx) => ask(ctx) as Promise<number>)
    const channel = new FakeChannel()
    const reply = handle(mcp, request, channel)
    await begun.promise
    await settled()
    channel.leave()
    await reply
    expect(reasons(signals)).toEqual([expect.objectContaining({ reason: "disconnect" })])
  })

  it("is waited for where it is done in time", async () => {
    const { mcp } = loggedServer({ timeout: 60_000, middleware: [timeout({ ms: 60_000 })] })
    const { ask, gate, signals, begun } = hanging()
    mcp.tool({ name: "ask" }, (_, ctx) => ask(ctx) as Promise<number>)
    const reply = resultOf(mcp, call("ask", {}, capable()))
    await begun.promise
    await settled()
    gate.resolve("done")
    expect(await reply).toMatchObject({ resultType: "input_required" })
    expect(signals.map(({ aborted }) => aborted)).toEqual([false])
  })
})
