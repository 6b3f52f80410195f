import { expect, it, onTestFinished, vi } from "vitest"
import { FleetMCP } from "../../src/index.ts"
import { type DeadSession, type PingOptions, ping } from "../../src/middleware/ping.ts"
import { isStateless } from "../../src/spec/revisions.ts"
import { turn } from "../http/entries.ts"
import { describeEras } from "./eras.ts"

/** Rounds that the test begins. */
function rounds(options: PingOptions = {}) {
  const running = new Set<() => void>()
  const dead: DeadSession[] = []
  const middleware = ping({
    timeoutMs: 5,
    onDead: (each) => void dead.push(each),
    every(run) {
      running.add(run)
      return () => void running.delete(run)
    },
    ...options,
  })
  return { middleware, running, dead, begin: () => [...running].map((run) => run()) }
}

describeEras(
  "ping()",
  (t) => {
    it("asks nobody who has no session", async () => {
      const { middleware, running } = rounds()
      const mcp = t.server({ middleware: [middleware] })
      mcp.tool({ name: "a" }, () => "a")
      await (await t.connect(mcp)).callTool("a")
      expect(running.size).toBe(0)
    })
  },
  { knows: isStateless },
)

describeEras(
  "ping() of sessions",
  (t) => {
    it("stops with the server", async () => {
      const { middleware, running } = rounds()
      const mcp = t.server({ middleware: [middleware] })
      mcp.tool({ name: "a" }, () => "a")
      await (await t.connect(mcp)).callTool("a")
      expect(running.size).toBe(1)
      await mcp.close({ graceMs: 0 })
      expect(running.size).toBe(0)
    })
  },
  { knows: (revision) => !isStateless(revision) },
)

/** A connection by hand, that answers pings or does not. */
async function connection(options: PingOptions, answers: (id: unknown) => object | undefined) {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] })
  onTestFinished(() => void vi.useRealTimers())
  const made = rounds(options)
  const mcp = new FleetMCP("Test", { log: () => undefined, middleware: [made.middleware] })
  onTestFinished(() => mcp.close({ graceMs: 0 }))
  mcp.tool({ name: "a" }, () => "a")
  const pings: unknown[] = []
  const held: { sessionId?: string; send(json: string): void } = {
    send(json) {
      const { method, id } = JSON.parse(json)
      if (method !== "ping") return
      pings.push(id)
      const answer = answers(id)
      if (answer !== undefined) void mcp.handler.handle({ jsonrpc: "2.0", id, ...answer }, channel())
    },
  }
  const channel = () =>
    ({
      headers: undefined,
      principal: undefined,
      connection: held,
      sessions: "memory",
      get sessionId() {
        return held.sessionId
      },
      committed: false,
      send: () => undefined,
      onDisconnect: () => undefined,
    }) as never
  const request = (method: string, params: object = {}) =>
    mcp.handler.handle({ jsonrpc: "2.0", id: 1, method, params }, channel())
  await request("initialize", {
    protocolVersion: "2025-11-25",
    capabilities: {},
    clientInfo: { name: "c", version: "1" },
  })
  const round = async () => {
    made.begin()
    await vi.advanceTimersByTimeAsync(5)
    await turn()
  }
  return { ...made, pings, request, round }
}

it("takes an answer, or an error, for a sign of life", async () => {
  for (const answer of [{ result: {} }, { error: { code: -32601, message: "no" } }]) {
    const { round, pings, dead } = await connection({}, () => answer)
    await round()
    await round()
    expect([pings.length, dead]).toEqual([2, []])
  }
})

it("tells of a client that does not answer, and leaves it its session", async () => {
  const { round, dead, request } = await connection({}, () => undefined)
  await round()
  await round()
  expect(dead.map(({ misses }) => misses)).toEqual([1, 2])
  expect(await request("tools/list")).toMatchObject({ status: 200 })
})

it("ends the session of a client that leaves so many without an answer", async () => {
  const { round, dead, request, running } = await connection({ failures: 2 }, () => undefined)
  await round()
  await round()
  expect(dead).toHaveLength(2)
  expect(await request("tools/list")).toMatchObject({ status: 404 })
  expect(running.size).toBe(0)
})
