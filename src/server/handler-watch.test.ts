import { describe, expect, it, onTestFinished, vi } from "vitest"
import { resultOf } from "../../test/support/post.ts"
import { call, rpc } from "../../test/support/rpc.ts"
import { quietServer } from "../../test/support/server.ts"
import { deferred } from "../../test/support/timing.ts"
import type { FleetMCPOptions } from "../fleet-mcp-options.ts"
import { createWatch, Heart } from "./handler-watch.ts"
import type { LogRecord } from "./server-log.ts"
import type { Owner, WatchOptions } from "./watch.ts"

const owner = (id: string): Owner => ({ kind: "tool", id, timeout: undefined })

/** A heart whose time stands still until it is told, and a watch that logs. */
function setUp() {
  const log: LogRecord[] = []
  let now = 1000
  let beat: (() => void) | undefined
  const after = (_: number, run: () => void) => {
    beat = run
  }
  let looks = 0
  const heart = new Heart({
    now: () => {
      looks++
      return now
    },
    after,
  })
  const watch = (options: Partial<WatchOptions> = {}) =>
    createWatch({ blockedMs: 200, log: (record) => void log.push(record), ...options }, heart)
  return {
    log,
    watch,
    /** Lets time pass in which nothing else runs. */
    block: (ms: number) => {
      now += ms
    },
    /** The beat that is due, or late. */
    beat: (ms = 25) => {
      now += ms
      const due = beat
      beat = undefined
      due?.()
    },
    isBeating: () => beat !== undefined,
    looks: () => looks,
  }
}

describe("a late beat", () => {
  it("names the handler that ran, for how long, and what to do", () => {
    const { log, watch, block, beat } = setUp()
    const run = watch()(owner("hash"))
    block(312)
    run.leave()
    beat()
    expect(log).toEqual([
      {
        level: "warning",
        message: "A handler blocked the event loop",
        error: expect.objectContaining({
          code: "FLEET-02",
          message: expect.stringContaining("for 312 ms, and nobody was served, while tool `hash` ran."),
          ms: 312,
          suspects: ["tool `hash`"],
        }),
      },
    ])
  })

  it("says nothing of as much as is allowed", () => {
    const { log, watch, block, beat } = setUp()
    watch()(owner("hash")).leave()
    block(200)
    beat()
    expect(log).toEqual([])
  })

  it("names a handler that blocks after it has waited", () => {
    const { log, watch, block, beat } = setUp()
    const run = watch()(owner("fetch"))
    run.waiting++
    run.leave()
    for (let turn = 0; turn < 10; turn++) beat()
    block(250)
    run.waiting--
    beat()
    expect(log).toMatchObject([{ error: { ms: 250, suspects: ["tool `fetch`"] } }])
  })

  it("comes less often where nothing but waiting goes on", () => {
    const { log, watch, block, beat } = setUp()
    const run = watch()(owner("wait"))
    run.waiting++
    run.leave()
    for (let turn = 0; turn < 50; turn++) beat(turn < 40 ? 25 : 100)
    block(250)
    beat(100)
    expect(log).toMatchObject([{ error: { ms: 250, suspects: ["tool `wait`"] } }])
  })

  it("names all that may have done it, and the one itself when it does so again", () => {
    const { log, watch, block, beat } = setUp()
    const enter = watch()
    const round = () => {
      enter(owner1).leave()
      const run = enter(owner2)
      block(300)
      run.leave()
      enter(owner1).leave()
      beat()
    }
    const [owner1, owner2] = [owner("quick"), owner("slow")]
    round()
    round()
    expect(log).toMatchObject([
      { error: { suspects: ["tool `quick`", "tool `slow`"] } },
      { error: { suspects: ["tool `slow`"] } },
    ])
  })

  it("does not blame a handler for one that it called", () => {
    const { log, watch, block, beat } = setUp()
    const enter = watch()
    const [outer, inner, other] = [owner("outer"), owner("inner"), owner("other")]
    const round = () => {
      enter(other).leave()
      const calling = enter(outer)
      const called = enter(inner)
      block(300)
      called.leave()
      block(10)
      calling.leave()
      beat()
    }
    round()
    round()
    expect(log.at(-1)).toMatchObject({ error: { suspects: ["tool `inner`"] } })
  })

  it("is told once of a handler, and again when it has become twice as bad", () => {
    const { log, watch, block, beat } = setUp()
    const [enter, hash] = [watch(), owner("hash")]
    for (const ms of [300, 310, 590, 610, 1200, 1300]) {
      const run = enter(hash)
      block(ms)
      run.leave()
      beat()
    }
    expect(log.map(({ error }) => (error as { ms: number }).ms)).toEqual([300, 610, 1300])
  })

  it("is explained by a handler that is known for as much", () => {
    const { log, watch, block, beat } = setUp()
    const [enter, hash] = [watch(), owner("hash")]
    for (const others of [[], ["a"], ["b"]]) {
      for (const id of others) enter(owner(id)).leave()
      enter(hash).leave()
      block(300)
      beat()
    }
    expect(log).toHaveLength(1)
  })

  it("is told to the servers that allow less, with the handlers of all", () => {
    const { log, watch, block, beat } = setUp()
    const patient: LogRecord[] = []
    const other = watch({ blockedMs: 1000, log: (record) => void patient.push(record) })
    watch()(owner("a")).leave()
    other(owner("b")).leave()
    block(300)
    beat()
    expect(log).toMatchObject([{ error: { suspects: ["tool `a`", "tool `b`"] } }])
    expect(patient).toEqual([])
  })

  it("names ten at most", () => {
    const { log, watch, block, beat } = setUp()
    const enter = watch()
    for (let index = 0; index < 12; index++) enter(owner(`t${index}`)).leave()
    block(300)
    beat()
    expect(String(log[0]?.error)).toContain("tool `t9`, and 2 more.")
  })
})

describe("the heart", () => {
  it("beats no longer than handlers run", () => {
    const { watch, beat, isBeating } = setUp()
    expect(isBeating()).toBe(false)
    const run = watch()(owner("x"))
    run.waiting++
    run.leave()
    beat()
    beat()
    expect(isBeating()).toBe(true)
    run.waiting--
    beat()
    expect(isBeating()).toBe(false)
  })

  it("looks at no clock for a run, until it is unclear who blocked", () => {
    const { watch, looks } = setUp()
    const [enter, tool] = [watch(), owner("x")]
    enter(tool).leave()
    const before = looks()
    for (let run = 0; run < 1000; run++) enter(tool).leave()
    expect(looks()).toBe(before)
  })

  it("times runs for a minute after it was unclear", () => {
    const { watch, block, beat, looks } = setUp()
    const enter = watch()
    const [a, b] = [owner("a"), owner("b")]
    enter(a).leave()
    enter(b).leave()
    block(300)
    beat()
    const looksOfARun = () => {
      const before = looks()
      enter(a)
      enter(a).leave()
      return looks() - before
    }
    enter(a)
    expect(looksOfARun()).toBeGreaterThan(0)
    beat(60_001)
    enter(a)
    expect(looksOfARun()).toBe(0)
  })
})

/** Blocks this thread without work. */
const block = (ms: number) => void Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms)

describe("a handler that blocks the event loop", () => {
  /** A server whose handlers all block, and the first warning that it logs. */
  function blocking(options: Pick<FleetMCPOptions, "blockedMs"> = {}) {
    const told = deferred<LogRecord>()
    const mcp = quietServer({ ...options, log: (record) => told.resolve(record) })
    onTestFinished(() => mcp.close())
    const work = () => {
      block(300)
      return "done"
    }
    const suggest = () => [work()]
    mcp.tool({ name: "hash" }, work)
    mcp.resource("files://all", work)
    mcp.resource({ uri: "files://{id}", complete: { id: suggest } }, work)
    mcp.prompt("review", work)
    return { mcp, told: told.promise }
  }

  const completion = {
    ref: { type: "ref/resource", uri: "files://{id}" },
    argument: { name: "id", value: "" },
  }

  it.each([
    ["tool `hash`", call("hash")],
    ["resource `files://all`", rpc("resources/read", { uri: "files://all" })],
    ["template `files://{id}`", rpc("resources/read", { uri: "files://7" })],
    ["prompt `review`", rpc("prompts/get", { name: "review" })],
    ["a completer of template `files://{id}`", rpc("completion/complete", completion)],
  ])("is named in the log: %s", async (name, message) => {
    const { mcp, told } = blocking()
    await resultOf(mcp, message)
    expect(String((await told).error)).toContain(`while ${name} ran.`)
  })

  it("is named when it has awaited something before", async () => {
    const { mcp, told } = blocking()
    mcp.tool({ name: "later" }, async () => {
      await new Promise((resolve) => setImmediate(resolve))
      block(300)
    })
    await resultOf(mcp, call("later"))
    expect(String((await told).error)).toContain("while tool `later` ran.")
  })

  it.each([
    ["where `blockedMs` is `false`", { blockedMs: false }, "Node.js/22"],
    ["on Workers, whose clock stands still", {}, "Cloudflare-Workers"],
  ] as const)("is not watched %s", async (_, options, userAgent) => {
    vi.stubGlobal("navigator", { userAgent })
    onTestFinished(() => void vi.unstubAllGlobals())
    const beats = vi.spyOn(Heart.prototype, "add")
    onTestFinished(() => beats.mockRestore())
    const { mcp } = blocking(options)
    await resultOf(mcp, call("hash"))
    expect(beats).not.toHaveBeenCalled()
  })
})

describe("a user's test that stops time", () => {
  const settled = async () => {
    for (let turn = 0; turn < 20; turn++) await Promise.resolve()
  }

  /** A handler that waits for a second, of a server whose log is heard, and time that stands still. */
  async function standStill(options: Parameters<typeof vi.useFakeTimers>[0] = {}) {
    const log: LogRecord[] = []
    const mcp = quietServer({ log: (record) => void log.push(record) })
    onTestFinished(() => mcp.close())
    mcp.tool({ name: "later" }, () => new Promise((resolve) => setTimeout(resolve, 1000, "done")))
    const beats = vi.spyOn(Heart.prototype, "add")
    onTestFinished(() => beats.mockRestore())
    vi.useFakeTimers(options)
    onTestFinished(() => void vi.useRealTimers())
    const running = resultOf(mcp, call("later"))
    await settled()
    expect(beats).toHaveBeenCalled()
    return { log, running }
  }

  it("may run all timers that there are", async () => {
    const { log, running } = await standStill()
    vi.runAllTimers()
    await running
    expect(log).toEqual([])
  })

  it("is not taken for a handler that blocks", async () => {
    const { log, running } = await standStill({ toFake: ["setTimeout"] })
    const started = performance.now()
    while (performance.now() - started < 300) await new Promise((resolve) => setImmediate(resolve))
    await vi.advanceTimersByTimeAsync(1000)
    await running
    expect(log).toEqual([])
  })
})
