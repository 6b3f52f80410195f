import { once } from "node:events"
import fc from "fast-check"
import { describe, expect, it } from "vitest"
import * as z from "zod"
import { FleetMCP } from "../../src/index.ts"
import { LineReader } from "../../src/stdio/line-reader.ts"
import type { StdioOptions } from "../../src/stdio/serve-stdio.ts"
import { callTool, rpc } from "../http/messages.ts"
import { deferred } from "../http/server.ts"
import { speak } from "../support/stdio.ts"

/** Serves, and waits for answers by their ids. */
function serve(mcp: FleetMCP, options: StdioOptions = {}) {
  const speaker = speak(mcp, options)
  return { ...speaker, answer: (id: unknown) => speaker.until((one) => one.id === id) }
}

function server(): FleetMCP {
  const mcp = new FleetMCP("Test", { log: () => undefined })
  mcp.tool({ name: "add", input: z.object({ a: z.number(), b: z.number() }) }, ({ a, b }) => a + b)
  mcp.tool({ name: "ask" }, async (_, ctx) => {
    const answer = await ctx.elicit("Who?", z.object({ name: z.string() }))
    return answer.action === "accept" ? answer.data.name : answer.action
  })
  return mcp
}

const initialize = {
  jsonrpc: "2.0",
  id: "hello",
  method: "initialize",
  params: {
    protocolVersion: "2025-11-25",
    capabilities: { elicitation: {} },
    clientInfo: { name: "c", version: "1" },
  },
}

const discover = callTool("add", { a: 1, b: 2 }).body as string

describe("a connection", () => {
  it("serves both eras, whichever comes first", async () => {
    const { send, answer } = serve(server())
    send(discover)
    expect(await answer(1)).toMatchObject({ result: { resultType: "complete", structuredContent: 3 } })
    send(initialize)
    expect(await answer("hello")).toMatchObject({ result: { protocolVersion: "2025-11-25" } })
    send({ jsonrpc: "2.0", id: 2, method: "tools/call", params: { name: "add", arguments: { a: 1, b: 2 } } })
    expect(await answer(2)).toMatchObject({ result: { structuredContent: { result: 3 } } })
  })

  it("asks by requests of its own, and waits for the responses", async () => {
    const { send, answer, until } = serve(server())
    send(initialize)
    send({ jsonrpc: "2.0", id: 2, method: "tools/call", params: { name: "ask" } })
    const { id } = await until(({ method }) => method === "elicitation/create")
    send({ jsonrpc: "2.0", id, result: { action: "accept", content: { name: "Ada" } } })
    expect(await answer(2)).toMatchObject({ result: { content: [{ text: "Ada" }] } })
  })

  it("wants `initialize` before anything else of its era", async () => {
    const { send, answer } = serve(server())
    send({ jsonrpc: "2.0", id: 1, method: "tools/list" })
    expect(await answer(1)).toMatchObject({
      error: { code: -32600, message: expect.stringContaining("`initialize`") },
    })
  })

  it.each([
    ["stateless", callTool("wait", {}, {}).body as string],
    ["session", JSON.stringify({ jsonrpc: "2.0", id: 1, method: "tools/call", params: { name: "wait" } })],
  ])("ends a call of the %s era that is cancelled, and does not answer it", async (_, call) => {
    const mcp = server()
    const reason = new Promise((resolve) => {
      mcp.tool({ name: "wait" }, async (_args, { signal }) => {
        signal.addEventListener("abort", () => resolve(signal.reason.reason))
        await new Promise((aborted) => signal.addEventListener("abort", aborted))
      })
    })
    const { send, answer, messages } = serve(mcp)
    send(initialize)
    send(call)
    send({ jsonrpc: "2.0", method: "notifications/cancelled", params: { requestId: 1 } })
    expect(await reason).toBe("cancel")
    send({ jsonrpc: "2.0", id: "last", method: "ping" })
    await answer("last")
    expect(messages().filter(({ id }) => id === 1)).toEqual([])
  })

  it.each([
    ["no JSON", "{", -32700],
    ["no UTF-8", Buffer.from([0x7b, 0xff, 0x7d, 0x0a]), -32700],
    ["no message", "[1]", -32600],
    ["null", "null", -32600],
    ["a text", '"x"', -32600],
    ["a line that is too long", `"${"x".repeat(3000)}"`, -32700],
  ])("goes on after %s", async (_, line, code) => {
    const { input, send, answer, until } = serve(server(), { maxMessageSize: 2000 })
    if (typeof line === "string") send(line)
    else input.write(line)
    expect(await until(({ error }) => error !== undefined)).toMatchObject({ error: { code } })
    send(discover)
    expect(await answer(1)).toMatchObject({ result: { structuredContent: 3 } })
  })

  it("takes empty lines, carriage returns and a byte order mark for nothing", async () => {
    const { send, answer, messages } = serve(server())
    send(`\ufeff\r\n\n  \n${discover}\r`)
    await answer(1)
    expect(messages()).toHaveLength(1)
  })

  it("refuses frames of `Content-Length`, and ends", async () => {
    const logged: string[] = []
    const { input, until, running } = serve(server(), { log: ({ error }) => logged.push(String(error)) })
    input.write(`Content-Length: ${discover.length}\r\n\r\n${discover}`)
    expect(await until(({ error }) => error !== undefined)).toMatchObject({
      error: { message: expect.stringContaining("one JSON message per line") },
    })
    await running.closed
    expect(logged).toEqual([expect.stringContaining("ContentLengthFraming")])
  })

  it("answers what came without an end of line before the input ended", async () => {
    const { input, answer, running } = serve(server())
    input.end(discover)
    expect(await answer(1)).toMatchObject({ result: { structuredContent: 3 } })
    await running.closed
  })

  it("aborts what still runs when its grace is over, and tells nobody", async () => {
    const mcp = server()
    let reason: unknown
    mcp.tool({ name: "wait" }, async (_, { signal }) => {
      await new Promise((aborted) => signal.addEventListener("abort", aborted))
      reason = signal.reason.reason
    })
    const { send, running, messages } = serve(mcp)
    send(callTool("wait").body)
    await running.close(1)
    expect([reason, messages()]).toEqual(["disconnect", []])
  })

  it("writes many answers of one turn at once", async () => {
    const { input, output, answer } = serve(server())
    let writes = 0
    output.on("data", () => writes++)
    input.write(Array.from({ length: 64 }, () => `${discover}\n`).join(""))
    await answer(1)
    expect(writes).toBe(1)
  })

  it("ends subscriptions when its client ends the input", { timeout: 2000 }, async () => {
    const { input, running, send, until, answer, messages } = serve(server())
    send(rpc("subscriptions/listen", { notifications: { toolsListChanged: true } }, { id: "changes" }).body)
    await until(({ method }) => method === "notifications/subscriptions/acknowledged")
    send(callTool("add", { a: 1, b: 2 }).body)
    await answer(1)
    input.end()
    await running.closed
    expect(messages()).toHaveLength(2)
  })

  it("aborts what still runs when its client reads no more, though it waits for what runs", async () => {
    const mcp = server()
    const { promise: begun, resolve: begin } = deferred<void>()
    const { promise: aborted, resolve: abort } = deferred<unknown>()
    mcp.tool({ name: "wait" }, (_, { signal }) => {
      signal.addEventListener("abort", () => abort(signal.reason.reason))
      begin()
      return aborted.then(() => "late")
    })
    const { input, output, running, send } = serve(mcp)
    send(callTool("wait").body)
    await begun
    input.end()
    await once(input, "end")
    output.destroy(new Error("EPIPE"))
    expect(await aborted).toBe("disconnect")
    await running.closed
  })
})

describe("the reader of lines", () => {
  it("gives the same lines however they are cut", () => {
    fc.assert(
      fc.property(
        fc.array(fc.string().map((text) => text.replaceAll("\n", ""))),
        fc.array(fc.integer({ min: 1, max: 7 }), { minLength: 1 }),
        (lines, sizes) => {
          const read: string[] = []
          const reader = new LineReader(1000, (line) => read.push(String(line)))
          const bytes = Buffer.from(lines.map((line) => `${line}\n`).join(""))
          for (let at = 0, turn = 0; at < bytes.length; turn++) {
            const size = sizes[turn % sizes.length] ?? 1
            reader.push(bytes.subarray(at, at + size))
            at += size
          }
          expect(read).toEqual(lines.map((line) => Buffer.from(line).toString()))
        },
      ),
    )
  })

  it("gives up lines that are too long, and no others, and keeps nothing of them", () => {
    const read: unknown[] = []
    const reader = new LineReader(4, (line) => read.push(line?.toString()))
    for (const part of ["ab", "cd\nabc", "de", "f\nab", "cd", "e"]) reader.push(Buffer.from(part))
    reader.end()
    expect(read).toEqual(["abcd", undefined, undefined])
  })
})
