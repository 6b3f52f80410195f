import { expect, it, onTestFinished, vi } from "vitest"
import { type DeadSession, ping } from "../../src/middleware/ping.ts"
import { memorySessions } from "../../src/protocol/session/memory-sessions.ts"
import { describeEntries } from "./entries.ts"
import { quietServer } from "./server.ts"
import { join } from "./session-client.ts"

type Sessions = ReturnType<typeof memorySessions>

/** A server whose clients are asked when the test says so, and by a clock that it moves. */
function pinged(sessions: Sessions = memorySessions()) {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] })
  onTestFinished(() => void vi.useRealTimers())
  const running = new Set<() => void>()
  const dead: DeadSession[] = []
  const middleware = ping({
    timeoutMs: 1000,
    failures: 2,
    onDead: (each) => void dead.push(each),
    every(run) {
      running.add(run)
      return () => void running.delete(run)
    },
  })
  const mcp = quietServer({ middleware: [middleware], http: { sessions } })
  mcp.tool({ name: "a" }, () => "a")
  const begin = () => {
    for (const run of running) run()
  }
  const pass = () => vi.advanceTimersByTimeAsync(1000)
  return { mcp, running, dead, begin, pass }
}

describeEntries("a session that is pinged over its stream", (serve) => {
  it("lives for as long as its client answers by POST", async () => {
    const { mcp, dead, begin, pass } = pinged()
    const client = await join(await serve(mcp))
    const stream = await client.listen()
    for (let n = 0; n < 3; n++) {
      begin()
      const { id, method } = await stream.message()
      expect(method).toBe("ping")
      expect((await client.answer(id, {})).status).toBe(202)
      await pass()
    }
    expect([dead, (await client.request("tools/list")).status]).toEqual([[], 200])
  })

  it("ends where its client leaves two without an answer", async () => {
    const { mcp, dead, begin, pass } = pinged()
    const client = await join(await serve(mcp))
    const stream = await client.listen()
    for (let n = 0; n < 2; n++) {
      begin()
      await stream.message()
      await pass()
    }
    await vi.waitFor(async () => expect((await client.request("tools/list")).status).toBe(404))
    expect(dead).toEqual([
      { id: client.id, misses: 1 },
      { id: client.id, misses: 2 },
    ])
  })

  it("is asked by the instance that has its stream, and answers at any", async () => {
    const sessions = memorySessions()
    const [one, other] = [pinged(sessions), pinged(sessions)]
    const [near, far] = [await serve(one.mcp), await serve(other.mcp)]
    const client = await join(near)
    const stream = await client.listen()
    // Known to both: each has served a request of it.
    await client.at(far).request("tools/list")
    expect([one.running.size, other.running.size]).toEqual([1, 1])
    other.begin()
    await vi.waitFor(() => expect(other.running.size).toBe(0))
    one.begin()
    const { id } = await stream.message()
    await client.at(far).answer(id, {})
    await Promise.all([one.pass(), other.pass()])
    expect([one.dead, other.dead]).toEqual([[], []])
    expect((await client.request("tools/list")).status).toBe(200)
  })
})
