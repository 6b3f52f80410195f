import { describe, expect, it } from "vitest"
import { silentChannel } from "../../../test/support/channel.ts"
import type { Abortable } from "../transport.ts"
import { LiveSessions } from "./live-session.ts"
import { memorySessions } from "./memory-sessions.ts"
import { type Reading, readOn } from "./read-on.ts"
import type { SessionLink, StreamEvent } from "./session.ts"

const event = (place: number, isLast = false): StreamEvent => ({
  id: `r1-${place}`,
  json: `${place}`,
  isLast,
})

/** A client that has come back for what follows the event 1. */
function reading(given: Partial<SessionLink> = {}) {
  const sessions = memorySessions()
  const { link } = sessions
  let listening = 0
  const whole: SessionLink = {
    send: (session, signal) => link.send(session, signal),
    subscribe: (session, hear) => {
      listening++
      const stop = link.subscribe(session, hear)
      return () => {
        listening--
        stop()
      }
    },
    keep: (session, kept) => link.keep(session, kept),
    since: (session, id) => link.since(session, id),
    forget: (session) => link.forget(session),
    ...given,
  }
  const told: string[] = []
  let call: Abortable | undefined
  const channel = silentChannel({
    send: (json) => void told.push(json),
    open: () => undefined,
    onDisconnect: (given) => {
      call = given
    },
  })
  const closing = new Set<() => void>()
  const onClose: Reading["onClose"] = (end) => {
    closing.add(end)
    return () => void closing.delete(end)
  }
  const live = new LiveSessions({ ...sessions, link: whole }, () => undefined).get("s")
  link.keep("s", event(1))
  const errors: unknown[] = []
  const onError = (error: unknown) => void errors.push(error)
  const reply = readOn({ session: "s", channel, last: "r1-1", link: whole, live, onClose, onError })
  const say = (place: number, isLast = false) =>
    link.send("s", { kind: "event", event: event(place, isLast) })
  return {
    link,
    told,
    errors,
    reply,
    say,
    closing,
    live,
    leave: () => call?.abort("disconnect"),
    open: () => listening,
  }
}

async function settle(): Promise<void> {
  for (let n = 0; n < 10; n++) await undefined
}

describe("who reads a stream on", () => {
  it("hears each event once, in order, however it comes", async () => {
    const t = reading()
    t.link.keep("s", event(2))
    await t.say(3)
    await settle()
    await t.say(3)
    await t.say(2)
    await t.say(4, true)
    await t.reply
    expect(t.told).toEqual(["2", "3", "4"])
  })

  it("looks up what was said on the old connection, when it hears of what came later", async () => {
    const t = reading()
    await settle()
    t.link.keep("s", event(2))
    t.link.keep("s", event(3))
    t.link.keep("s", event(4))
    await t.say(4)
    await t.say(5, true)
    await t.reply
    expect(t.told).toEqual(["2", "3", "4", "5"])
  })

  it("looks it up when the old connection is let go", async () => {
    const t = reading()
    await settle()
    t.link.keep("s", event(2))
    t.link.keep("s", event(3, true))
    await t.link.send("s", { kind: "left", stream: "r1" })
    await t.reply
    expect(t.told).toEqual(["2", "3"])
  })

  it("hears nothing of other streams", async () => {
    const t = reading()
    await settle()
    await t.link.send("s", { kind: "event", event: { id: "r2-2", json: "no", isLast: true } })
    await t.say(2, true)
    await t.reply
    expect(t.told).toEqual(["2"])
  })

  it.each<[string, (t: ReturnType<typeof reading>) => unknown]>([
    ["the last event was said", (t) => t.say(2, true)],
    ["the session ends", (t) => t.link.send("s", { kind: "end" })],
    ["the client leaves", (t) => t.leave()],
    ["another takes it", (t) => t.link.send("s", { kind: "taken", stream: "r1", by: "another" })],
    ["the server closes", (t) => [...t.closing].map((end) => end())],
  ])("is done when %s, and listens no more", async (_, end) => {
    const t = reading()
    await settle()
    await end(t)
    await t.reply
    expect([t.open(), t.closing.size]).toEqual([0, 0])
  })

  it.each(["since", "send"] as const)(
    "is done where `%s` of the link fails, and listens no more",
    async (name) => {
      const t = reading({ [name]: () => Promise.reject(new TypeError("down")) })
      await t.reply
      expect([t.errors, t.open(), t.closing.size]).toEqual([[new TypeError("down")], 0, 0])
    },
  )
})
