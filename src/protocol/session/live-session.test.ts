import { afterEach, beforeEach, describe, expect, it, vi } from "vitest"
import { silentChannel } from "../../../test/support/channel.ts"
import { LiveSessions } from "./live-session.ts"
import { memorySessions } from "./memory-sessions.ts"
import type { SessionData, Sessions } from "./session.ts"
import { SessionStream } from "./stream.ts"

const data: SessionData = {
  id: "s",
  owner: "",
  revision: "2025-11-25",
  capabilities: {},
  info: undefined,
  logLevel: undefined,
  subscriptions: [],
}

const channel = silentChannel()

const newStream = ({ link }: Sessions) =>
  new SessionStream({ session: "s", channel, link, primes: true, onError: () => undefined })

/** Sessions on the fake clock, of which one is there. */
async function one() {
  const sessions = memorySessions({ idleMs: 150_000 })
  await sessions.store.create(data)
  const errors: unknown[] = []
  const live = new LiveSessions(sessions, (error) => errors.push(error))
  const call = { abort: vi.fn() }
  return { sessions, live, errors, call, enter: () => live.get("s").enter(1, call, newStream(sessions)) }
}

describe("a session of which something is under way", () => {
  beforeEach(() => void vi.useFakeTimers())
  afterEach(() => void vi.useRealTimers())

  it("is not idle, however long its call takes", async () => {
    const { sessions, enter } = await one()
    const leave = enter()
    await vi.advanceTimersByTimeAsync(1_000_000)
    expect(sessions.store.get("s")).toBeDefined()
    leave()
    await vi.advanceTimersByTimeAsync(1_000_000)
    expect([sessions.store.get("s"), vi.getTimerCount()]).toEqual([undefined, 0])
  })

  it("is ended here when it was deleted elsewhere without a word", async () => {
    const { sessions, enter, call } = await one()
    enter()
    await sessions.store.delete("s")
    await vi.advanceTimersByTimeAsync(60_000)
    expect(call.abort).toHaveBeenCalledWith("cancel")
  })

  it("is the same as long as it is, and another afterwards", async () => {
    const { live, enter } = await one()
    const session = live.get("s")
    const leave = enter()
    expect(live.get("s")).toBe(session)
    leave()
    leave()
    expect(live.get("s")).not.toBe(session)
  })

  it("hears of nothing any more when nothing is under way", async () => {
    const { sessions, live, call, enter } = await one()
    const session = live.get("s")
    const stops = [
      enter(),
      session.await("a", () => undefined),
      session.onEnd(() => undefined),
      session.claim({ stream: undefined, by: "me", end: () => undefined }),
      session.resume({ stream: "r1", hear: () => undefined, catchUp: () => undefined }),
    ]
    for (const stop of stops) {
      expect(live.get("s")).toBe(session)
      stop()
    }
    expect(live.get("s")).not.toBe(session)
    sessions.link.send("s", { kind: "cancel", requestId: 1 })
    expect(call.abort).not.toHaveBeenCalled()
  })

  it("keeps nothing of who only waits for its end, once it has ended", async () => {
    const { sessions, live } = await one()
    const session = live.get("s")
    const run = vi.fn()
    session.onEnd(run)
    sessions.link.send("s", { kind: "end" })
    sessions.link.send("s", { kind: "end" })
    expect(run).toHaveBeenCalledTimes(1)
    expect(live.get("s")).not.toBe(session)
  })

  it("leaves no timer behind, whichever ends first: itself, or its last call", async () => {
    for (const order of ["session", "call"]) {
      const sessions = memorySessions({ idleMs: Number.POSITIVE_INFINITY })
      const live = new LiveSessions(sessions, () => undefined)
      const leave = live.get("s").enter(1, { abort: () => undefined }, newStream(sessions))
      live.get("s").onEnd(() => undefined)
      const ends = [leave, () => sessions.link.send("s", { kind: "end" })]
      for (const end of order === "call" ? ends : ends.reverse()) end()
      expect(vi.getTimerCount()).toBe(0)
    }
  })

  it("cancels by the id as it was sent: a number is no text", async () => {
    const { sessions, call, enter } = await one()
    enter()
    sessions.link.send("s", { kind: "cancel", requestId: "1" })
    sessions.link.send("s", { kind: "cancel", requestId: 2 })
    expect(call.abort).not.toHaveBeenCalled()
  })

  it("reports a link that fails, and goes on", async () => {
    const { sessions, errors } = await one()
    const send = () => Promise.reject(new TypeError("down"))
    // The rest of it is not asked for.
    const link = { subscribe: () => () => undefined, send } as unknown as Sessions["link"]
    const broken = new LiveSessions({ ...sessions, link }, (error) => errors.push(error))
    broken.tell("s", { kind: "end" })
    await vi.advanceTimersByTimeAsync(0)
    expect(errors).toEqual([new TypeError("down")])
  })
})
