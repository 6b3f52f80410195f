import { describe, expect, it, onTestFinished, vi } from "vitest"
import { silentChannel } from "../../../test/support/channel.ts"
import type { Abortable } from "../transport.ts"
import { LiveSessions } from "./live-session.ts"
import { memorySessions } from "./memory-sessions.ts"
import { type Standing, stand } from "./stand.ts"
import { SessionStream } from "./stream.ts"

/** A client that listens, as the site makes it. */
function standing(given: Partial<Standing> = {}) {
  const sessions = memorySessions()
  const { link } = sessions
  const told: string[] = []
  const errors: unknown[] = []
  let call: Abortable | undefined
  let hear: ((json: string) => void) | undefined
  const channel = silentChannel({
    send: (json) => void told.push(json),
    open: () => undefined,
    close: () => void told.push("closed"),
    onDisconnect: (abortable) => {
      call = abortable
    },
  })
  const onError = (error: unknown) => void errors.push(error)
  const stream = new SessionStream({ session: "s", channel, link, primes: true, isStandalone: true, onError })
  const closing = new Set<() => void>()
  const live = new LiveSessions(sessions, onError).get("s")
  const reply = stand({
    channel,
    stream,
    isResumable: true,
    live,
    listen: (send) => {
      hear = send
      return () => {
        hear = undefined
      }
    },
    take: async () => [],
    onClose: (end) => {
      closing.add(end)
      return () => void closing.delete(end)
    },
    onError,
    ...given,
  })
  const say = (json: string) => hear?.(json)
  return {
    link,
    live,
    told,
    errors,
    reply,
    say,
    closing,
    leave: () => call?.abort("disconnect"),
    isHeard: () => hear !== undefined,
  }
}

async function settle(): Promise<void> {
  for (let n = 0; n < 10; n++) await undefined
}

describe("the stream for what belongs to no request", () => {
  it("gives what was missed before what is said meanwhile", async () => {
    const t = standing({ take: async () => ["1", "2"] })
    t.say("3")
    await settle()
    t.say("4")
    expect(t.told).toEqual(["1", "2", "3", "4"])
  })

  it("gives what is said where what was missed cannot be found, and reports that", async () => {
    const t = standing({ take: () => Promise.reject(new TypeError("down")) })
    t.say("1")
    await settle()
    expect([t.told, t.errors]).toEqual([["1"], [new TypeError("down")]])
  })

  it.each<[string, (t: ReturnType<typeof standing>) => unknown]>([
    ["the server closes", (t) => [...t.closing].map((end) => end())],
    ["the session is over", (t) => t.link.send("s", { kind: "end" })],
    ["another comes", (t) => t.live.claim({ stream: undefined, by: "other", end: () => undefined })],
  ])("ends when %s", async (_, end) => {
    const t = standing()
    await settle()
    end(t)
    expect(await t.reply).toEqual({ status: 200, body: undefined })
    expect([t.told, t.isHeard(), t.closing.size]).toEqual([["closed"], false, 0])
  })

  it("goes on unheard for a while when its client is lost", async () => {
    vi.useFakeTimers()
    onTestFinished(() => void vi.useRealTimers())
    const t = standing()
    await settle()
    t.leave()
    t.leave()
    await t.reply
    expect(t.isHeard()).toBe(true)
    vi.advanceTimersByTime(60_000)
    expect(t.isHeard()).toBe(false)
  })

  it("ends at once when a client is lost that could not come back", async () => {
    const t = standing({ isResumable: false })
    await settle()
    t.leave()
    expect(t.isHeard()).toBe(false)
  })

  it("heeds only who came after it", async () => {
    let by = ""
    const t = standing({
      take: async (own) => {
        by = own
        return []
      },
    })
    await settle()
    await t.link.send("s", { kind: "taken", stream: undefined, by: "earlier" })
    expect(t.isHeard()).toBe(true)
    await t.link.send("s", { kind: "taken", stream: undefined, by })
    expect(t.isHeard()).toBe(true)
    await t.link.send("s", { kind: "taken", stream: undefined, by: "later" })
    expect(t.isHeard()).toBe(false)
  })
})
