import { afterEach, describe, expect, it, vi } from "vitest"
import { type MemorySessionOptions, memorySessions } from "./memory-sessions.ts"
import type { SessionData, SessionSignal, StreamEvent } from "./session.ts"

const data = (id: string): SessionData => ({
  id,
  owner: "",
  revision: "2025-11-25",
  capabilities: {},
  info: undefined,
  logLevel: undefined,
  subscriptions: [],
})

const event = (id: string, json: string | undefined = "{}"): StreamEvent => ({ id, json, isLast: false })

const idsOf = (events: readonly StreamEvent[] | undefined) => events?.map(({ id }) => id)

/** Sessions on a clock of the test, with some in them. */
async function sessionsWith(ids: readonly string[], options: MemorySessionOptions = {}) {
  const clock = { now: 0 }
  const { store, link } = memorySessions({ idleMs: 1000, now: () => clock.now, ...options })
  for (const id of ids) await store.create(data(id))
  const present = async () => {
    const found = []
    for (const id of ["a", "b", "c", "d"]) if ((await store.get(id)) !== undefined) found.push(id)
    return found
  }
  return { clock, store, link, present }
}

describe("the store of sessions in memory", () => {
  it("gives what it was given, and what that was changed to", async () => {
    const { store } = await sessionsWith(["a"])
    expect(await store.update("a", (session) => ({ ...session, logLevel: "error" }))).toMatchObject({
      id: "a",
    })
    expect(await store.get("a")).toEqual({ ...data("a"), logLevel: "error" })
  })

  it("knows nothing of sessions that there are not", async () => {
    const { store } = await sessionsWith([])
    const change = vi.fn()
    expect([store.get("a"), store.update("a", change), store.delete("a")]).toEqual([
      undefined,
      undefined,
      false,
    ])
    expect(change).not.toHaveBeenCalled()
  })

  it("keeps a session as it was where its change throws", async () => {
    const { store } = await sessionsWith(["a"])
    const change = () => {
      throw new RangeError("no")
    }
    expect(() => store.update("a", change)).toThrow(RangeError)
    expect(store.get("a")).toEqual(data("a"))
  })

  it("forgets one that was deleted, once", async () => {
    const { store } = await sessionsWith(["a"])
    expect([store.delete("a"), store.delete("a"), store.get("a")]).toEqual([true, false, undefined])
  })

  it("forgets one that was idle for longer than it may, and tells who serves it", async () => {
    const { clock, store, link } = await sessionsWith(["a"])
    const heard: SessionSignal[] = []
    link.subscribe("a", (signal) => heard.push(signal))
    clock.now = 1000
    expect(store.get("a")).toBeDefined()
    clock.now = 2001
    expect(store.get("a")).toBeUndefined()
    expect(heard).toEqual([{ kind: "end" }])
  })

  it("makes room by forgetting the one that was not used for longest", async () => {
    const { store, present } = await sessionsWith(["a", "b", "c"], { max: 3 })
    store.get("a")
    store.update("b", (session) => session)
    store.create(data("d"))
    expect(await present()).toEqual(["a", "b", "d"])
  })

  it("never has more than it may, however many are opened", async () => {
    const ids = Array.from({ length: 1000 }, (_, n) => `s${n}`)
    const { store } = await sessionsWith(ids, { max: 10 })
    expect(ids.filter((id) => store.get(id) !== undefined)).toEqual(ids.slice(-10))
  })

  it("forgets what was kept of the streams of those it forgets", async () => {
    const { store, link } = await sessionsWith(["a"], { max: 1 })
    link.keep("a", event("r1-1"))
    store.create(data("b"))
    expect(link.since("a", "r1-1")).toBeUndefined()
  })

  describe("has timers:", () => {
    afterEach(() => vi.useRealTimers())

    it("one for all sessions, and none without", async () => {
      vi.useFakeTimers()
      const { store } = await sessionsWith(["a", "b", "c"], { now: Date.now })
      expect(vi.getTimerCount()).toBe(1)
      for (const id of ["a", "b", "c"]) store.delete(id)
      expect(vi.getTimerCount()).toBe(0)
    })

    it("the one forgets idle sessions that nobody asks for, and is then over", async () => {
      vi.useFakeTimers()
      const { link } = await sessionsWith(["a"], { now: Date.now })
      const heard: SessionSignal[] = []
      link.subscribe("a", (signal) => heard.push(signal))
      vi.advanceTimersByTime(2001)
      expect([heard.length, vi.getTimerCount()]).toEqual([1, 0])
    })

    it("none that keeps the process", async () => {
      const before = process.getActiveResourcesInfo().filter((name) => name === "Timeout").length
      const { store } = await sessionsWith(["a"])
      expect(process.getActiveResourcesInfo().filter((name) => name === "Timeout")).toHaveLength(before)
      store.delete("a")
    })

    it("none where sessions may idle for ever", async () => {
      vi.useFakeTimers()
      await sessionsWith(["a"], { idleMs: Number.POSITIVE_INFINITY })
      expect(vi.getTimerCount()).toBe(0)
    })
  })
})

describe("the link of sessions in memory", () => {
  it("tells all who listen for a session, and nobody else", async () => {
    const { link } = await sessionsWith([])
    const [one, other, stranger] = [vi.fn(), vi.fn(), vi.fn()]
    link.subscribe("a", one)
    link.subscribe("a", other)
    link.subscribe("b", stranger)
    link.send("a", { kind: "end" })
    expect([one, other, stranger].map(({ mock }) => mock.calls.length)).toEqual([1, 1, 0])
  })

  it("tells nobody who has stopped listening, also when they stop twice or while they hear", async () => {
    const { link } = await sessionsWith([])
    const hear = vi.fn()
    const stop = link.subscribe("a", hear)
    const stopInside = link.subscribe("a", () => stopInside())
    link.subscribe("a", hear)
    stop()
    stop()
    link.send("a", { kind: "end" })
    link.send("a", { kind: "end" })
    expect(hear).toHaveBeenCalledTimes(2)
  })

  it("gives an event and what followed it on its stream", async () => {
    const { link } = await sessionsWith([])
    for (const id of ["r1-0", "r2-0", "r1-1", "r2-1", "r1-2"]) link.keep("a", event(id))
    expect(idsOf(await link.since("a", "r1-1"))).toEqual(["r1-1", "r1-2"])
    expect(idsOf(await link.since("a", "r1-2"))).toEqual(["r1-2"])
  })

  it("gives what is left where an event is not kept any more", async () => {
    const { link } = await sessionsWith([], { maxEvents: 3 })
    for (let n = 0; n < 10; n++) link.keep("a", event(`r1-${n}`))
    expect(idsOf(await link.since("a", "r1-2"))).toEqual(["r1-7", "r1-8", "r1-9"])
  })

  it.each(["r1-10", "r2-0", "r1", "r1-", "r1-x", "r1--1", "", "-", "r1-1e999"])(
    "knows nothing of `%s`, which was never said",
    async (id) => {
      const { link } = await sessionsWith([])
      link.keep("a", event("r1-1"))
      expect([link.since("a", id), link.since("b", "r1-1")]).toEqual([undefined, undefined])
    },
  )

  it("keeps no more than so many messages of a session", async () => {
    const { link } = await sessionsWith([])
    for (let n = 0; n < 1000; n++) link.keep("a", event(`r1-${n}`))
    expect(await link.since("a", "r1-0")).toHaveLength(256)
  })

  // An event is counted with 128 characters more than it has.
  it("keeps no more characters of all, and lets go first of the session that said nothing for longest", async () => {
    const { link } = await sessionsWith([], { maxEventsSize: 1000 })
    link.keep("a", event("r1-1", "x".repeat(250)))
    link.keep("b", event("r2-1", "x".repeat(250)))
    link.keep("a", event("r1-2", "x".repeat(2)))
    link.keep("c", event("r3-1", "x".repeat(50)))
    expect(idsOf(await link.since("a", "r1-1"))).toEqual(["r1-1", "r1-2"])
    expect([link.since("b", "r2-1"), idsOf(await link.since("c", "r3-1"))]).toEqual([undefined, ["r3-1"]])
  })

  it("keeps nothing that is larger than all it may keep", async () => {
    const { link } = await sessionsWith([], { maxEventsSize: 1000 })
    link.keep("a", event("r1-1", "x".repeat(1001)))
    expect(link.since("a", "r1-1")).toBeUndefined()
    link.keep("a", event("r1-2"))
    expect(idsOf(await link.since("a", "r1-2"))).toEqual(["r1-2"])
  })

  it("has room again for what it forgot", async () => {
    const { link } = await sessionsWith([], { maxEventsSize: 1000 })
    for (let n = 0; n < 50; n++) {
      link.keep(`s${n}`, event("r1-1", "x".repeat(800)))
      link.forget(`s${n}`)
      link.forget(`s${n}`)
    }
    link.keep("a", event("r1-1", "x".repeat(350)))
    link.keep("b", event("r1-1", "x".repeat(350)))
    expect([link.since("a", "r1-1"), link.since("b", "r1-1")].every((events) => events !== undefined)).toBe(
      true,
    )
  })
})

describe("a store of sessions that is full", () => {
  it("lets go of a session of who has the most, whoever opens one more", async () => {
    const { store } = memorySessions({ max: 4 })
    const open = (owner: string, id: string) => store.create({ ...blank, id, owner })
    await open("ada", "a")
    for (const id of ["e1", "e2", "e3", "e4", "e5"]) await open("eve", id)
    const left = await Promise.all(["a", "e1", "e2", "e3", "e4", "e5"].map((id) => store.get(id)))
    expect(left.map((session) => session?.id)).toEqual(["a", undefined, undefined, "e3", "e4", "e5"])
  })
})

const blank = {
  revision: "2025-11-25",
  capabilities: {},
  info: undefined,
  logLevel: undefined,
  subscriptions: [],
} as const
