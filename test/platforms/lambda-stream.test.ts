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

  it("says where it cannot be", () => {
    vi.unstubAllGlobals()
    expect(() => lambdaStream(sampleServer())).toThrow(
      expect.objectContaining({ code: "NO_RESPONSE_STREAM" }),
    )
  })
})
