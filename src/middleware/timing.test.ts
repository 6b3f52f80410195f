import * as fc from "fast-check"
import { describe, expect, it, vi } from "vitest"
import { errorOf, resultOf } from "../../test/support/post.ts"
import { call, rpc } from "../../test/support/rpc.ts"
import { loggedServer } from "../../test/support/server.ts"
import { settled } from "../../test/support/timing.ts"
import { type TimingOptions, timing } from "./timing.ts"
import { createHistogram } from "./timing-histogram.ts"

/** A server whose tool takes as long as it is told, by a clock of its own. */
function timed(options: TimingOptions = {}) {
  let time = 0
  const times = timing({ now: () => time, ...options })
  const { mcp, log } = loggedServer({ middleware: [times] })
  mcp.tool({ name: "work" }, () => {
    time += 100
    return "done"
  })
  mcp.tool({ name: "fail" }, () => {
    time += 10
    throw new Error("it broke")
  })
  mcp.resource("users://{id}", () => "user")
  return { mcp, log, times }
}

describe("timing()", () => {
  it("tells how long a call took", async () => {
    const onTiming = vi.fn()
    const { mcp } = timed({ onTiming })
    await resultOf(mcp, call("work"))
    expect(onTiming.mock.calls).toEqual([
      [{ method: "tools/call", target: "work", ms: 100, outcome: "done", round: 0 }],
    ])
  })

  it("keeps statistics by method and by target", async () => {
    const { mcp, times } = timed()
    await resultOf(mcp, call("work"))
    await resultOf(mcp, call("fail"))
    const { methods, targets } = times.statistics()
    expect(methods["tools/call"]).toMatchObject({ count: 2, failed: 1, min: 10, mean: 55, max: 100 })
    expect(targets["tools/call work"]).toMatchObject({ count: 1, failed: 0, max: 100, p99: 100 })
  })

  it("keeps none where it is told not to", async () => {
    const { mcp, times } = timed({ detailed: false })
    await resultOf(mcp, call("work"))
    expect(times.statistics()).toEqual({ methods: {}, targets: {} })
  })

  it("forgets them", async () => {
    const { mcp, times } = timed()
    await resultOf(mcp, call("work"))
    times.reset()
    expect(times.statistics()).toEqual({ methods: {}, targets: {} })
  })

  it("keeps names and methods that do not exist in one place", async () => {
    const { mcp, times } = timed()
    for (let n = 0; n < 20; n++) {
      await errorOf(mcp, call(`made_up_${n}`))
      await errorOf(mcp, rpc(`made/up${n}`))
    }
    const { methods, targets } = times.statistics()
    expect(methods).toMatchObject({ "(unknown)": { count: 20 }, "tools/call": { failed: 20 } })
    expect(Object.keys(targets)).toEqual(["(unknown)"])
  })

  it("keeps reads of a template under the template", async () => {
    const { mcp, times } = timed()
    for (let n = 0; n < 5; n++) await resultOf(mcp, rpc("resources/read", { uri: `users://${n}` }))
    await settled()
    expect(times.statistics().targets).toMatchObject({ "resources/read users://{id}": { count: 5 } })
  })

  it("keeps what has no more room together", async () => {
    const { mcp, times } = timed({ maxTargets: 2 })
    for (const name of ["a", "b", "c", "d"]) mcp.tool({ name }, () => name)
    for (const name of ["a", "b", "c", "d"]) await resultOf(mcp, call(name))
    expect(Object.keys(times.statistics().targets)).toEqual(["tools/call a", "tools/call b", "(other)"])
    expect(times.statistics().targets).toMatchObject({ "(other)": { count: 2 } })
  })

  it("warns of slow calls, and of no others", async () => {
    const { mcp, log } = timed({ slowMs: 100 })
    await resultOf(mcp, call("work"))
    await resultOf(mcp, call("fail"))
    expect(log.filter(({ level }) => level === "warning")).toEqual([
      { level: "warning", message: "Slow: tools/call work done in 100.0 ms" },
    ])
  })

  it("writes each call into the log where it is told to", async () => {
    const { mcp, log } = timed({ log: true })
    await resultOf(mcp, call("work"))
    expect(log).toEqual([{ level: "info", message: "tools/call work done in 100.0 ms" }])
  })

  it.each([
    [
      "throws",
      () => {
        throw new Error("no")
      },
    ],
    ["rejects", () => Promise.reject(new Error("no"))],
  ])("fails no call where who hears of it %s", async (_, onTiming) => {
    const { mcp, log } = timed({ onTiming })
    expect(await resultOf(mcp, call("work"))).toMatchObject({ content: [{ text: "done" }] })
    await settled()
    expect(log).toHaveLength(1)
  })

  it("measures what middleware further in refuses or breaks", async () => {
    const { mcp, times } = timed()
    mcp.use({
      request() {
        throw new Error("no")
      },
    })
    await errorOf(mcp, call("work"))
    expect(times.statistics().methods).toMatchObject({ "tools/call": { count: 1, failed: 1 } })
  })

  it("refuses options that cannot be meant", () => {
    expect(() => timing({ slowMs: -1 })).toThrow("slowMs")
    expect(() => timing({ slow: 1 } as object)).toThrow("slow")
  })
})

describe("a histogram", () => {
  it("is off by 2.5 % at most", () => {
    const durations = fc.array(fc.double({ min: 0.001, max: 2e9, noNaN: true }), {
      minLength: 1,
      maxLength: 200,
    })
    fc.assert(
      fc.property(durations, (all) => {
        const histogram = createHistogram()
        for (const ms of all) histogram.add(ms, false)
        const sorted = all.toSorted((a, b) => a - b)
        const summary = histogram.summary()
        for (const [name, share] of [
          ["p50", 0.5],
          ["p90", 0.9],
          ["p99", 0.99],
        ] as const) {
          const exact = sorted[Math.ceil(all.length * share) - 1] as number
          expect(Math.abs(summary[name] - exact)).toBeLessThanOrEqual(exact * 0.025 + 0.001)
        }
      }),
    )
  })

  it("takes whatever a clock says", () => {
    const histogram = createHistogram()
    for (const ms of [-1, Number.NaN, Number.POSITIVE_INFINITY, 0]) histogram.add(ms, true)
    expect(histogram.summary()).toMatchObject({ count: 4, failed: 4, min: 0, max: 2_678_400_000 })
  })
})
