import { afterEach, describe, expect, it, onTestFinished, vi } from "vitest"
import { silentChannel } from "../../test/support/channel.ts"
import { loggedServer, quietServer } from "../../test/support/server.ts"
import { deferred, settled } from "../../test/support/timing.ts"
import { contextKey } from "../components/context.ts"
import { type Lifespan, type LifespanServer, lifespan } from "../components/lifespan.ts"
import { tool } from "../components/tool.ts"
import { definePlugin } from "./plugin.ts"
import { getContext } from "./run-handler.ts"

afterEach(() => vi.useRealTimers())

/** Lifespans that tell when they start and end. */
function told() {
  const seen: string[] = []
  const named = (name: string, work: (server: LifespanServer) => unknown = () => undefined) =>
    lifespan(name, {
      async start(server) {
        seen.push(`${name} starts`)
        await work(server)
        return name
      },
      stop: () => void seen.push(`${name} ends`),
    })
  return { seen, named }
}

const failing = () => Promise.reject(new Error("refused"))
const ping = tool({ name: "ping" }, () => "pong")

describe("a lifespan", () => {
  it("starts once, before the first of many requests, and gives its value to all", async () => {
    let starts = 0
    const db = lifespan("db", async () => ({ number: ++starts }))
    const mcp = quietServer({ lifespan: db })
    mcp.tool({ name: "which" }, (_, ctx) => ctx.require(db).number)
    const results = await Promise.all([1, 2, 3].map(() => mcp.callTool("which")))
    expect(results.map(({ structuredContent }) => structuredContent)).toEqual([1, 1, 1])
  })

  it("may take the values of those before it, and is ended before them", async () => {
    const { seen, named } = told()
    const a = named("a")
    const b = named("b", (server) => seen.push(`b has ${server.require(a)}`))
    const mcp = quietServer({ lifespan: [a, b] })
    await mcp.start()
    await mcp.close()
    expect(seen).toEqual(["a starts", "b starts", "b has a", "b ends", "a ends"])
  })

  it("starts before those of plugins and providers, which may have keys too", async () => {
    const { seen, named } = told()
    const [a, b] = [named("a"), named("b")]
    const provider = {
      name: "p",
      list: () => [],
      async lifespan() {
        seen.push("provider starts")
        return undefined
      },
    }
    const mcp = quietServer({
      providers: [provider],
      plugins: [definePlugin({ id: "com.example/x", lifespan: [b, a] })],
      lifespan: a,
    })
    await mcp.start()
    expect(seen).toEqual(["a starts", "provider starts", "b starts"])
    expect(mcp.require(b)).toBe("b")
  })

  it("knows the server only by its name", async () => {
    const known = lifespan("known", (server) => Object.keys(server).sort())
    const mcp = quietServer({ lifespan: known })
    await mcp.start()
    expect(mcp.require(known)).toEqual(["name", "require", "signal"])
  })

  it("may have nothing as its value", async () => {
    const warm = lifespan("warm", async () => undefined)
    const mcp = quietServer({ lifespan: warm })
    await mcp.start()
    expect(mcp.require(warm)).toBeUndefined()
  })

  it("is overruled by what middleware leaves under its key", async () => {
    const db = lifespan("db", () => "real")
    const mcp = quietServer({ lifespan: db })
    mcp.use({
      callTool(call, next) {
        call.set(db, "other")
        return next()
      },
    })
    mcp.tool({ name: "which" }, (_, ctx) => ctx.require(db))
    expect(await mcp.callTool("which")).toMatchObject({ content: [{ text: "other" }] })
  })
})

describe("a lifespan that does not start", () => {
  it("is named, with why", async () => {
    const mcp = quietServer({ lifespan: lifespan("db", failing) })
    const error = {
      code: "LIFESPAN_FAILED",
      lifespan: "db",
      message: "The lifespan `db` did not start: refused",
    }
    await expect(mcp.start()).rejects.toMatchObject({ ...error, cause: { message: "refused" } })
  })

  it.each([
    [Object.create(null), "an object"],
    [Symbol("s"), "Symbol(s)"],
    [undefined, "undefined"],
  ])("is named, whatever it throws: %#", async (thrown, shown) => {
    const mcp = quietServer({ lifespan: lifespan("db", () => Promise.reject(thrown)) })
    const message = `The lifespan \`db\` did not start: ${shown}`
    await expect(mcp.start()).rejects.toMatchObject({ code: "LIFESPAN_FAILED", message })
  })

  it.each([
    ["notification", { method: "notifications/initialized" }],
    ["response", { id: 1, result: {} }],
  ])("answers no %s", async (_, message) => {
    const mcp = quietServer({ lifespan: lifespan("db", failing) })
    const reply = await mcp.handler.handle({ jsonrpc: "2.0", ...message }, silentChannel())
    expect(reply).toEqual({ status: 500, body: undefined })
  })

  it("ends those that started before it, and is tried again with them", async () => {
    const { seen, named } = told()
    let attempts = 0
    const flaky = lifespan("flaky", async () => (++attempts === 1 ? failing() : "fine"))
    const mcp = quietServer({ lifespan: [named("a"), named("b"), flaky, named("c")], tools: [ping] })
    await expect(mcp.callTool("ping")).rejects.toMatchObject({ code: "LIFESPAN_FAILED" })
    expect(seen).toEqual(["a starts", "b starts", "b ends", "a ends"])
    seen.length = 0
    await mcp.callTool("ping")
    expect(seen).toEqual(["a starts", "b starts", "c starts"])
  })

  it("leaves running what started long before", async () => {
    const { seen, named } = told()
    const mcp = quietServer({ lifespan: named("a"), tools: [ping] })
    await mcp.start()
    mcp.plugin(definePlugin({ id: "com.example/late", lifespan: lifespan("late", failing) }))
    await expect(mcp.callTool("ping")).rejects.toMatchObject({ code: "LIFESPAN_FAILED" })
    expect(seen).toEqual(["a starts"])
  })

  it("in time is given up; what it makes later is given back", async () => {
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] })
    const gate = deferred()
    const seen: unknown[] = []
    const slow = lifespan(
      "slow",
      {
        async start({ signal }) {
          signal.onabort = () => seen.push("aborted")
          await gate.promise
        },
        stop: () => void seen.push("ended"),
      },
      { startTimeout: 100 },
    )
    const mcp = quietServer({ lifespan: slow })
    const starting = expect(mcp.start()).rejects.toMatchObject({
      code: "LIFESPAN_TIMEOUT",
      message: expect.stringContaining("`slow` did not start within 100 ms"),
    })
    await vi.advanceTimersByTimeAsync(100)
    await starting
    gate.resolve()
    await settled()
    expect(seen).toEqual(["aborted", "ended"])
  })
})

describe("a lifespan that ends", () => {
  it.each([
    ["rejects", failing],
    [
      "throws",
      () => {
        throw new Error("refused")
      },
    ],
  ])("and %s keeps no other from ending, and is named in the log", async (_, stop) => {
    const { seen, named } = told()
    const broken = lifespan("broken", { start: () => 1, stop })
    const { mcp, log } = loggedServer({ lifespan: [named("a"), broken, named("c")] })
    await mcp.start()
    await mcp.close()
    expect(seen).toEqual(["a starts", "c starts", "c ends", "a ends"])
    expect(log).toMatchObject([
      { level: "error", message: "The lifespan `broken` failed to end", error: { message: "refused" } },
    ])
  })

  it("has as long as it says", async () => {
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] })
    const { seen, named } = told()
    const stuck = lifespan(
      "stuck",
      { start: () => 1, stop: () => new Promise(() => undefined) },
      { stopTimeout: 50 },
    )
    const { mcp, log } = loggedServer({ lifespan: [named("a"), stuck] })
    await mcp.start()
    const closed = mcp.close()
    await vi.advanceTimersByTimeAsync(50)
    await closed
    expect(seen).toEqual(["a starts", "a ends"])
    expect(log).toMatchObject([{ error: { code: "LIFESPAN_TIMEOUT" } }])
  })

  it("hears of the close by its end only, since it has started", async () => {
    let signal: AbortSignal | undefined
    const seen: unknown[] = []
    const db = lifespan("db", {
      start: (server) => {
        signal = server.signal
      },
      stop: () => void seen.push(signal?.aborted),
    })
    const mcp = quietServer({ lifespan: db })
    await mcp.start()
    await mcp.close()
    expect(seen).toEqual([false])
  })

  it("ends once, though it is closed again in the middle of it", async () => {
    const gate = deferred()
    const seen: string[] = []
    const slow = lifespan("slow", {
      start: () => 1,
      stop: () => gate.promise.then(() => void seen.push("slow")),
    })
    const mcp = quietServer({ lifespan: [told().named("a"), slow] })
    await mcp.start()
    const closings = [mcp.close(), mcp.close({ graceMs: 0 }), mcp[Symbol.asyncDispose]()]
    await settled()
    gate.resolve()
    await Promise.all(closings)
    expect(seen).toEqual(["slow"])
  })
})

describe("a close in the middle of the start", () => {
  it("tells the lifespan, starts no other, and ends those that have started", async () => {
    const { seen, named } = told()
    const waits = named(
      "b",
      ({ signal }) => new Promise((_, reject) => signal.addEventListener("abort", reject)),
    )
    const mcp = quietServer({ lifespan: [named("a"), waits, named("c")], tools: [ping] })
    const call = mcp.callTool("ping")
    await vi.waitUntil(() => seen.includes("b starts"))
    await Promise.all([expect(call).rejects.toMatchObject({ code: "SERVER_CLOSED" }), mcp.close()])
    expect(seen).toEqual(["a starts", "b starts", "a ends"])
  })

  it("is what `start()` rejects with, as there is nothing that runs", async () => {
    const gate = deferred()
    const mcp = quietServer({ lifespan: told().named("a", () => gate.promise) })
    const starting = expect(mcp.start()).rejects.toMatchObject({ code: "SERVER_CLOSED" })
    await settled()
    const closed = mcp.close()
    gate.resolve()
    await Promise.all([starting, closed])
  })

  it("ends what starts after it was given up, and says nothing of it at the exit", async () => {
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] })
    const { seen, named } = told()
    const gate = deferred()
    const { mcp, log } = loggedServer({ lifespan: named("deaf", () => gate.promise) })
    const starting = expect(mcp.start()).rejects.toMatchObject({ code: "SERVER_CLOSED" })
    await settled()
    const closed = mcp.close({ graceMs: 0 })
    await vi.advanceTimersByTimeAsync(5000)
    await closed
    expect(log).toMatchObject([{ error: { message: expect.stringContaining("did not give up its start") } }])
    // A test ends when it likes, so that the exit is not watched in one.
    vi.stubGlobal("__vitest_worker__", undefined)
    const watchers = process.listenerCount("exit")
    gate.resolve()
    await settled()
    const watching = process.listenerCount("exit") - watchers
    vi.unstubAllGlobals()
    await starting
    expect(seen).toEqual(["deaf starts", "deaf ends"])
    expect(watching).toBe(0)
  })
})

describe("FLEET-17", () => {
  const db = lifespan("db", () => "value")

  it("tells that the server has no such lifespan", async () => {
    const mcp = quietServer()
    mcp.tool({ name: "which" }, (_, ctx) => ctx.require(db))
    expect(await mcp.callTool("which")).toMatchObject({
      isError: true,
      content: [{ text: expect.stringContaining("The server has no lifespan `db`.") }],
    })
  })

  it("tells that it has not started", () => {
    const error = { code: "FLEET-17", message: expect.stringContaining("`db` has not started") }
    expect(() => quietServer({ lifespan: db }).require(db)).toThrow(expect.objectContaining(error))
  })

  it("tells that it starts only after the one that wants it", async () => {
    const early = lifespan("early", (server) => server.require(db))
    const starting = quietServer({ lifespan: [early, db] }).start()
    await expect(starting).rejects.toMatchObject({ cause: { code: "FLEET-17" } })
  })

  it("tells that it has ended", async () => {
    const mcp = quietServer({ lifespan: db })
    await mcp.start()
    expect(mcp.require(db)).toBe("value")
    await mcp.close()
    expect(() => mcp.require(db)).toThrow("The lifespan `db` has ended: the server is closed.")
  })

  it("is not what is wrong with other keys", () => {
    const error = { code: "MISSING_CONTEXT_VALUE" }
    expect(() => quietServer().require(contextKey("user"))).toThrow(expect.objectContaining(error))
  })

  it("warns on Workers where a request starts what has no `waitUntil`", async () => {
    vi.stubGlobal("navigator", { userAgent: "Cloudflare-Workers" })
    onTestFinished(() => void vi.unstubAllGlobals())
    const { mcp, log } = loggedServer({ lifespan: lifespan("db", () => 1) })
    await mcp.fetch(new Request("http://localhost/mcp", { method: "POST", body: "{}", headers: json }))
    expect(log).toMatchObject([{ level: "warning", error: { code: "FLEET-17" } }])
    expect(String(log[0]?.error)).toContain("export default workers(mcp)")
  })
})

const json = { "content-type": "application/json", accept: "application/json, text/event-stream" }

describe("FLEET-25", () => {
  it("warns once where a second server starts what still runs for the first", async () => {
    const db = lifespan("db", () => 1)
    const [first, second, third] = [1, 2, 3].map(() => loggedServer({ lifespan: db }))
    for (const each of [first, second, third]) await each?.mcp.start()
    expect([first?.log, third?.log]).toEqual([[], []])
    expect(second?.log).toMatchObject([{ level: "warning", error: { code: "FLEET-25" } }])
  })

  it("does not warn where one server follows the other", async () => {
    const db = lifespan("db", () => 1)
    const { mcp } = loggedServer({ lifespan: db })
    await mcp.start()
    await mcp.close()
    const next = loggedServer({ lifespan: db })
    await next.mcp.start()
    expect(next.log).toEqual([])
  })

  it("is what `getContext()` throws in a lifespan that ends, also where a call has closed the server", async () => {
    const seen: unknown[] = []
    const ends = lifespan("ends", async function* () {
      yield 1
      try {
        seen.push(getContext())
      } catch (error) {
        seen.push(error)
      }
    })
    const mcp = quietServer({ lifespan: ends })
    mcp.tool({ name: "close" }, () => void mcp.close())
    await mcp.callTool("close")
    await mcp.close()
    expect(seen).toMatchObject([
      { code: "FLEET-25", message: expect.stringContaining("the lifespan `ends`") },
    ])
  })

  it("is what `getContext()` throws in a lifespan, also where a call has caused the start", async () => {
    const asks = lifespan("asks", async () => {
      await settled()
      getContext()
    })
    const inner = quietServer({ lifespan: asks, tools: [ping] })
    const outer = quietServer()
    outer.tool({ name: "call" }, async () => (await inner.callTool("ping")).content.length)
    const { content } = await outer.callTool("call")
    expect(content).toMatchObject([
      { text: expect.stringContaining("`getContext()` was called in the lifespan `asks`") },
    ])
  })
})

describe("what is given as a lifespan", () => {
  it.each([
    [() => lifespan("", () => 1), "Give the name"],
    [() => lifespan(undefined as never, () => 1), "Give the name"],
    [() => lifespan("db", { start: () => 1 } as never), "Give a function that returns or yields the value"],
    [() => lifespan("db", () => 1, { startTimeout: 0 }), "`startTimeout`"],
    [() => lifespan("db", () => 1, { timeout: 5 } as never), "timeout"],
    [() => quietServer({ lifespan: (() => 1) as never }), "Give what `lifespan()` made, or a list of that."],
    [() => quietServer({ lifespan: [{}] as never }), "Give what `lifespan()` made, or a list of that."],
  ])("is checked: %#", (make, text) => {
    expect(make).toThrow(text)
  })

  it("cannot be changed", () => {
    const db: Lifespan<number> = lifespan("db", () => 1)
    expect(Object.isFrozen(db)).toBe(true)
  })
})
