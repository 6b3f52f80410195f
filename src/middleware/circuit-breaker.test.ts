import { describe, expect, it } from "vitest"
import * as z from "zod"
import { FakeChannel, handle } from "../../test/support/channel.ts"
import { post } from "../../test/support/post.ts"
import { call } from "../../test/support/rpc.ts"
import { loggedServer } from "../../test/support/server.ts"
import { type Deferred, deferred, settled } from "../../test/support/timing.ts"
import { InvalidOption } from "../errors/server.ts"
import { ToolError } from "../errors/tool.ts"
import { connect } from "../testing/index.ts"
import { type CircuitBreakerOptions, circuitBreaker } from "./circuit-breaker.ts"

/** A server whose tool `work` does what it is told. */
function broken(options: CircuitBreakerOptions = {}) {
  const clock = { ms: 1000 }
  const breaker = circuitBreaker({ minCalls: 4, now: () => clock.ms, ...options })
  const { mcp, log } = loggedServer({ middleware: [breaker] })
  const state = { does: (): unknown => "done", runs: 0 }
  mcp.tool({ name: "work", input: z.object({ n: z.number().optional() }) }, () => {
    state.runs++
    return state.does() as Promise<string>
  })
  mcp.tool({ name: "other" }, () => "done")
  const work = async (args: object = {}) => (await post(mcp, call("work", { ...args }))).status
  const fail = async (times: number) => {
    state.does = () => {
      throw new Error("no database")
    }
    for (let n = 0; n < times; n++) await work()
  }
  return { mcp, log, clock, breaker, state, work, fail, stateOf: () => breaker.states().get("work")?.state }
}

describe("circuitBreaker", () => {
  it("leaves a tool alone that failed too often, and no other", async () => {
    const { mcp, fail, state, stateOf, log } = broken()
    await fail(4)
    const { status, headers, error } = await post(mcp, call("work"))
    expect([status, headers.get("retry-after"), error?.code, state.runs]).toEqual([503, "30", 503, 4])
    expect(error?.data).toEqual({ retryAfterMs: 30_000 })
    expect(stateOf()).toBe("open")
    expect((await post(mcp, call("other"))).status).toBe(200)
    expect(log.at(-1)).toMatchObject({ level: "warning", message: "The circuit of `work` is open now." })
  })

  it("stays closed while a smaller share fails", async () => {
    const { work, fail, breaker } = broken()
    for (let n = 0; n < 6; n++) await work()
    await fail(5)
    expect(breaker.states().get("work")).toEqual({ state: "closed", calls: 11, failures: 5, retryAfterMs: 0 })
  })

  it("forgets what failed longer ago than its window", async () => {
    const { fail, clock, stateOf } = broken()
    await fail(3)
    clock.ms += 30_000
    await fail(1)
    expect(stateOf()).toBe("closed")
  })

  it("closes when a trial succeeds", async () => {
    const { fail, clock, state, work, stateOf } = broken()
    await fail(4)
    clock.ms += 30_000
    expect(stateOf()).toBe("half-open")
    state.does = () => "done"
    expect(await work()).toBe(200)
    expect(stateOf()).toBe("closed")
  })

  it("opens again when a trial fails", async () => {
    const { fail, clock, work, stateOf, state } = broken()
    await fail(4)
    clock.ms += 30_000
    await work()
    expect([stateOf(), await work(), state.runs]).toEqual(["open", 503, 5])
  })

  it("lets no more than its trials through, until they end", async () => {
    const { fail, clock, state, work } = broken({ halfOpenMax: 2 })
    await fail(4)
    clock.ms += 30_000
    const gates: Deferred<string>[] = []
    state.does = () => {
      const gate = deferred<string>()
      gates.push(gate)
      return gate.promise
    }
    const trials = [work(), work(), work()]
    await settled()
    expect([gates.length, await trials[2]]).toEqual([2, 503])
    for (const gate of gates) gate.resolve("done")
    expect(await Promise.all(trials)).toEqual([200, 200, 503])
    const after = work()
    await settled()
    gates[2]?.resolve("done")
    expect(await after).toBe(200)
  })

  it("tries anew where a trial comes to no end", async () => {
    const { fail, clock, state, work } = broken()
    await fail(4)
    clock.ms += 30_000
    state.does = () => deferred<string>().promise
    void work()
    await settled()
    expect(await work()).toBe(503)
    clock.ms += 30_000
    state.does = () => "done"
    expect(await work()).toBe(200)
  })

  it("hears nothing of what began before it opened", async () => {
    const { fail, clock, state, work, stateOf } = broken()
    const gate = deferred<string>()
    await fail(1)
    state.does = () => gate.promise
    const early = work()
    await settled()
    await fail(4)
    clock.ms += 30_000
    gate.resolve("done")
    await early
    expect(stateOf()).toBe("half-open")
    state.does = () => deferred<string>().promise
    void work()
    await settled()
    expect(stateOf()).toBe("half-open")
  })
})

describe("what a client can bring about", () => {
  it.each([
    ["invalid arguments", { n: "one" }],
    ["a tool that says no", {}],
  ])("opens nothing: %s", async (_, args) => {
    const { state, work, stateOf } = broken()
    state.does = () => {
      throw new ToolError("No such user.")
    }
    for (let n = 0; n < 20; n++) await work(args)
    expect(stateOf()).toBeUndefined()
  })

  it("opens nothing: calls that it cancels", async () => {
    const { mcp, state, stateOf } = broken()
    state.does = () => deferred<string>().promise
    for (let n = 0; n < 10; n++) {
      const channel = new FakeChannel()
      const answer = handle(mcp, call("work"), channel)
      await settled()
      channel.leave()
      await answer
    }
    expect(stateOf()).toBeUndefined()
  })

  it("is not kept: tools that do not exist", async () => {
    const { mcp, breaker } = broken()
    for (let n = 0; n < 20; n++) await post(mcp, call(`no such ${n}`))
    expect(breaker.states().size).toBe(0)
  })

  it("does not close it: a trial with invalid arguments proves nothing", async () => {
    const { fail, clock, work, stateOf } = broken()
    await fail(4)
    clock.ms += 30_000
    expect(await work({ n: "one" })).toBe(200)
    expect(stateOf()).toBe("half-open")
  })

  it("does not make it forget: a flood of keys", async () => {
    let key = "victim"
    const { work, fail, state, breaker } = broken({ by: () => key, maxKeys: 10 })
    await fail(4)
    state.does = () => "done"
    for (let n = 0; n < 50; n++) {
      key = `key ${n}`
      await work()
    }
    key = "victim"
    expect([await work(), breaker.states().size]).toEqual([503, 10])
  })
})

describe("what began before the first circuit of a key opened", () => {
  async function opened() {
    const { breaker, state, work, clock, stateOf } = broken()
    const gates: Deferred<string>[] = []
    state.does = () => {
      const gate = deferred<string>()
      gates.push(gate)
      return gate.promise
    }
    const calls = Array.from({ length: 8 }, () => work())
    await settled()
    for (const gate of gates.slice(0, 4)) gate.reject(new Error("no database"))
    await settled()
    expect(stateOf()).toBe("open")
    return { breaker, gates, calls, work, clock, stateOf }
  }

  it("is no trial", async () => {
    const { gates, work, clock, stateOf } = await opened()
    clock.ms += 30_000
    void work()
    await settled()
    gates[4]?.resolve("done")
    await settled()
    expect([gates.length, stateOf()]).toEqual([9, "half-open"])
  })

  it("does not keep it open for longer", async () => {
    const { breaker, gates, calls, clock } = await opened()
    clock.ms += 29_000
    for (const gate of gates.slice(4)) gate.reject(new Error("no database"))
    await Promise.all(calls)
    expect(breaker.states().get("work")).toMatchObject({ state: "open", retryAfterMs: 1000 })
  })
})

describe.each(["2025-06-18", "2025-11-25"] as const)("a client of %s", (revision) => {
  it("opens nothing by refusing what it is asked", async () => {
    const { mcp, breaker } = broken({ minCalls: 1 })
    mcp.tool({ name: "ask" }, async (_, ctx) => JSON.stringify(await ctx.elicit("Go on?", z.boolean())))
    const elicitation = () => {
      throw new Error("never")
    }
    const client = await connect(mcp, { revision, elicitation })
    expect(await client.callTool("ask")).toMatchObject({ isError: true })
    expect(breaker.states().size).toBe(0)
    await client.close()
  })

  it("opens nothing by refusing what a tool asks that another one calls", async () => {
    const { mcp, breaker } = broken({ minCalls: 1 })
    mcp.tool({ name: "ask" }, async (_, ctx) => JSON.stringify(await ctx.elicit("Go on?", z.boolean())))
    mcp.tool({ name: "outer" }, (_, ctx) => ctx.callTool("ask"))
    const elicitation = () => {
      throw new Error("never")
    }
    const client = await connect(mcp, { revision, elicitation })
    expect(await client.callTool("outer")).toMatchObject({ isError: true })
    expect(breaker.states().size).toBe(0)
    await client.close()
  })

  it("opens nothing by not answering", async () => {
    const { mcp, breaker } = broken({ minCalls: 1 })
    mcp.tool({ name: "ask", timeout: 1 }, async (_, ctx) =>
      JSON.stringify(await ctx.elicit("Go on?", z.boolean())),
    )
    const client = await connect(mcp, { revision, elicitation: () => deferred<never>().promise })
    expect(await client.callTool("ask")).toMatchObject({ isError: true })
    expect(breaker.states().size).toBe(0)
    await client.close()
  })
})

it("counts what takes too long", async () => {
  const { mcp, breaker } = broken({ minCalls: 1 })
  mcp.tool({ name: "slow", timeout: 1 }, () => deferred<string>().promise)
  await post(mcp, call("slow"))
  expect(breaker.states().get("slow")?.state).toBe("open")
})

it("counts what it is told to", async () => {
  const { state, work, stateOf } = broken({
    isFailure: (outcome) =>
      outcome.kind === "complete" && JSON.stringify(outcome.result).includes("overdrawn"),
  })
  state.does = () => "overdrawn"
  for (let n = 0; n < 4; n++) await work()
  expect(stateOf()).toBe("open")
})

it("can be given to what reads resources", async () => {
  const breaker = circuitBreaker({ minCalls: 2, methods: ["resources/read"], by: ({ target }) => target })
  const { mcp } = loggedServer({ middleware: [breaker] })
  mcp.resource("db://row", () => {
    throw new Error("no database")
  })
  for (let n = 0; n < 2; n++) await mcp.readResource("db://row").catch(() => undefined)
  expect(breaker.states().get("db://row")?.state).toBe("open")
  await expect(mcp.readResource("db://missing")).rejects.toThrow("not found")
  expect(breaker.states().has("db://missing")).toBe(false)
})

it.each([
  [{ failureRate: 0 }],
  [{ failureRate: 2 }],
  [{ minCalls: 0 }],
  [{ openMs: 0 }],
  [{ by: "session" as never }],
])("refuses the options %j", (options) => {
  expect(() => circuitBreaker(options)).toThrow(InvalidOption)
})
