import { afterEach, describe, expect, it, vi } from "vitest"
import type { Connection } from "../../src/client/connection.ts"
import type { FleetMCP } from "../../src/index.ts"
import { createPrincipal } from "../../src/protocol/principal.ts"
import { Pool } from "../../src/providers/proxy-pool.ts"
import { opened } from "../support/connecting.ts"
import { fronting, overHttp } from "../support/proxying.ts"
import { quietServer } from "../support/server.ts"

afterEach(() => void vi.useRealTimers())

/** A server that remembers in sessions, and how many were opened. */
function remembering(): { readonly mcp: FleetMCP; readonly sessions: Set<string> } {
  const mcp = quietServer()
  const sessions = new Set<string>()
  mcp.use({
    callTool: (call, next) => {
      if (call.exchange.session !== undefined) sessions.add(call.exchange.session.id)
      return next()
    },
  })
  mcp.tool({ name: "count" }, async (_, ctx) => {
    const count = Number((await ctx.state.get("count")) ?? 0) + 1
    await ctx.state.set("count", count)
    return count
  })
  return { mcp, sessions }
}

/** Who says by a header who he is. */
const bearer = async (headers: { get(name: string): string | undefined }) => {
  const subject = headers.get("authorization")?.slice(7)
  return subject === undefined ? undefined : createPrincipal({ subject })
}

const count = async (connection: Connection): Promise<unknown> => {
  const { structuredContent, content } = await connection.request("tools/call", {
    name: "count",
    arguments: {},
  })
  return structuredContent ?? content
}

describe("sessions at an upstream", () => {
  it.each(["session", "stateless"] as const)("are of one principal each, for %s clients", async (era) => {
    const { mcp, sessions } = remembering()
    const front = fronting(await overHttp(mcp), { era: "session" }, { auth: authenticator() })
    const url = await overHttp(front)
    const [ada, bob] = await Promise.all(
      ["ada", "bob"].map((name) => opened(url, { era, headers: { authorization: `Bearer ${name}` } })),
    )
    if (ada === undefined || bob === undefined) throw new TypeError()
    await count(ada)
    expect(await count(ada)).toEqual(await twice())
    expect(await count(bob)).toEqual(await once())
    expect(sessions.size).toBe(2)
  })

  it("are of one client each where nobody has a name", async () => {
    const { mcp, sessions } = remembering()
    const url = await overHttp(fronting(await overHttp(mcp), { era: "session" }))
    const clients = await Promise.all([1, 2].map(() => opened(url, { era: "session" })))
    for (const client of clients) expect(await count(client)).toEqual(await once())
    expect(sessions.size).toBe(2)
  })

  it("are of one call each where nothing tells clients apart", async () => {
    const { mcp } = remembering()
    const url = await overHttp(fronting(await overHttp(mcp), { era: "session" }))
    const client = await opened(url, { era: "stateless" })
    expect(await count(client)).toEqual(await once())
    expect(await count(client)).toEqual(await once())
  })

  it("are one where they are said to be shared", async () => {
    const { mcp, sessions } = remembering()
    const url = await overHttp(fronting(await overHttp(mcp), { era: "session", identity: "shared" }))
    const clients = await Promise.all([1, 2].map(() => opened(url, { era: "stateless" })))
    for (const client of clients) await count(client)
    expect(sessions.size).toBe(1)
  })

  it("differ by what a client can do", async () => {
    const { mcp, sessions } = remembering()
    const front = fronting(mcp, { era: "session" })
    for (const capabilities of [{}, { elicitation: {} }, {}])
      await count(await opened(front, { era: "stateless", capabilities }))
    expect(sessions.size).toBe(2)
  })
})

async function once(): Promise<unknown> {
  const { mcp } = remembering()
  return count(await opened(mcp, { era: "session" }))
}

async function twice(): Promise<unknown> {
  const { mcp } = remembering()
  const connection = await opened(mcp, { era: "session" })
  await count(connection)
  return count(connection)
}

function authenticator() {
  return { authenticate: async ({ headers }: never) => bearer(headers) } as never
}

/** A connection that is only known to be open. */
function fake(era: "session" | "stateless") {
  const listeners = new Set<(reason: Error) => void>()
  const connection = {
    era,
    ended: undefined as Error | undefined,
    onClose: (listener: (reason: Error) => void) => {
      listeners.add(listener)
      return () => void listeners.delete(listener)
    },
    close: async () => connection.end(new Error("closed")),
    end: (reason: Error) => {
      if (connection.ended !== undefined) return
      connection.ended = reason
      for (const listener of listeners) listener(reason)
    },
  }
  return connection
}

function pool(
  era: "session" | "stateless",
  options: { readonly max?: number; readonly fails?: () => boolean } = {},
) {
  let time = 0
  const made: ReturnType<typeof fake>[] = []
  const kept = new Pool({
    upstream: "up",
    open: async () => {
      if (options.fails?.()) throw new Error("nobody there")
      const connection = fake(era)
      made.push(connection)
      return connection as unknown as Connection
    },
    onNotification: () => undefined,
    max: options.max ?? 10,
    idleMs: 1000,
    now: () => time,
    random: () => 0.5,
  })
  const pass = (ms: number) => {
    time += ms
  }
  return { kept, made, pass }
}

const caller = (identity: string, capabilities: object = {}) => ({
  identity,
  capabilities,
  headersKey: "",
  headers: {},
  isOnce: identity.startsWith("x:"),
})

describe("a pool", () => {
  it("gives sessions to nobody else", async () => {
    const { kept } = pool("session")
    const leases = await Promise.all(["p:a", "p:b", "p:a"].map((each) => kept.lease(caller(each))))
    expect(new Set(leases.map(({ connection }) => connection)).size).toBe(2)
    expect(kept.size).toBe(2)
  })

  it("shares what has no sessions, once that is known", async () => {
    const { kept, made } = pool("stateless")
    const leases = await Promise.all(["p:a", "p:b", "p:a"].map((each) => kept.lease(caller(each))))
    expect(new Set(leases.map(({ connection }) => connection)).size).toBe(1)
    expect(kept.size).toBe(1)
    expect(made.filter(({ ended }) => ended === undefined)).toHaveLength(1)
  })

  it("does not share a session of an upstream that was without sessions before", async () => {
    let era: "session" | "stateless" = "stateless"
    const made: ReturnType<typeof fake>[] = []
    const kept = new Pool({
      upstream: "up",
      open: async () => {
        const connection = fake(era)
        made.push(connection)
        return connection as unknown as Connection
      },
      onNotification: () => undefined,
      max: 10,
      idleMs: 1000,
      now: () => 1e9,
      random: () => 0,
    })
    ;(await kept.lease(caller("p:a"))).release()
    era = "session"
    await kept.close()
    const leases = await Promise.all(["p:a", "p:b"].map((each) => kept.lease(caller(each))))
    expect(new Set(leases.map(({ connection }) => connection)).size).toBe(2)
  })

  it("closes what nobody uses for a while, and what is used once at once", async () => {
    vi.useFakeTimers()
    const { kept, made } = pool("session")
    const lease = await kept.lease(caller("p:a"))
    ;(await kept.lease(caller("x:1"))).release()
    expect(made[1]?.ended).toBeDefined()
    lease.release()
    lease.release()
    vi.advanceTimersByTime(999)
    expect(kept.size).toBe(1)
    vi.advanceTimersByTime(1)
    expect([kept.size, made[0]?.ended?.message]).toEqual([0, "closed"])
  })

  it("has so many at most, and closes idle ones for new ones", async () => {
    const { kept, made } = pool("session", { max: 2 })
    const first = await kept.lease(caller("p:a"))
    await kept.lease(caller("p:b"))
    await expect(kept.lease(caller("p:c"))).rejects.toMatchObject({ code: "UPSTREAM_BUSY" })
    first.release()
    await kept.lease(caller("p:c"))
    expect([kept.size, made[0]?.ended === undefined]).toEqual([2, false])
  })

  it("opens another one when one is lost", async () => {
    const { kept, made, pass } = pool("session")
    const before = await kept.lease(caller("p:a"))
    pass(10_000)
    made[0]?.end(new Error("lost"))
    const after = await kept.lease(caller("p:a"))
    expect(after.connection).not.toBe(before.connection)
    // The end of the use of the old one is none of the new one.
    before.release()
    expect(kept.size).toBe(1)
  })

  it("waits longer and longer before it connects again", async () => {
    let isDown = true
    const { kept, pass } = pool("session", { fails: () => isDown })
    const attempt = () =>
      kept.lease(caller("p:a")).then(
        () => "open",
        (error) => error.cause.message,
      )
    expect(await attempt()).toBe("nobody there")
    pass(499)
    isDown = false
    // Not tried: what it said last is said again.
    expect(await attempt()).toBe("nobody there")
    pass(1)
    expect(await attempt()).toBe("open")
  })

  it("does not start what ends at once in a loop", async () => {
    const { kept, made } = pool("session")
    await kept.lease(caller("p:a"))
    made[0]?.end(new Error("crashed"))
    await expect(kept.lease(caller("p:a"))).rejects.toMatchObject({ code: "UPSTREAM_DOWN" })
    expect(made).toHaveLength(1)
  })
})
