import { describe, expect, it, vi } from "vitest"
import type { Json } from "../../src/client/rpc.ts"
import { opened } from "../support/connecting.ts"
import { fronting } from "../support/proxying.ts"
import { quietServer } from "../support/server.ts"
import { settled } from "../support/timing.ts"

const capabilities = { elicitation: { form: {} } }
const call = { name: "ask", arguments: {} }

function asking() {
  const mcp = quietServer()
  const seen = { runs: 0, aborted: 0 }
  mcp.tool({ name: "ask" }, async (_, ctx) => {
    seen.runs++
    ctx.signal.addEventListener("abort", () => seen.aborted++)
    const one = await ctx.confirm("One?")
    return `${one} ${await ctx.confirm("Two?")}`
  })
  return { mcp, seen }
}

function answersTo({ inputRequests, requestState }: Json, action = "accept"): Json {
  const keys = Object.keys(inputRequests as object)
  return {
    ...call,
    requestState,
    inputResponses: Object.fromEntries(keys.map((key) => [key, { action, content: {} }])),
  }
}

async function client(options: Parameters<typeof fronting>[1] = {}) {
  const { mcp, seen } = asking()
  const front = fronting(mcp, { era: "session", ...options })
  const connection = await opened(front, { era: "stateless", capabilities })
  return { front, seen, connection, send: (params: Json) => connection.request("tools/call", params) }
}

describe("a parked call", () => {
  it("is asked again what was not answered, and goes on", async () => {
    const { send, seen } = await client()
    const first = await send(call)
    const again = await send({ ...call, requestState: first.requestState, inputResponses: {} })
    expect(Object.values(again.inputRequests as object)).toMatchObject([{ params: { message: "One?" } }])
    const second = await send(answersTo(again, "decline"))
    expect(await send(answersTo(second))).toMatchObject({ content: [{ text: "false true" }] })
    expect(seen.runs).toBe(1)
  })

  it("is held for one round: who sends it again is told so, and nothing is run again", async () => {
    const { send, seen } = await client()
    const first = await send(call)
    const second = await send(answersTo(first))
    expect(await send(answersTo(second))).toMatchObject({ content: [{ text: "true true" }] })
    await expect(send(answersTo(second))).rejects.toMatchObject({
      error: { code: -32603, message: expect.stringContaining("not held here") },
    })
    expect(seen.runs).toBe(1)
  })

  it("is found by one of two who bring the same answers", async () => {
    const { send, seen } = await client()
    const second = await send(answersTo(await send(call)))
    const outcomes = await Promise.allSettled([send(answersTo(second)), send(answersTo(second))])
    expect(outcomes.map(({ status }) => status).sort()).toEqual(["fulfilled", "rejected"])
    expect(seen.runs).toBe(1)
  })

  it("is given up after its time, which the upstream hears", async () => {
    const { send, seen } = await client({ parkedMs: 20 })
    const first = await send(call)
    await vi.waitFor(() => expect(seen.aborted).toBe(1))
    await expect(send(answersTo(first))).rejects.toMatchObject({ error: { code: -32603 } })
    expect(seen.runs).toBe(1)
  })

  it("is given up when the server closes", async () => {
    const { send, seen, front } = await client()
    await send(call)
    await front.close()
    await settled()
    await vi.waitFor(() => expect(seen.aborted).toBe(1))
  })

  it("is one of so many of a caller", async () => {
    const { send } = await client({ maxParkedPerPrincipal: 1 })
    const first = await send(call)
    const refused = await send(call)
    expect(refused).toMatchObject({ isError: true })
    expect(await send(answersTo(await send(answersTo(first))))).toMatchObject({
      content: [{ text: "true true" }],
    })
    expect(await send(call)).toMatchObject({ resultType: "input_required" })
  })

  it("is not found with the arguments of another call", async () => {
    const { send } = await client()
    const first = await send(call)
    await expect(send({ ...answersTo(first), arguments: { other: 1 } })).rejects.toMatchObject({
      error: { code: -32602 },
    })
  })

  it("is cancelled at the upstream while a client waits and leaves", async () => {
    const mcp = quietServer()
    let isAborted = false
    mcp.tool({ name: "wait" }, (_, ctx) => {
      return new Promise((resolve) =>
        ctx.signal.addEventListener("abort", () => {
          isAborted = true
          resolve("late")
        }),
      )
    })
    const connection = await opened(fronting(mcp, { era: "session" }), { era: "stateless" })
    const controller = new AbortController()
    const running = connection.request(
      "tools/call",
      { name: "wait", arguments: {} },
      { signal: controller.signal },
    )
    setTimeout(() => controller.abort(new Error("enough")), 30)
    await expect(running).rejects.toThrow("enough")
    await vi.waitFor(() => expect(isAborted).toBe(true))
  })
})
