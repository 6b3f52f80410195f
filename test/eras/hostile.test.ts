import { describe, expect, it } from "vitest"
import * as z from "zod"
import { FleetMCP } from "../../src/index.ts"
import { deferred } from "../http/server.ts"
import { speak } from "../support/stdio.ts"

const hello = (
  capabilities: object = { elicitation: {} },
  clientInfo: object = { name: "c", version: "1" },
) => ({
  jsonrpc: "2.0",
  id: "hello",
  method: "initialize",
  params: { protocolVersion: "2025-11-25", capabilities, clientInfo },
})

const call = (name: string, id: unknown) => ({ jsonrpc: "2.0", id, method: "tools/call", params: { name } })

describe("a hostile client with a session", () => {
  it.each([
    [{ code: { toString: 1, valueOf: 1 } }],
    [{ code: null, message: [[[]]] }],
    [{ message: { toString: null } }],
    [{}],
  ])("that answers a question with the error %j gets its call answered", async (error) => {
    const mcp = new FleetMCP("Test", { log: () => undefined })
    mcp.tool(
      { name: "ask" },
      async (_, ctx) => (await ctx.elicit("Who?", z.object({ name: z.string() }))).action,
    )
    const { send, until } = speak(mcp)
    send(hello())
    send(call("ask", 1))
    const { id } = await until(({ method }) => method === "elicitation/create")
    send({ jsonrpc: "2.0", id, error })
    expect(await until((message) => message.id === 1)).toMatchObject({ result: { isError: true } })
  })

  it.each([
    ["capabilities", hello({ experimental: { x: { y: "x".repeat(70_000) } } })],
    ["name", hello({}, { name: "x".repeat(70_000), version: "1" })],
  ])("cannot have %s remembered that are too large", async (_, message) => {
    const { send, until } = speak(new FleetMCP("Test", { log: () => undefined }))
    send(message)
    expect(await until(({ id }) => id === "hello")).toMatchObject({ error: { code: -32602 } })
  })

  it("cannot hide a call behind another of the same id", async () => {
    const mcp = new FleetMCP("Test", { log: () => undefined })
    const reasons: unknown[] = []
    const begun = deferred<void>()
    mcp.tool({ name: "wait" }, async (_, { signal }) => {
      begun.resolve()
      await new Promise((resolve) => signal.addEventListener("abort", resolve))
      reasons.push(signal.reason.reason)
    })
    const { send, until, running } = speak(mcp)
    send(hello())
    send(call("wait", 1))
    await begun.promise
    send(call("wait", 1))
    // Without the id: the client would take it for the answer to the first.
    expect(await until(({ error }) => error !== undefined)).toEqual({
      jsonrpc: "2.0",
      error: { code: -32600, message: expect.stringContaining("is running already") },
    })
    await running.close(1)
    expect(reasons).toEqual(["disconnect"])
  })

  it("gets the answers to an array although its input has ended", async () => {
    const mcp = new FleetMCP("Test", { log: () => undefined })
    const may = deferred<void>()
    mcp.tool({ name: "slow" }, () => may.promise.then(() => "done"))
    const { input, send, until } = speak(mcp)
    send({ ...hello(), params: { ...hello().params, protocolVersion: "2025-03-26" } })
    await until(({ id }) => id === "hello")
    input.end(JSON.stringify([call("slow", 1)]))
    setImmediate(() => may.resolve())
    expect(await until((message) => Array.isArray(message))).toMatchObject([{ id: 1, result: {} }])
  })

  it("leaves nothing behind when it leaves while its session is being opened", async () => {
    let listeners = 0
    const opening = deferred<void>()
    const mcp = new FleetMCP("Test", {
      log: () => undefined,
      bus: {
        publish: () => undefined,
        subscribe: () => {
          listeners++
          return () => void listeners--
        },
      },
      middleware: [{ request: (_call, next) => opening.promise.then(() => next()) }],
    })
    const { send, running } = speak(mcp)
    send(hello())
    const closed = running.close(1)
    await closed
    opening.resolve()
    await new Promise((resolve) => setImmediate(() => setImmediate(() => setImmediate(resolve))))
    expect(listeners).toBe(0)
  })
})
