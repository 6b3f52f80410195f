import { once } from "node:events"
import { PassThrough } from "node:stream"
import { lambdaStream } from "fleetmcp/http/lambda"
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest"
import { callTool, eventsOf } from "../http/messages.ts"
import { quietServer, sampleServer } from "../http/server.ts"
import { events } from "./lambda-events.ts"

const toEvent = events["an HTTP API or a function URL"] ?? (() => ({}))
const heads = new WeakMap<object, { statusCode: number; headers: object }>()

/** As much of Lambda's runtime as streams: the head goes out with the first write. */
const awslambda = {
  streamifyResponse: (handler: unknown) => handler,
  HttpResponseStream: {
    from(stream: PassThrough, head: { statusCode: number; headers: object }) {
      const { write } = stream
      stream.write = (...args: unknown[]) => {
        heads.set(stream, head)
        // The overloads of both are the same.
        return write.apply(stream, args as never)
      }
      return stream
    },
  },
}

beforeEach(() => void vi.stubGlobal("awslambda", awslambda))
afterEach(() => void vi.unstubAllGlobals())

async function textOf(stream: PassThrough): Promise<string> {
  let text = ""
  for await (const chunk of stream.setEncoding("utf8")) text += chunk
  return text
}

describe("a function that streams", () => {
  it("sends what comes before the result at once", async () => {
    const mcp = quietServer()
    let finish = (): void => undefined
    mcp.tool({ name: "wait" }, async (_, ctx) => {
      ctx.progress(1)
      await new Promise<void>((resolve) => {
        finish = resolve
      })
      return "done"
    })
    const stream = new PassThrough()
    const done = lambdaStream(mcp)(toEvent(callTool("wait", {}, { meta: { progressToken: 1 } })), stream)
    const [first] = await once(stream.setEncoding("utf8"), "data")
    expect(first).toContain("notifications/progress")
    expect(heads.get(stream)).toMatchObject({
      statusCode: 200,
      headers: { "content-type": "text/event-stream" },
    })
    finish()
    expect(await textOf(stream)).toContain("done")
    await done
  })

  it("sends an answer without a body", async () => {
    const stream = new PassThrough()
    const message = { jsonrpc: "2.0", method: "notifications/initialized" }
    const request = {
      ...callTool("x"),
      body: JSON.stringify(message),
      headers: { "content-type": "application/json" },
    }
    await lambdaStream(sampleServer())(toEvent(request), stream)
    expect([heads.get(stream)?.statusCode, await textOf(stream)]).toEqual([202, ""])
  })

  it("waits for a client that reads slowly", async () => {
    const stream = new PassThrough({ highWaterMark: 64 })
    const done = lambdaStream(sampleServer())(
      toEvent(callTool("steps", { steps: 500 }, { meta: { progressToken: 1 } })),
      stream,
    )
    expect(eventsOf(await textOf(stream))).toHaveLength(501)
    await done
  })

  it.each(["client leaves", "time is up"])("aborts the call when the %s", async (what) => {
    const mcp = quietServer()
    const aborted = new Promise((resolve) => {
      mcp.tool({ name: "wait" }, (_, ctx) => {
        ctx.progress(1)
        ctx.signal.addEventListener("abort", () => resolve(ctx.signal.reason.reason))
        return new Promise<string>(() => undefined)
      })
    })
    const stream = new PassThrough()
    const context = what === "time is up" ? { getRemainingTimeInMillis: () => 600 } : undefined
    const request = callTool("wait", {}, { meta: { progressToken: 1 } })
    const done = lambdaStream(mcp)(toEvent(request), stream, context)
    await once(stream, "data")
    if (what === "client leaves") stream.destroy()
    expect(await aborted).toBe("disconnect")
    await done
  })

  it.each(["client leaves", "time is up"])("lets go of a body that never ends when the %s", async (what) => {
    const mcp = quietServer()
    let cancel = (): void => undefined
    const cancelled = new Promise<void>((resolve) => {
      cancel = resolve
    })
    const start = (body: ReadableStreamDefaultController) => body.enqueue(new Uint8Array([65]))
    mcp.route("GET /endless", () => new Response(new ReadableStream({ start, cancel })))
    const stream = new PassThrough()
    const context = what === "time is up" ? { getRemainingTimeInMillis: () => 520 } : undefined
    const done = lambdaStream(mcp)(toEvent({ path: "/endless" }), stream, context)
    await once(stream, "data")
    if (what === "client leaves") stream.destroy()
    await Promise.all([cancelled, done])
  })

  it("lets go of a body whose client left before there was one", async () => {
    const mcp = quietServer()
    const stream = new PassThrough()
    let isCancelled = false
    const cancel = () => {
      isCancelled = true
    }
    mcp.route("GET /endless", async () => {
      stream.destroy()
      await once(stream, "close")
      return new Response(new ReadableStream({ cancel }))
    })
    await lambdaStream(mcp)(toEvent({ path: "/endless" }), stream)
    expect(isCancelled).toBe(true)
  })

  it("says in words that the time was up before there was an answer", async () => {
    const mcp = quietServer()
    mcp.tool({ name: "wait" }, () => new Promise<string>(() => undefined))
    const stream = new PassThrough()
    await lambdaStream(mcp)(toEvent(callTool("wait")), stream, { getRemainingTimeInMillis: () => 520 })
    expect([heads.get(stream)?.statusCode, await textOf(stream)]).toEqual([
      504,
      expect.stringContaining("nearly up"),
    ])
  })

  it("fails with a body that fails, which must not seem whole", async () => {
    const mcp = quietServer()
    const pull = (body: ReadableStreamDefaultController) => body.error(new RangeError("disk"))
    mcp.route("GET /broken", () => new Response(new ReadableStream({ pull }, { highWaterMark: 0 })))
    const stream = new PassThrough()
    await expect(lambdaStream(mcp)(toEvent({ path: "/broken" }), stream)).rejects.toThrow("disk")
    expect(stream.writableEnded).toBe(false)
  })

  it("says where it cannot be", () => {
    vi.unstubAllGlobals()
    expect(() => lambdaStream(sampleServer())).toThrow(
      expect.objectContaining({ code: "NO_RESPONSE_STREAM" }),
    )
  })
})
