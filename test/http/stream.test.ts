import { expect, it } from "vitest"
import { createPrincipal } from "../../src/protocol/principal.ts"
import type { Abortable, Channel, MessageHandler, Reply } from "../../src/protocol/transport.ts"
import type { Authenticator } from "../../src/server/authenticator.ts"
import { describeEntries, type OpenAnswer, turn } from "./entries.ts"
import { callTool, eventsOf, rpc } from "./messages.ts"
import { deferred, ManualTimers, quietServer, sampleServer, servedOf } from "./server.ts"

const tracked = { meta: { progressToken: "p" } }
const done: Reply = { status: 200, body: '{"done":true}' }
const post = callTool("any")

/** A handler that hands its channel over and answers when told to. */
function manual() {
  const channel = deferred<Channel>()
  const reply = deferred<Reply>()
  const handler: MessageHandler = {
    handle(_message, given) {
      channel.resolve(given)
      return reply.promise
    },
  }
  return { handler, channel: channel.promise, answer: reply.resolve }
}

describeEntries("the stream of an answer", (serve, name) => {
  it("is opened only when something is sent before the answer", async () => {
    const t = await serve(sampleServer())
    const plain = await t.send(callTool("steps", { steps: 2 }))
    const streamed = await t.send(callTool("steps", { steps: 2 }, tracked))
    expect(plain.headers.get("content-type")).toBe("application/json")
    expect(streamed.headers.get("content-type")).toBe("text/event-stream")
  })

  it("has the headers that keep proxies from holding it back", async () => {
    const t = await serve(sampleServer())
    const { headers } = await t.send(callTool("steps", { steps: 1 }, tracked))
    expect([headers.get("x-accel-buffering"), headers.get("cache-control")]).toEqual([
      "no",
      "no-cache, no-transform",
    ])
  })

  it("carries what was sent, in order, then the answer, then ends", async () => {
    const t = await serve(sampleServer())
    const events = eventsOf((await t.send(callTool("steps", { steps: 3 }, tracked))).text)
    expect(events.slice(0, 3)).toMatchObject([1, 2, 3].map((progress) => ({ params: { progress } })))
    expect(events.slice(3)).toMatchObject([{ id: 1, result: { content: [{ text: "done" }] } }])
  })

  it("has events without ids", async () => {
    const t = await serve(sampleServer())
    expect((await t.send(callTool("steps", { steps: 3 }, tracked))).text).not.toMatch(/^id:/m)
  })

  it("carries what a synchronous handler sent", async () => {
    const handler: MessageHandler = {
      handle(_message, channel) {
        channel.send('{"n":1}')
        return done
      },
    }
    const t = await serve(servedOf({ handler }))
    expect(eventsOf((await t.send(post)).text)).toEqual([{ n: 1 }, { done: true }])
  })

  it("writes the events of one turn together", async () => {
    const { handler, channel, answer } = manual()
    const t = await serve(servedOf({ handler }))
    const opened = t.open(post)
    const { send } = bound(await channel)
    for (let n = 1; n <= 5; n++) send(`{"n":${n}}`)
    const stream = await opened
    expect(eventsOf((await stream.next()) ?? "")).toEqual([1, 2, 3, 4, 5].map((n) => ({ n })))
    answer(done)
  })

  it("writes the events of different turns as they come", async () => {
    const { handler, channel, answer } = manual()
    const t = await serve(servedOf({ handler }))
    const opened = t.open(post)
    const { send } = bound(await channel)
    send('{"n":1}')
    const stream = await opened
    expect(eventsOf((await stream.next()) ?? "")).toEqual([{ n: 1 }])
    send('{"n":2}')
    expect(eventsOf((await stream.next()) ?? "")).toEqual([{ n: 2 }])
    answer(done)
    expect(eventsOf((await stream.next()) ?? "")).toEqual([{ done: true }])
    expect(await stream.next()).toBeUndefined()
  })

  it("ends without an event where the answer has no body", async () => {
    const { handler, channel, answer } = manual()
    const t = await serve(servedOf({ handler }))
    const opened = t.send(post)
    bound(await channel).send('{"n":1}')
    await turn()
    answer({ status: 202, body: undefined })
    expect(eventsOf((await opened).text)).toEqual([{ n: 1 }])
  })

  it("keeps its status when the answer has another", async () => {
    const { handler, channel, answer } = manual()
    const t = await serve(servedOf({ handler }))
    const opened = t.send(post)
    bound(await channel).send('{"n":1}')
    answer({ status: 400, body: '{"late":true}', headers: { "x-a": "b" } })
    const { status, text } = await opened
    expect([status, eventsOf(text)]).toEqual([200, [{ n: 1 }, { late: true }]])
  })

  it("is cut, not answered with a status, when the handler breaks its promise after the first event", async () => {
    const handler: MessageHandler = {
      async handle(_message, channel) {
        channel.send('{"n":1}')
        await turn()
        throw new TypeError("never")
      },
    }
    const t = await serve(servedOf({ handler }))
    const stream = await t.open(post)
    expect(stream.status).toBe(200)
    await stream.next()
    await expect(stream.next()).rejects.toThrow()
  })

  it.each([
    [
      "throws",
      () => {
        throw new TypeError("secret")
      },
    ],
    ["rejects", () => Promise.reject(new TypeError("secret"))],
    ["answers headers that cannot be sent", () => ({ status: 200, body: "{}", headers: { "x-a": "a\nb" } })],
  ])("is no stream but a 500 when the handler %s before", async (_, handle) => {
    const t = await serve(servedOf({ handler: { handle } }))
    const { status, text } = await t.send(post)
    expect([status, text.includes("secret")]).toEqual([500, false])
  })

  it("gets a comment for every beat without an event", async () => {
    const timers = new ManualTimers()
    const { handler, channel, answer } = manual()
    const t = await serve(servedOf({ handler, every: timers.every }))
    const opened = t.open(post)
    bound(await channel).send('{"n":1}')
    const stream = await opened
    await stream.next()
    timers.beat()
    timers.beat()
    expect(await stream.next()).toBe(": keep-alive\n\n")
    answer(done)
    expect(await stream.until(/done/)).not.toContain("keep-alive")
  })

  it("gets no comment while events are sent", async () => {
    const timers = new ManualTimers()
    const { handler, channel, answer } = manual()
    const t = await serve(servedOf({ handler, every: timers.every }, { timeouts: { send: 60_000 } }))
    const opened = t.open(post)
    const { send } = bound(await channel)
    for (let n = 0; n < 3; n++) {
      send('{"n":1}')
      await turn()
      timers.beat()
    }
    answer(done)
    expect(await (await opened).until(/done/)).not.toContain("keep-alive")
  })

  it("has a timer only while it is open", async () => {
    const timers = new ManualTimers()
    const { handler, channel, answer } = manual()
    const t = await serve(servedOf({ handler, every: timers.every }))
    expect(timers.count).toBe(0)
    const opened = t.send(post)
    bound(await channel).send('{"n":1}')
    expect(timers.count).toBe(1)
    answer(done)
    await opened
    expect(timers.count).toBe(0)
  })

  it("has no timer any more when the client has left", async () => {
    const timers = new ManualTimers()
    const { handler, channel } = manual()
    const t = await serve(servedOf({ handler, every: timers.every }))
    const opened = t.open(post)
    const gone = deferred<void>()
    const given = await channel
    given.onDisconnect({ abort: () => gone.resolve() })
    given.send('{"n":1}')
    ;(await opened).leave()
    await gone.promise
    expect(timers.count).toBe(0)
  })

  it("shares one timer with all streams of a listener on node:http", async () => {
    const timers = new ManualTimers()
    const handlers = [manual(), manual()]
    let next = 0
    const handler: MessageHandler = {
      handle: (...args) => (handlers[next++] ?? manual()).handler.handle(...args),
    }
    const t = await serve(servedOf({ handler, every: timers.every }))
    const opened = handlers.map(() => t.send(post))
    for (const { channel } of handlers) bound(await channel).send("{}")
    expect(timers.count).toBe(name === "node" ? 1 : 2)
    for (const { answer } of handlers) answer(done)
    await Promise.all(opened)
    expect(timers.count).toBe(0)
  })

  it("tells a producer to wait while its reader is slow, and to go on afterwards", async () => {
    const { handler, channel, answer } = manual()
    const t = await serve(servedOf({ handler }))
    const opened = t.open(post)
    const given = await channel
    given.send("{}")
    const stream = await opened
    const event = JSON.stringify("x".repeat(64 * 1024))
    let sent = 0
    while (given.drained() === undefined && sent < 200) {
      given.send(event)
      sent++
      await turn()
    }
    const waits = given.drained()
    expect([sent < 200, waits instanceof Promise]).toEqual([true, true])
    for (let read = 0; read < sent * event.length; )
      read += (await stream.next())?.length ?? Number.POSITIVE_INFINITY
    await waits
    answer(done)
    await stream.until(/done/)
  })

  it("is cut when its reader lets megabytes wait", async () => {
    const { handler, channel } = manual()
    const t = await serve(servedOf({ handler }))
    const opened = t.open(post)
    const given = await channel
    const aborted = deferred<string>()
    given.onDisconnect({ abort: aborted.resolve })
    given.send("{}")
    await opened
    const event = JSON.stringify("x".repeat(1024 * 1024))
    for (let sent = 0; sent < 40; sent++) {
      given.send(event)
      await turn()
    }
    expect(await aborted.promise).toBe("disconnect")
  })

  it("is cut when its reader takes nothing for as long as `send` says", async () => {
    if (name === "node") return // there the connection itself is watched
    const timers = new ManualTimers()
    const { handler, channel } = manual()
    const t = await serve(
      servedOf({ handler, every: timers.every }, { keepAliveMs: 10, timeouts: { send: 30 } }),
    )
    const opened = t.open(post)
    const given = await channel
    const reasons: string[] = []
    given.onDisconnect({ abort: (reason) => void reasons.push(reason) })
    given.send('{"n":1}')
    const answer = await opened
    await answer.until(/"n":1/)
    // A reader that has taken all waits for us, not we for it.
    for (let n = 0; n < 10; n++) await beatAndRead(timers, answer)
    const event = JSON.stringify("x".repeat(1000))
    for (let n = 0; n < 100; n++) {
      given.send(event)
      await turn()
    }
    for (let n = 0; n < 3; n++) timers.beat()
    expect([reasons, timers.count]).toEqual([[], 1])
    timers.beat()
    expect([reasons, timers.count]).toEqual([["disconnect"], 0])
  })

  it("holds one turn of a handler that sends without end to the same bound", async () => {
    const { handler, channel } = manual()
    const t = await serve(servedOf({ handler }))
    const opened = t.open(post)
    const given = await channel
    const aborted = deferred<string>()
    given.onDisconnect({ abort: aborted.resolve })
    const event = JSON.stringify("x".repeat(1024 * 1024))
    for (let sent = 0; sent < 40; sent++) given.send(event)
    expect(await aborted.promise).toBe("disconnect")
    opened.catch(() => undefined)
  })
})

describeEntries("a client that leaves", (serve) => {
  it("aborts the call with the reason `disconnect`", async () => {
    const entered = deferred<void>()
    const reason = deferred<unknown>()
    const mcp = quietServer()
    mcp.tool({ name: "wait" }, (_, { signal }) => {
      entered.resolve()
      return new Promise<string>((resolve) => {
        signal.addEventListener("abort", () => {
          reason.resolve(signal.reason.reason)
          resolve("late")
        })
      })
    })
    const { answer, leave } = (await serve(mcp)).start(callTool("wait"))
    answer.catch(() => undefined)
    await entered.promise
    leave()
    expect(await reason.promise).toBe("disconnect")
  })

  it("aborts a streaming call too, and nothing more is sent", async () => {
    const reason = deferred<unknown>()
    const finished = deferred<void>()
    const mcp = quietServer()
    mcp.tool({ name: "wait" }, async (_, ctx) => {
      ctx.progress(1)
      await new Promise((resolve) => ctx.signal.addEventListener("abort", resolve))
      reason.resolve(ctx.signal.reason.reason)
      for (let n = 2; n < 100; n++) ctx.progress(n)
      finished.resolve()
    })
    const stream = await (await serve(mcp)).open(callTool("wait", {}, tracked))
    await stream.next()
    stream.leave()
    expect(await reason.promise).toBe("disconnect")
    await finished.promise
  })

  it("is not served when it left before its call began", async () => {
    const entered = deferred<void>()
    const checked = deferred<void>()
    let calls = 0
    const handler: MessageHandler = {
      handle() {
        calls++
        return done
      },
    }
    const authenticator: Authenticator = {
      async authenticate({ signal }) {
        entered.resolve()
        await new Promise((resolve) => signal.addEventListener("abort", resolve))
        checked.resolve()
        return createPrincipal({ subject: "ann" })
      },
    }
    const { answer, leave } = (await serve(servedOf({ handler, authenticator }))).start(post)
    const gone = answer.catch(() => "gone")
    await entered.promise
    leave()
    await checked.promise
    await gone
    await turn()
    expect(calls).toBe(0)
  })

  it("does not abort a call that is done", async () => {
    const signals: AbortSignal[] = []
    const mcp = quietServer()
    mcp.tool({ name: "quick" }, async (_, { signal }) => void signals.push(signal))
    const stream = await (await serve(mcp)).open(callTool("quick"))
    while ((await stream.next()) !== undefined);
    stream.leave()
    await turn()
    expect(signals.map(({ aborted }) => aborted)).toEqual([false])
  })

  it("ends its subscription", async () => {
    const mcp = sampleServer({ maxSubscriptions: 1 })
    const t = await serve(mcp)
    const listen = rpc("subscriptions/listen", { notifications: { toolsListChanged: true } })
    const first = await t.open(listen)
    await first.until(/acknowledged/)
    expect((await t.send(listen)).status).toBe(429)
    first.leave()
    let status = 429
    for (let tries = 0; status === 429 && tries < 100; tries++) {
      await turn()
      const again = await t.open(listen)
      status = again.status
      again.leave()
    }
    expect(status).toBe(200)
  })
})

/** A channel's `send`, by itself. */
function bound(channel: Channel): { readonly send: (json: string) => void } {
  const ignored: Abortable = { abort: () => undefined }
  channel.onDisconnect(ignored)
  return { send: (json) => channel.send(json) }
}

/** Beats, and takes the comment that keeps the stream open. */
async function beatAndRead(timers: ManualTimers, answer: OpenAnswer): Promise<void> {
  timers.beat()
  timers.beat()
  await answer.until(/keep-alive/)
}
