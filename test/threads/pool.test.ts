import { existsSync } from "node:fs"
import { mkdtemp, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { pathToFileURL } from "node:url"
import workerThreads from "node:worker_threads"
import { afterAll, describe, expect, it, onTestFinished, vi } from "vitest"
import { ToolError } from "../../src/errors/tool.ts"
import { threadPool } from "../../src/threads/thread-pool.ts"
import type { ThreadPoolOptions } from "../../src/threads/thread-pool-options.ts"
import { threadWork } from "../../src/threads/thread-work.ts"
import { resultOf } from "../support/post.ts"
import { call } from "../support/rpc.ts"
import { quietServer } from "../support/server.ts"
import work from "./fixtures/work.ts"

// The threads of these tests run TypeScript, on every Node.
const execArgv = ["--import", "tsx"]
const pool = threadPool(work, { threads: 1, execArgv })
afterAll(() => pool.close())

function poolOf(options: ThreadPoolOptions = {}) {
  const own = threadPool(work, { threads: 1, execArgv, ...options })
  onTestFinished(() => own.close())
  return own
}

/** Names of files that are not there yet, in a folder of their own. */
async function marks() {
  const folder = await mkdtemp(join(tmpdir(), "fleetmcp-threads-"))
  onTestFinished(() => rm(folder, { recursive: true }))
  return { began: join(folder, "began"), ended: join(folder, "ended") }
}

const appears = (path: string) => vi.waitUntil(() => existsSync(path), { timeout: 20_000, interval: 10 })

describe("a function on a thread", { timeout: 30_000 }, () => {
  it("is called with its argument and returns its result", async () => {
    expect(await pool.run("sum", { below: 1000 })).toBe(499_500)
  })

  it("reports progress in order, before its result", async () => {
    const reports: unknown[] = []
    await pool.run("steps", { count: 3 }, { progress: (...report) => reports.push(report) })
    expect(reports).toEqual([
      [1, 3, "step 1"],
      [2, 3, "step 2"],
      [3, 3, "step 3"],
    ])
  })

  it("may report as often as it likes: of what nobody has time for, the last is heard", async () => {
    const reports: number[] = []
    await pool.run("flood", { count: 50_000 }, { progress: (done) => reports.push(done) })
    expect(reports.length).toBeLessThan(50_000)
    expect(reports.at(-1)).toBe(50_000)
    expect(reports).toEqual(reports.toSorted((a, b) => a - b))
  })

  it("gets its argument as it was when it was called", async () => {
    const args = { list: [1] }
    const running = pool.run("same", args)
    args.list.push(2)
    expect(await running).toEqual({ list: [1] })
  })

  it("may be called many times with one signal, without a warning", async () => {
    const warn = vi.spyOn(process, "emitWarning").mockReturnValue()
    onTestFinished(() => warn.mockRestore())
    const { signal } = new AbortController()
    await Promise.all(Array.from({ length: 20 }, () => pool.run("sum", { below: 2 }, { signal })))
    expect(warn).not.toHaveBeenCalled()
  })

  it("fails the call, and not the process, when nobody can take its progress", async () => {
    const progress = () => {
      throw new RangeError("no number")
    }
    await expect(pool.run("steps", { count: 1 }, { progress })).rejects.toThrow("no number")
  })

  it("is given the context of a handler", async () => {
    const mcp = quietServer()
    mcp.tool({ name: "sum" }, (_, ctx) => pool.run("sum", { below: 10 }, ctx))
    expect(await resultOf(mcp, call("sum"))).toMatchObject({ structuredContent: 45 })
  })

  it("hands buffers over in both directions", async () => {
    const buffer = new ArrayBuffer(4)
    const back = await pool.run("bytes", { buffer }, { transfer: [buffer] })
    expect([buffer.byteLength, new Uint8Array(back)]).toEqual([0, new Uint8Array([7, 7, 7, 7])])
  })

  it("that does not exist is named, with the nearest", async () => {
    await expect(pool.run("summ" as "sum", { below: 1 })).rejects.toThrow("no function `summ`. Use `sum`.")
  })
})

describe("what a function on a thread throws", { timeout: 30_000 }, () => {
  const thrown = (how: Parameters<typeof pool.run<"fail">>[1]["how"]) =>
    pool.run("fail", { how }).catch((error: unknown) => error)

  it("is a `ToolError` where it was one", async () => {
    const error = await thrown("tool")
    expect(error).toBeInstanceOf(ToolError)
    expect(error).toMatchObject({ message: "The file is empty.", code: "TOOL_ERROR" })
  })

  it("keeps its class, cause and stack", async () => {
    const error = await thrown("type")
    expect(error).toBeInstanceOf(TypeError)
    expect(error).toMatchObject({ message: "not a number", cause: expect.any(RangeError) })
    expect((error as Error).stack).toContain("work.ts")
  })

  it("keeps the name and fields of a class of the user", async () => {
    expect(await thrown("own")).toMatchObject({ name: "OwnError", message: "mine", code: "E_OWN" })
  })

  it("may be no error", async () => {
    expect(await thrown("text")).toBe("just a text")
  })

  it("may call itself by any name", async () => {
    const error = await thrown("builtIn")
    expect(error).toBeInstanceOf(Error)
    expect(error).toMatchObject({ name: "constructor", message: "mine" })
  })

  it("may have a message that is no text", async () => {
    expect(await thrown("message")).toMatchObject({ message: expect.stringContaining("no text") })
  })

  it("may throw itself when it is read", async () => {
    expect(await thrown("unreadable")).toMatchObject({ message: "What was thrown cannot be read." })
  })
})

describe("what cannot be sent to another thread", { timeout: 30_000 }, () => {
  it("is named where it is an argument", async () => {
    const args = { below: 1, list: [1, () => 2] }
    await expect(pool.run("sum", args)).rejects.toThrow("`args.list[1]` is a function")
  })

  it("fails the call where it is no buffer to hand over", async () => {
    const transfer = ["a text"] as never
    await expect(pool.run("sum", { below: 1 }, { transfer })).rejects.toThrow("transferList")
  })

  it("is named where it is a result", async () => {
    await expect(pool.run("opaque", undefined)).rejects.toMatchObject({
      code: "FLEET-12",
      message: expect.stringContaining("What `opaque` returned cannot be sent to another thread"),
    })
  })
})

describe("a call that is not wanted any more", { timeout: 30_000 }, () => {
  it.each(["loop", "wait"] as const)("is told so, and its thread lives on: %s", async (name) => {
    const own = poolOf({ graceMs: 20_000 })
    const { began, ended } = await marks()
    const controller = new AbortController()
    const running = own.run(name, { began, ended }, { signal: controller.signal })
    await appears(began)
    controller.abort(new Error("gone"))
    await expect(running).rejects.toThrow("gone")
    await appears(ended)
    expect(await own.run("sum", { below: 3 })).toBe(3)
  })

  it("loses its thread after the grace", async () => {
    const own = poolOf({ graceMs: 1 })
    const { began } = await marks()
    const controller = new AbortController()
    const running = own.run("deaf", { began }, { signal: controller.signal })
    await appears(began)
    controller.abort(new Error("gone"))
    await expect(running).rejects.toThrow("gone")
    expect(await own.run("sum", { below: 3 })).toBe(3)
  })

  it("leaves the queue at once", async () => {
    const own = poolOf({ maxQueue: 1, graceMs: 20_000 })
    const { began } = await marks()
    const [first, second] = [new AbortController(), new AbortController()]
    const running = own.run("deaf", { began }, { signal: first.signal })
    await appears(began)
    const waiting = own.run("sum", { below: 3 }, { signal: second.signal })
    second.abort(new Error("left"))
    await expect(waiting).rejects.toThrow("left")
    const left = [running, own.run("sum", { below: 3 })].map((call) => call.catch((error: unknown) => error))
    await own.close()
    const closed = expect.objectContaining({ code: "THREAD_POOL_CLOSED" })
    expect(await Promise.all(left)).toEqual([closed, closed])
  })

  it("is not begun where it was not wanted to begin with", async () => {
    const signal = AbortSignal.abort(new Error("never"))
    await expect(pool.run("sum", { below: 3 }, { signal })).rejects.toThrow("never")
  })
})

describe("a thread that ends", { timeout: 30_000 }, () => {
  it.each([
    ["exit", "worker exited with code: 3"],
    ["uncaught", "nobody caught it"],
    ["fill", "memory"],
  ] as const)("by %s fails its call alone", async (name, why) => {
    const own = poolOf({ maxHeapMb: 64 })
    const crashed = own.run(name, undefined)
    const waiting = own.run("sum", { below: 3 })
    await expect(crashed).rejects.toMatchObject({
      code: "THREAD_CRASHED",
      message: expect.stringContaining(why),
    })
    expect(await waiting).toBe(3)
  })
})

describe("a pool", { timeout: 30_000 }, () => {
  it("refuses calls when its queue is full", async () => {
    const own = poolOf({ maxQueue: 1 })
    const { began } = await marks()
    const running = own.run("deaf", { began }).catch((error: unknown) => error)
    await appears(began)
    const waiting = own.run("sum", { below: 1 }).catch((error: unknown) => error)
    await expect(own.run("sum", { below: 1 })).rejects.toMatchObject({ code: "THREAD_QUEUE_FULL" })
    await own.close()
    await Promise.all([running, waiting])
  })

  it("takes no calls once it is closed", async () => {
    const own = poolOf()
    await own.close()
    await expect(own.run("sum", { below: 1 })).rejects.toMatchObject({ code: "THREAD_POOL_CLOSED" })
  })

  it("starts no thread once it is closed", async () => {
    const started = vi.spyOn(workerThreads, "Worker")
    onTestFinished(() => started.mockRestore())
    const own = poolOf()
    await own.close()
    await own.run("sum", { below: 1 }).catch(() => undefined)
    expect(started).not.toHaveBeenCalled()
  })

  it.each([
    ["no-work.mjs", "it has no default export that `threadWork()` made"],
    ["other-work.mjs", "it has no default export that `threadWork()` made"],
    ["throws.mjs", "a thread that loads it fails: no settings"],
  ])("says what is wrong with a file that is unfit: %s", async (file, what) => {
    const url = new URL(`./fixtures/${file}`, import.meta.url).href
    const own = threadPool(threadWork(url, { sum: () => 1 }), { execArgv })
    onTestFinished(() => own.close())
    const error = expect.objectContaining({
      code: "THREAD_WORK_UNUSABLE",
      message: expect.stringContaining(what),
    })
    await expect(own.run("sum", undefined)).rejects.toEqual(error)
  })

  it("lets no call wait for threads that do not start", async () => {
    const own = poolOf({ execArgv: ["--import", "./no-such-file.mjs"] })
    for (let call = 0; call < 3; call++)
      await expect(own.run("sum", { below: 1 })).rejects.toMatchObject({
        message: expect.stringContaining("no-such-file.mjs"),
      })
  })

  it("says what is wrong with a file that is not there", async () => {
    const url = pathToFileURL(join(tmpdir(), "fleetmcp-no-such-file.mjs")).href
    const own = threadPool(threadWork(url, { sum: () => 1 }))
    onTestFinished(() => own.close())
    await expect(own.run("sum", undefined)).rejects.toMatchObject({ code: "THREAD_WORK_UNUSABLE" })
  })

  it("refuses options that there are not", () => {
    expect(() => threadPool(work, { thread: 2 } as never)).toThrow("`threads`")
  })
})
