import { expect, it } from "vitest"
import { memorySessions } from "../../src/protocol/session/memory-sessions.ts"
import { describeEntries } from "./entries.ts"
import { deferred, sampleServer } from "./server.ts"
import { join } from "./session-client.ts"

describeEntries("sessions in memory", (serve) => {
  it("are forgotten when they are idle for too long", async () => {
    let now = 0
    const sessions = memorySessions({ idleMs: 1000, now: () => now })
    const t = await serve(sampleServer({ http: { sessions } }))
    const client = await join(t)
    now = 900
    expect((await client.request("ping")).status).toBe(200)
    now = 1900
    expect((await client.request("ping")).status).toBe(200)
    now = 2901
    expect((await client.request("ping")).status).toBe(404)
  })

  it("end their streams and calls when they are forgotten", async () => {
    let now = 0
    const sessions = memorySessions({ idleMs: 1000, now: () => now })
    const mcp = sampleServer({ http: { sessions } })
    const started = deferred<AbortSignal>()
    mcp.tool({ name: "wait" }, (_, ctx) => {
      started.resolve(ctx.signal)
      return new Promise<string>(() => undefined)
    })
    const t = await serve(mcp)
    const client = await join(t)
    const stream = await client.listen()
    const call = client.start("wait")
    const signal = await started.promise
    now = 1001
    await join(t)
    expect(await stream.rest()).toEqual([])
    expect(await (await call.answer).next()).toBeUndefined()
    expect(signal.aborted).toBe(true)
  })

  it("give way to new ones when there are too many, those first that were not used for longest", async () => {
    const t = await serve(sampleServer({ http: { sessions: memorySessions({ max: 2 }) } }))
    const first = await join(t)
    const second = await join(t)
    const stream = await second.listen()
    await first.request("ping")
    const third = await join(t)
    expect(await stream.rest()).toEqual([])
    const statuses = await Promise.all([first, second, third].map((client) => client.request("ping")))
    expect(statuses.map(({ status }) => status)).toEqual([200, 404, 200])
  })

  it("are those of all servers that share them", async () => {
    const sessions = memorySessions()
    const client = await join(await serve(sampleServer({ http: { sessions } })))
    const other = client.at(await serve(sampleServer({ http: { sessions } })))
    const alone = client.at(await serve(sampleServer()))
    expect([(await other.request("ping")).status, (await alone.request("ping")).status]).toEqual([200, 404])
  })

  it("are not opened by a GET that comes before them", async () => {
    const t = await serve(sampleServer())
    const opening = join(t)
    const early = await t.send({ method: "GET", headers: { "mcp-session-id": crypto.randomUUID() } })
    expect(early.status).toBe(404)
    expect((await (await opening).request("ping")).status).toBe(200)
  })
})
