import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { loggedServer, quietServer } from "../../test/support/server.ts"
import type { FleetMCP } from "../fleet-mcp.ts"
import type { Middleware } from "../server/middleware.ts"
import { isPassing, type Retry, type RetryOptions, retry } from "./retry.ts"

const reset = () => Object.assign(new Error("gone"), { code: "ECONNRESET" })

/** A server whose calls fail a few times, and what was waited for. */
function failing(options: RetryOptions = {}, failures = 1, error: () => unknown = reset) {
  const waits: number[] = []
  const runs = { count: 0 }
  const mcp = quietServer({
    middleware: [retry({ random: () => 1, sleep: async (ms) => void waits.push(ms), ...options })],
  }) as FleetMCP<never>
  const run = () => {
    if (runs.count++ < failures) throw error()
    return `run ${runs.count}`
  }
  mcp.tool({ name: "read", annotations: { readOnlyHint: true } }, run)
  mcp.tool({ name: "put", annotations: { idempotentHint: true } }, run)
  mcp.tool({ name: "write" }, run)
  mcp.tool({ name: "explicit", annotations: { readOnlyHint: false, idempotentHint: false } }, run)
  mcp.resource("text://here", run)
  mcp.prompt({ name: "ask" }, run)
  return { mcp, waits, runs }
}

describe("retry()", () => {
  it.each(["read", "put"])("tries the tool `%s` again, which can do no harm", async (name) => {
    const { mcp } = failing()
    expect(await mcp.callTool(name)).toMatchObject({ content: [{ text: "run 2" }] })
  })

  it.each(["write", "explicit"])("does not try the tool `%s` again", async (name) => {
    const { mcp, runs } = failing()
    expect(await mcp.callTool(name)).toMatchObject({ isError: true })
    expect(runs.count).toBe(1)
  })

  it("tries resources and prompts again", async () => {
    const resource = failing()
    expect((await resource.mcp.readResource("text://here")).contents).toMatchObject([{ text: "run 2" }])
    const prompt = failing()
    expect((await prompt.mcp.getPrompt("ask")).messages).toMatchObject([{ content: { text: "run 2" } }])
  })

  it("tries tools again that it was told of", async () => {
    const { mcp } = failing({ tools: ["write"] })
    expect(await mcp.callTool("write")).toMatchObject({ content: [{ text: "run 2" }] })
    const all = failing({ always: true })
    expect(await all.mcp.callTool("explicit")).toMatchObject({ content: [{ text: "run 2" }] })
  })

  it("leaves alone what is none of its methods", async () => {
    const { mcp, runs } = failing({ methods: ["resources/read"] })
    expect(await mcp.callTool("read")).toMatchObject({ isError: true })
    expect(runs.count).toBe(1)
  })

  it("waits twice as long each time, up to the longest wait, and gives up", async () => {
    const { mcp, waits, runs } = failing({ attempts: 6, delayMs: 100, maxDelayMs: 500 }, 10)
    expect(await mcp.callTool("read")).toMatchObject({ isError: true })
    expect([waits, runs.count]).toEqual([[100, 200, 400, 500, 500], 6])
  })

  it("waits a random share of that", async () => {
    const { mcp, waits } = failing({ delayMs: 100, random: () => 0.25 }, 2)
    await mcp.callTool("read")
    expect(waits).toEqual([25, 50])
  })

  it("does not try again what another attempt would not help", async () => {
    const { mcp, runs } = failing({}, 1, () => new TypeError("wrong"))
    expect(await mcp.callTool("read")).toMatchObject({ isError: true })
    expect(runs.count).toBe(1)
  })

  it("does not try a tool again whose result says that it failed", async () => {
    const { mcp } = failing({ when: () => true })
    let runs = 0
    mcp.tool({ name: "says", annotations: { readOnlyHint: true } }, () => {
      runs++
      return { content: [], isError: true } as never
    })
    await mcp.callTool("says")
    expect(runs).toBe(1)
  })

  it("asks `when` with what was thrown, and the call", async () => {
    const asked: unknown[] = []
    const error = new RangeError("odd")
    const { mcp } = failing({ when: (thrown, call) => asked.push(thrown, call.target) > 0 }, 1, () => error)
    await mcp.readResource("text://here")
    expect(asked).toEqual([error, "text://here"])
  })

  it("tells of each attempt that is followed by another", async () => {
    const told: Omit<Retry, "call">[] = []
    const { mcp } = failing(
      { delayMs: 10, onRetry: ({ call: _, ...rest }) => void told.push(rest) },
      5,
      () => "odd",
    )
    await mcp.callTool("read")
    expect(told).toEqual([])
    const other = failing({ delayMs: 10, onRetry: ({ call: _, ...rest }) => void told.push(rest) }, 5)
    await other.mcp.callTool("read")
    expect(told).toMatchObject([
      { attempt: 1, delayMs: 10, error: { code: "ECONNRESET" } },
      { attempt: 2, delayMs: 20 },
    ])
  })

  it("goes on where `onRetry` fails, and logs that", async () => {
    const { mcp, log } = loggedServer({
      middleware: [
        retry({
          delayMs: 0,
          onRetry: () => {
            throw new Error("no metrics")
          },
        }),
      ],
    })
    let runs = 0
    mcp.tool({ name: "read", annotations: { readOnlyHint: true } }, () => {
      if (runs++ === 0) throw reset()
      return "done"
    })
    expect(await mcp.callTool("read")).toMatchObject({ content: [{ text: "done" }] })
    expect(log).toContainEqual(
      expect.objectContaining({ error: expect.objectContaining({ message: "no metrics" }) }),
    )
  })

  it("stops waiting when the call is given up", async () => {
    const controller = new AbortController()
    const runs = { count: 0 }
    const mcp = quietServer({
      middleware: [retry({ delayMs: 1_000_000, maxDelayMs: 1_000_000, random: () => 1 })],
    })
    mcp.tool({ name: "read", annotations: { readOnlyHint: true } }, () => {
      runs.count++
      setImmediate(() => controller.abort())
      throw reset()
    })
    await mcp.callTool("read", {} as never, { signal: controller.signal }).catch(() => undefined)
    expect(runs.count).toBe(1)
  })

  it("does not try again what took longer than its time-out", async () => {
    const mcp = quietServer({ middleware: [retry({ when: () => true, delayMs: 0 })] })
    let runs = 0
    mcp.tool({ name: "slow", timeout: 5, annotations: { readOnlyHint: true } }, () => {
      runs++
      return new Promise(() => undefined)
    })
    expect(await mcp.callTool("slow")).toMatchObject({ isError: true })
    expect(runs).toBe(1)
  })

  it("does not multiply the attempts of calls within calls", async () => {
    const { mcp, runs } = failing({ delayMs: 0 }, 100)
    mcp.tool({ name: "outer", annotations: { readOnlyHint: true } }, async (_, ctx) => {
      await ctx.readResource("text://here")
      return "done"
    })
    await mcp.callTool("outer")
    expect(runs.count).toBe(3)
  })

  it("tries again an error that another call was given up with", async () => {
    const error = reset()
    const { mcp, runs } = failing({ delayMs: 0 }, 100, () => error)
    await mcp.callTool("read")
    await mcp.callTool("read")
    expect(runs.count).toBe(6)
  })

  it("finds the annotations of the version that is called", async () => {
    const { mcp } = failing()
    let runs = 0
    const run = () => {
      runs++
      throw reset()
    }
    mcp.tool({ name: "both", version: "1", annotations: { readOnlyHint: true } }, run)
    mcp.tool({ name: "both", version: "2" }, run)
    await mcp.callTool("both")
    expect(runs).toBe(1)
  })

  it.each([
    [{ attempts: 0 }, "INVALID_OPTION"],
    [{ attempts: 1.5 }, "INVALID_OPTION"],
    [{ delayMs: -1 }, "INVALID_OPTION"],
    [{ when: true }, "INVALID_OPTION"],
    [{ tools: "all" }, "INVALID_OPTION"],
    [{ maxRetries: 3 }, "FLEET-09"],
    [{ backoff: 2 }, "FLEET-09"],
  ])("refuses %j", (options, code) => {
    expect(() => retry(options as RetryOptions)).toThrow(expect.objectContaining({ code }))
  })

  it("stands inside of the cache", () => {
    const cache = { name: "cache", request: (_, next) => next() } satisfies Middleware
    expect(() => quietServer({ middleware: [retry(), cache] })).toThrow(
      expect.objectContaining({ code: "FLEET-18" }),
    )
  })
})

describe("isPassing()", () => {
  it.each([
    reset(),
    new TypeError("fetch failed", { cause: reset() }),
    new Error("a", { cause: new Error("b", { cause: reset() }) }),
    new DOMException("late", "TimeoutError"),
    { status: 503 },
    { statusCode: 502 },
    { response: { status: 504 } },
    Object.assign(new Error("x"), { code: "UND_ERR_HEADERS_TIMEOUT" }),
  ])("takes %o for passing", (error) => {
    expect(isPassing(error)).toBe(true)
  })

  it.each([
    undefined,
    null,
    "ECONNRESET",
    new Error("ECONNRESET"),
    new TypeError("fetch failed"),
    new DOMException("aborted", "AbortError"),
    { status: 500 },
    { status: 429 },
    { status: "503" },
    { code: "ENOENT" },
    { response: null },
  ])("does not take %o for passing", (error) => {
    expect(isPassing(error)).toBe(false)
  })

  it("ends where causes lead back to where they began", () => {
    const error: { cause?: unknown } = {}
    error.cause = error
    expect(isPassing(error)).toBe(false)
  })

  it("takes any value", () => {
    fc.assert(fc.property(fc.anything(), (value) => typeof isPassing(value) === "boolean"))
  })
})
