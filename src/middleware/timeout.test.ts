import { describe, expect, it } from "vitest"
import { loggedServer } from "../../test/support/server.ts"
import { deferred, settled } from "../../test/support/timing.ts"
import type { FleetMCP } from "../fleet-mcp.ts"
import { type TimeoutOptions, timeout } from "./timeout.ts"

/** A clock that the test moves. */
function clock() {
  const timers = new Set<{ readonly at: number; readonly run: () => void }>()
  let time = 0
  return {
    timers,
    now: () => time,
    after(run: () => void, ms: number) {
      const timer = { at: time + ms, run }
      timers.add(timer)
      return () => void timers.delete(timer)
    },
    pass(ms: number) {
      time += ms
      for (const timer of timers) {
        if (timer.at > time) continue
        timers.delete(timer)
        timer.run()
      }
    },
  }
}

function serverOf(options: Partial<TimeoutOptions> = {}) {
  const time = clock()
  const { mcp, log } = loggedServer({
    middleware: [timeout({ ms: 100, now: time.now, after: time.after, ...options })],
  })
  return { mcp: mcp as FleetMCP<never>, log, time }
}

describe("timeout()", () => {
  it("answers as a time-out of the handler, and aborts it", async () => {
    const { mcp, time } = serverOf()
    let signal: AbortSignal | undefined
    mcp.tool({ name: "slow" }, (_, ctx) => {
      signal = ctx.signal
      return deferred().promise
    })
    const answer = mcp.callTool("slow")
    await settled()
    time.pass(100)
    expect(await answer).toMatchObject({
      isError: true,
      content: [{ text: expect.stringContaining("`slow` did not finish within 100 ms") }],
    })
    expect(signal?.reason).toMatchObject({ reason: "timeout" })
  })

  it("answers other methods with an error", async () => {
    const { mcp, time } = serverOf()
    mcp.resource("slow://one", () => deferred<string>().promise)
    const answer = mcp.readResource("slow://one")
    answer.catch(() => undefined)
    await settled()
    time.pass(100)
    await expect(answer).rejects.toThrow("did not finish within 100 ms")
  })

  it("leaves nothing behind of a call that is in time", async () => {
    const { mcp, time } = serverOf()
    mcp.tool({ name: "quick" }, () => "done")
    expect(await mcp.callTool("quick")).toMatchObject({ content: [{ text: "done" }] })
    expect(time.timers.size).toBe(0)
  })

  it.each(["resolves", "rejects"])("drops what a handler that %s comes to later", async (how) => {
    const { mcp, time, log } = serverOf()
    const late = deferred<string>()
    mcp.tool({ name: "slow" }, () => late.promise)
    const answer = mcp.callTool("slow")
    await settled()
    time.pass(100)
    await answer
    if (how === "resolves") late.resolve("late")
    else late.reject(new Error("late"))
    await settled()
    // The time-out itself, and nothing of what came later.
    expect(log).toHaveLength(1)
  })

  it("takes the limits of single tools", async () => {
    const { mcp, time } = serverOf({ tools: { long: 1000, endless: Number.POSITIVE_INFINITY } })
    const work = deferred<string>()
    for (const name of ["long", "endless", "toString"]) mcp.tool({ name }, () => work.promise)
    const answers = ["long", "endless", "toString"].map((name) => mcp.callTool(name))
    await settled()
    time.pass(100)
    expect(await answers[2]).toMatchObject({ isError: true })
    time.pass(900)
    expect(await answers[0]).toMatchObject({ isError: true })
    work.resolve("done")
    expect(await answers[1]).toMatchObject({ content: [{ text: "done" }] })
  })

  it("leaves alone what is none of its methods", async () => {
    const { mcp, time } = serverOf({ methods: ["resources/read"] })
    mcp.tool({ name: "quick" }, () => {
      expect(time.timers.size).toBe(0)
      return "done"
    })
    await mcp.callTool("quick")
  })

  it.each([{}, { ms: 0 }, { ms: 1, tools: { a: "1" } }, { ms: 1, tools: 5 }, { timeout: 5, ms: 1 }])(
    "refuses %j",
    (options) => {
      expect(() => timeout(options as never)).toThrow(/option|Give/)
    },
  )
})
