import { afterEach, beforeEach, expect, it, vi } from "vitest"
import * as z from "zod"
import { memoryEventBus } from "../../src/index.ts"
import { describeEntries, turn } from "../http/entries.ts"
import { deferred, quietServer } from "../http/server.ts"
import { join } from "../http/session-client.ts"
import { countedSessions } from "../support/counted-sessions.ts"

/** Counts who listens for changes. */
function countedBus() {
  const bus = memoryEventBus()
  const counts = { listeners: 0 }
  return {
    counts,
    bus: {
      publish: (event: Parameters<typeof bus.publish>[0]) => bus.publish(event),
      subscribe: (hear: Parameters<typeof bus.subscribe>[0]) => {
        counts.listeners++
        const stop = bus.subscribe(hear)
        return () => {
          counts.listeners--
          stop()
        }
      },
    },
  }
}

function server(options: object) {
  const mcp = quietServer({ askTimeout: 50_000, ...options })
  const release = deferred<string>()
  mcp.tool(
    { name: "who" },
    async (_, ctx) => (await ctx.elicit("Who?", z.object({ name: z.string() }))).action,
  )
  mcp.tool({ name: "wait" }, (_, ctx) => {
    ctx.progress(1)
    return release.promise
  })
  mcp.tool({ name: "leave" }, (_, ctx) => {
    ctx.closeStream()
    return release.promise
  })
  return { mcp, release: () => release.resolve("done") }
}

describeEntries("sessions that are over", (serve) => {
  let timers: ReturnType<typeof vi.spyOn>
  let cleared: ReturnType<typeof vi.spyOn>
  beforeEach(() => {
    timers = vi.spyOn(globalThis, "setTimeout")
    cleared = vi.spyOn(globalThis, "clearTimeout")
  })
  afterEach(() => vi.restoreAllMocks())

  /** How many timers of so many milliseconds were set and not cleared. */
  function left(ms: number): number {
    const done = new Set(cleared.mock.calls.map(([timer]: readonly unknown[]) => timer))
    return timers.mock.calls.filter(
      ([, after]: readonly unknown[], n: number) => after === ms && !done.has(timers.mock.results[n]?.value),
    ).length
  }

  it("leave nothing behind: no listener, no event, no timer", async () => {
    const { sessions, counts } = countedSessions()
    const bus = countedBus()
    const { mcp, release } = server({ http: { sessions }, bus: bus.bus })
    const t = await serve(mcp)
    const ways = ["end", "answer", "cancel", "leave", "resume", "moved"] as const
    for (let n = 0; n < 60; n++) {
      const client = await join(t, { capabilities: { elicitation: {} } })
      const way = ways[n % ways.length]
      const standing = await client.listen()
      await standing.next()
      const stream = await client.stream(way === "resume" || way === "moved" ? "leave" : "who", {}, 9)
      const question = way === "resume" || way === "moved" ? undefined : await stream.message()
      if (way === "answer") await client.answer(question.id, { action: "decline" })
      if (way === "cancel") await client.notify("notifications/cancelled", { requestId: 9 })
      if (way === "leave") stream.leave()
      if (way === "resume" || way === "moved") {
        await stream.rest()
        const back = await client.listen(stream.last)
        const other = await client.listen(stream.last)
        if (way === "moved") back.leave()
        if (way === "moved") other.leave()
      }
      if (n % 2 === 0) standing.leave()
      if (n % 4 === 0) {
        await turn()
        ;(await client.listen(standing.last)).leave()
      }
      await client.end()
    }
    release()
    for (let n = 0; n < 20; n++) await turn()
    expect(await counts()).toEqual({ stored: 0, listeners: 0, kept: 0 })
    expect(bus.counts.listeners).toBe(0)
    expect(left(50_000)).toBe(0)
    // The grace of lost streams; one more renews sessions of which something is under way.
    expect(left(60_000)).toBeLessThanOrEqual(1)
  })

  it("give back the places they took", async () => {
    const { mcp, release } = server({ http: { maxRequests: 4 } })
    const t = await serve(mcp)
    for (let n = 0; n < 12; n++) {
      const client = await join(t, { capabilities: { elicitation: {} } })
      const standing = await client.listen()
      if (n % 2 === 0) standing.leave()
      const stream = await client.stream(n % 3 === 0 ? "leave" : "who")
      await stream.next()
      if (n % 3 !== 1) stream.leave()
      expect((await client.end()).status).toBe(204)
      for (let m = 0; m < 5; m++) await turn()
    }
    release()
    const client = await join(t)
    const places = await Promise.all([client.listen(), client.request("ping"), client.request("ping")])
    expect(places.map((place) => ("status" in place ? place : place.answer).status)).toEqual([200, 200, 200])
    await client.end()
  })

  it("or whose calls are, have nobody listening for them", async () => {
    const { sessions, counts } = countedSessions()
    const { mcp, release } = server({ http: { sessions } })
    const t = await serve(mcp)
    for (let n = 0; n < 20; n++) {
      const client = await join(t)
      const stream = await client.stream("wait")
      await stream.message()
      stream.leave()
    }
    expect((await counts()).listeners).toBe(20)
    release()
    for (let n = 0; n < 20; n++) await turn()
    expect((await counts()).listeners).toBe(0)
  })
})
