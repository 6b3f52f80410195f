import { describe, expect, it, onTestFinished, vi } from "vitest"
import { errorOf, post, resultOf } from "../../test/support/post.ts"
import { type Fields, rpc } from "../../test/support/rpc.ts"
import { loggedServer, quietServer } from "../../test/support/server.ts"
import { unhandledDuring } from "../../test/support/unhandled.ts"
import type { Context } from "../components/context.ts"
import { metaKeys } from "../spec/meta.ts"

const capableOf = (capabilities: Fields): Fields => ({ [metaKeys.clientCapabilities]: capabilities })
const forever = () => new Promise<never>(() => undefined)

/** Fails as soon as its signal is aborted, as `fetch` and all that takes a signal does. */
const cooperative = (_: unknown, ctx: Context) =>
  new Promise<never>((_resolve, reject) => {
    ctx.signal.addEventListener("abort", () => reject(ctx.signal.reason))
  })

describe("the time-out of a handler", () => {
  it.each([
    ["that waits for ever", forever],
    ["that heeds its signal", cooperative],
  ])("is told to the model as a result of a tool %s", async (_, handler) => {
    const mcp = quietServer({ maskErrors: true })
    mcp.tool({ name: "slow", timeout: 5 }, handler)
    const result = await resultOf(mcp, rpc("tools/call", { name: "slow" }))
    expect(result.isError).toBe(true)
    expect(result.content).toMatchObject([{ text: expect.stringContaining("did not finish within 5 ms") }])
  })

  it("aborts the handler's signal", async () => {
    const mcp = quietServer({ timeout: 5 })
    const aborted = vi.fn()
    mcp.tool({ name: "slow" }, (_, ctx) => {
      ctx.signal.addEventListener("abort", () => aborted(ctx.signal.reason.reason))
      return forever()
    })
    await post(mcp, rpc("tools/call", { name: "slow" }))
    expect(aborted.mock.calls).toEqual([["timeout"]])
  })

  it("says nothing of a call that was suspended in time", async () => {
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] })
    onTestFinished(() => void vi.useRealTimers())
    const { mcp, log } = loggedServer({ timeout: 1000 })
    mcp.tool({ name: "ask" }, (_, ctx) => ctx.roots().catch(forever))
    const { result } = await post(mcp, rpc("tools/call", { name: "ask" }, capableOf({ roots: {} })))
    expect(result?.resultType).toBe("input_required")
    vi.advanceTimersByTime(1000)
    expect(log).toEqual([])
  })

  it("is an error of a prompt and of a resource, and never ends the process", async () => {
    const mcp = quietServer({ timeout: 5 })
    mcp.prompt("slow", forever)
    mcp.resource("slow://resource", forever)
    const stray = await unhandledDuring(async () => {
      const prompt = await errorOf(mcp, rpc("prompts/get", { name: "slow" }))
      expect(prompt).toMatchObject({ code: -32603, message: expect.stringContaining("within 5 ms") })
      const resource = await errorOf(mcp, rpc("resources/read", { uri: "slow://resource" }))
      expect(resource).toMatchObject({ code: -32603, message: expect.stringContaining("within 5 ms") })
    })
    expect(stray).toEqual([])
  })
})
