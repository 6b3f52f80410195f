import { expect, it, vi } from "vitest"
import * as z from "zod"
import { memoryEventBus, UrlElicitationRequired } from "../../src/index.ts"
import { memorySessions } from "../../src/protocol/session/memory-sessions.ts"
import type { Sessions } from "../../src/protocol/session/session.ts"
import { describeEntries, turn } from "../http/entries.ts"
import { deferred, quietServer } from "../http/server.ts"
import { join, type Message, type SessionClient } from "../http/session-client.ts"

const name = z.object({ name: z.string() })

/** What is kept elsewhere: every answer takes its time, `keepTurns` where something is to be kept. */
function slow({ store, link }: Sessions, keepTurns = 1): Sessions {
  const later = async <T>(run: () => T | Promise<T>, count = 1): Promise<T> => {
    await turns(count)
    const value = await run()
    await turns(count)
    return value
  }
  return {
    store: {
      create: (session) => later(() => store.create(session)),
      get: (id) => later(() => store.get(id)),
      update: (id, change) => later(() => store.update(id, change)),
      delete: (id) => later(() => store.delete(id)),
    },
    link: {
      send: (session, signal) => later(() => link.send(session, signal)),
      // Who listens hears of it later than who sends believes.
      subscribe: (session, hear) => link.subscribe(session, (signal) => void setImmediate(hear, signal)),
      keep: (session, event) => later(() => link.keep(session, event), keepTurns),
      since: (session, id) => later(() => link.since(session, id)),
      forget: (session) => later(() => link.forget(session)),
    },
  }
}

/** A server with a call that says a number each time any replica is told to. */
function replica(sessions: Sessions, bus = memoryEventBus()) {
  const mcp = quietServer({ bus, http: { sessions } })
  const started = deferred<AbortSignal>()
  const done = deferred<string>()
  let said = 0
  let say: () => void = () => undefined
  mcp.tool({ name: "count" }, (_, ctx) => {
    say = () => ctx.progress(++said)
    started.resolve(ctx.signal)
    return done.promise
  })
  mcp.tool({ name: "poll" }, (_, ctx) => {
    ctx.progress(1)
    ctx.closeStream(10)
    say = () => ctx.progress(++said + 1)
    started.resolve(ctx.signal)
    return done.promise
  })
  mcp.tool({ name: "sign_in" }, () => {
    const page = { message: "Sign in", url: "https://example.com/sign-in", elicitationId: "ours" }
    throw new UrlElicitationRequired([page])
  })
  mcp.tool({ name: "who" }, async (_, ctx) => {
    const answer = await ctx.elicit("Who?", name)
    return answer.action === "accept" ? answer.data.name : answer.action
  })
  const charge = vi.fn(() => "charged")
  mcp.tool({ name: "order" }, async (_, ctx) => {
    for (const question of ["Your name?", "Which size?", "Pay?"]) await ctx.elicit(question, z.object({}))
    return ctx.step("charge", charge)
  })
  return { mcp, charge, started: started.promise, say: () => say(), finish: () => done.resolve("done") }
}

async function turns(count = 30): Promise<void> {
  for (let n = 0; n < count; n++) await turn()
}

const said = (messages: readonly Message[]) =>
  messages.map(({ params, result }) => params?.progress ?? (result === undefined ? "?" : "result"))

const kinds: readonly (readonly [string, () => Sessions])[] = [
  ["at once", () => memorySessions()],
  ["with time", () => slow(memorySessions())],
  ["with more time to keep than to tell", () => slow(memorySessions(), 7)],
]

describeEntries("two replicas", (serve) => {
  /** A client whose door is one replica, the same client at the other, and what each of them runs. */
  async function pair(sessions: Sessions, capabilities: object = { elicitation: {} }) {
    const bus = memoryEventBus()
    const [a, b] = [replica(sessions, bus), replica(sessions, bus)]
    const atA = await join(await serve(a.mcp), { capabilities: { ...capabilities } })
    return { a, b, atA, atB: atA.at(await serve(b.mcp)) }
  }

  it.each(kinds)("that share sessions %s serve the same ones", async (_, make) => {
    const { atA, atB } = await pair(make())
    expect((await atB.request("ping", {}, 1)).json.result).toEqual({})
    await atB.request("logging/setLevel", { level: "error" }, 2)
    await atA.end()
    expect((await atB.request("ping", {}, 3)).status).toBe(404)
  })

  it.each(kinds)("that share sessions %s bring answers to who asked", async (_, make) => {
    const { atA, atB } = await pair(make())
    const stream = await atA.stream("who", {}, 1)
    const { id } = await stream.message()
    await atB.answer(id, { action: "accept", content: { name: "Ada" } })
    expect(await stream.rest()).toMatchObject([{ id: 1, result: { content: [{ text: "Ada" }] } }])
  })

  it.each(kinds)(
    "that share sessions %s charge a card once though each answer comes to both",
    async (_, make) => {
      const { a, b, atA, atB } = await pair(make())
      const stream = await atA.stream("order", {}, 1)
      for (let question = 0; question < 3; question++) {
        const { id } = await stream.message()
        await Promise.all([atA, atB].map((client) => client.answer(id, { action: "accept", content: {} })))
      }
      expect(await stream.rest()).toMatchObject([{ id: 1, result: { content: [{ text: "charged" }] } }])
      expect([a.charge.mock.calls.length, b.charge.mock.calls.length]).toEqual([1, 0])
    },
  )

  it.each(kinds)("that share sessions %s cancel each other's calls", async (_, make) => {
    const { a, atA, atB } = await pair(make())
    const call = atA.start("count", {}, 1)
    const signal = await a.started
    await atB.notify("notifications/cancelled", { requestId: 1 })
    expect((await call.answer).status).toBe(202)
    expect(signal.reason).toMatchObject({ reason: "cancel" })
  })

  it.each(kinds)("that share sessions %s tell changes of one on streams of the other", async (_, make) => {
    const { a, atA, atB } = await pair(make())
    const stream = await atB.listen()
    await turns()
    await atA.request("resources/subscribe", { uri: "docs://guide" }, 1)
    a.mcp.resource("docs://guide", () => "text")
    expect((await stream.message()).method).toBe("notifications/resources/list_changed")
    stream.leave()
  })

  it.each(kinds)("that share sessions %s tell who was asked that a page is done", async (_, make) => {
    const { b, atA } = await pair(make(), { elicitation: { url: {} } })
    const stream = await atA.listen()
    await turns()
    expect((await atA.request("tools/call", { name: "sign_in" }, 1)).json.error.code).toBe(-32042)
    b.mcp.elicitationComplete("ours")
    expect((await stream.message()).params).toEqual({ elicitationId: "ours" })
    stream.leave()
  })

  it.each(kinds)("that share sessions %s have one stream for what belongs to no request", async (_, make) => {
    const { a, atA, atB } = await pair(make())
    const first = await atA.listen()
    await turns()
    const second = await atB.listen()
    expect(await first.rest()).toEqual([])
    a.mcp.tool({ name: "more" }, () => 1)
    await turns()
    await atA.end()
    expect(await second.rest()).toMatchObject([{ method: "notifications/tools/list_changed" }])
  })

  it.each(kinds)("that share sessions %s hand over what was missed", async (_, make) => {
    const { a, atA, atB } = await pair(make())
    const lost = await atA.listen()
    await lost.next()
    lost.leave()
    await turns()
    a.mcp.tool({ name: "more" }, () => 1)
    await turns()
    const back = await atB.listen(lost.last)
    expect((await back.message()).method).toBe("notifications/tools/list_changed")
    await atB.end()
    expect(await back.rest()).toEqual([])
  })

  it.each(kinds)(
    "that share sessions %s end each other's calls and streams with a session",
    async (_, make) => {
      const { a, atA, atB } = await pair(make())
      const stream = await atA.listen()
      const call = atA.start("count")
      const signal = await a.started
      expect((await atB.end()).status).toBe(204)
      expect(await (await call.answer).next()).toBeUndefined()
      expect(await stream.rest()).toEqual([])
      expect(signal.aborted).toBe(true)
    },
  )

  it.each(kinds)("that share sessions %s read on what the other has let go", async (_, make) => {
    const { a, atA, atB } = await pair(make())
    const stream = await atA.stream("poll")
    await a.started
    expect(said(await stream.rest())).toEqual([1])
    const back = await atB.listen(stream.last)
    await sayOften(a.say, 5)
    a.finish()
    expect(said(await back.rest())).toEqual([2, 3, 4, 5, 6, "result"])
  })

  it.each(kinds)("that share sessions %s read on what was lost at the other", async (_, make) => {
    const { a, atA, atB } = await pair(make())
    const lost = await startCounting(atA, a)
    lost.leave()
    await turns()
    a.say()
    const back = await atB.listen(lost.last)
    a.say()
    a.finish()
    expect(said(await back.rest())).toEqual([2, 3, "result"])
  })

  it.each(kinds)("that share sessions %s lose nothing while a client moves about", async (_, make) => {
    const { a, atA, atB } = await pair(make())
    let stream = await startCounting(atA, a)
    const heard: unknown[] = []
    for (let move = 0; move < 12; move++) {
      const door = move % 2 === 0 ? atB : atA
      // Half of the time the old connection is there still, and things are said while the new one is made.
      if (move % 3 === 0) stream.leave()
      const opening = door.listen(stream.last)
      await sayOften(a.say, 4)
      const back = await opening
      a.say()
      heard.push((await back.message()).params.progress)
      stream = back
    }
    a.finish()
    expect([...heard, ...said(await stream.rest())]).toEqual([
      ...Array.from({ length: 60 }, (_none, n) => n + 2),
      "result",
    ])
  })
})

async function startCounting(client: SessionClient, { started, say }: ReturnType<typeof replica>) {
  const opened = client.stream("count")
  await started
  say()
  const stream = await opened
  await stream.message()
  return stream
}

/** Some at once, some one after the other. */
async function sayOften(say: () => void, count: number): Promise<void> {
  for (let n = 0; n < count; n++) {
    say()
    if (n % 2 === 1) await turn()
  }
}
