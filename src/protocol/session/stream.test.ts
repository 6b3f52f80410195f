import { describe, expect, it } from "vitest"
import { silentChannel } from "../../../test/support/channel.ts"
import { memorySessions } from "./memory-sessions.ts"
import type { SessionLink, SessionSignal } from "./session.ts"
import { SessionStream, type StreamParts } from "./stream.ts"

/** A connection that writes down what it is told. */
function recorder() {
  const told: string[] = []
  const channel = silentChannel({
    send: (json, id) => void told.push(`send ${json} ${id?.replace(/^\w+/, "")}`),
    open: (id) => void told.push(`open ${id?.replace(/^\w+/, "")}`),
    close: (retryMs) => void told.push(`close ${retryMs}`),
  })
  return { told, channel }
}

function streamOn(link: SessionLink | undefined, parts: Partial<StreamParts> = {}) {
  const { told, channel } = recorder()
  const errors: unknown[] = []
  const onError = (error: unknown) => void errors.push(error)
  const stream = new SessionStream({ session: "s", channel, link, primes: true, onError, ...parts })
  return { stream, told, errors }
}

/** A link that keeps only when told to. */
function held() {
  const { link } = memorySessions()
  const waiting: (() => void)[] = []
  const keep: SessionLink["keep"] = (session, event) =>
    new Promise((resolve) => {
      waiting.push(() => resolve(link.keep(session, event)))
    })
  const release = async () => {
    for (let n = 0; n < 20; n++) {
      waiting.shift()?.()
      await undefined
    }
  }
  return { link: { ...bound(link), keep }, release }
}

const bound = (link: SessionLink): SessionLink => ({
  send: (session, signal) => link.send(session, signal),
  subscribe: (session, hear) => link.subscribe(session, hear),
  keep: (session, event) => link.keep(session, event),
  since: (session, id) => link.since(session, id),
  forget: (session) => link.forget(session),
})

describe("a stream of a session", () => {
  it("is opened by what is sent first, and ended by the answer", () => {
    const { stream, told } = streamOn(memorySessions().link)
    stream.send("1")
    stream.end("2")
    expect(told).toEqual(["open -0", "send 1 -1", "send 2 -2", "close undefined"])
  })

  it("sends nothing before it is kept, and all in order", async () => {
    const { link, release } = held()
    const { stream, told } = streamOn(link)
    stream.send("1")
    stream.send("2")
    expect(told).toEqual([])
    const ended = stream.end("3")
    await release()
    await ended
    expect(told).toEqual(["open -0", "send 1 -1", "send 2 -2", "send 3 -3", "close undefined"])
  })

  it("tells where it is read on what comes after the connection is lost, once that is kept", async () => {
    const { link, release } = held()
    const heard: SessionSignal[] = []
    link.subscribe("s", (signal) => heard.push(signal))
    const { stream } = streamOn(link)
    stream.send("1")
    await release()
    stream.detach()
    stream.send("2")
    expect(heard).toEqual([])
    await release()
    expect(heard).toMatchObject([{ kind: "event", event: { json: "2", isLast: false } }])
  })

  it("says that it was left when all that was said before is kept", async () => {
    const { link, release } = held()
    const heard: string[] = []
    link.subscribe("s", ({ kind }) => heard.push(kind))
    const { stream } = streamOn(link)
    stream.send("1")
    stream.handOver()
    stream.send("2")
    await release()
    expect(heard).toEqual(["event", "left", "event"])
  })

  it.each([
    [
      "throws",
      () => {
        throw new TypeError("down")
      },
    ],
    ["rejects", () => Promise.reject(new TypeError("down"))],
  ])("goes on where the link %s, and reports it", async (_, keep) => {
    const { stream, told, errors } = streamOn({ ...bound(memorySessions().link), keep })
    stream.send("1")
    await stream.end("2")
    expect(told).toEqual(["open -0", "send 1 -1", "send 2 -2", "close undefined"])
    expect(errors).toHaveLength(3)
  })

  it("keeps nothing of a session that is over", () => {
    const { link } = memorySessions()
    const kept: string[] = []
    const { stream, told } = streamOn({ ...bound(link), keep: (_, { id }) => void kept.push(id) })
    stream.send("1")
    stream.forget()
    stream.end(undefined)
    expect([kept.length, told.at(-1)]).toEqual([2, "close undefined"])
  })

  it("that was lost before anything was sent keeps nothing, and opens nothing", () => {
    const kept: string[] = []
    const { stream, told } = streamOn({
      ...bound(memorySessions().link),
      keep: (_, { id }) => void kept.push(id),
    })
    stream.detach()
    stream.end("1")
    expect([kept, told, stream.isTaken]).toEqual([[], [], true])
  })

  it("that must stay silent sends but the answer", () => {
    const { stream, told } = streamOn(memorySessions().link, { isMute: true })
    stream.send("1")
    expect([stream.isTaken, told]).toEqual([false, []])
  })

  it.each([
    ["nothing is kept", undefined, true],
    ["the client has no event id yet", memorySessions().link, false],
  ])("is not let go where %s", (_, link, primes) => {
    const { stream, told } = streamOn(link, { primes })
    stream.release(5)
    expect(told).toEqual([])
  })

  it("is over once", () => {
    const { stream, told } = streamOn(memorySessions().link)
    stream.end("1")
    stream.end("2")
    stream.send("3")
    stream.release(1)
    expect(told).toEqual(["open -0", "send 1 -1", "close undefined"])
  })
})
