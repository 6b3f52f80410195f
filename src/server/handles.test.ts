import * as v from "valibot"
import { afterEach, describe, expect, it, vi } from "vitest"
import * as z from "zod"
import { quietServer } from "../../test/support/server.ts"
import type { Context } from "../components/context.ts"
import { sessionId, sessionTools } from "../components/session-tools.ts"
import { StorageFull } from "../errors/storage.ts"
import { createPrincipal, type Principal } from "../protocol/principal.ts"
import { memoryStorage } from "../storage/memory.ts"
import type { StorageDriver } from "../storage/storage.ts"

const ada = await createPrincipal({ subject: "ada" })
const bob = await createPrincipal({ subject: "bob" })

/** Calls of one server. */
function server(storage: StorageDriver = memoryStorage()) {
  const mcp = quietServer({ storage })
  let use: (ctx: Context) => Promise<unknown> = async () => undefined
  mcp.tool({ name: "t" }, async (_, ctx) => {
    await use(ctx)
    return "done"
  })
  return async <T>(as: Principal | undefined, run: (ctx: Context) => Promise<T>): Promise<T> => {
    let result: Promise<T> | undefined
    use = (ctx) => {
      result = run(ctx)
      return result.catch(() => undefined)
    }
    await mcp.callTool("t", {}, { as })
    // The handler has run.
    return result as Promise<T>
  }
}

afterEach(() => {
  vi.useRealTimers()
})

describe("a handle", () => {
  it("is 144 random bits", async () => {
    const by = server()
    const ids = await by(ada, ({ sessions }) =>
      Promise.all([1, 2, 3].map(async () => (await sessions.create()).id)),
    )
    expect(new Set(ids).size).toBe(3)
    for (const id of ids) expect(id).toMatch(/^[\w-]{24}$/)
  })

  it.each([
    ["another's", ada, bob],
    ["somebody's, for nobody", ada, undefined],
    ["nobody's, for somebody", undefined, ada],
  ])("is as unknown as one that was never made: %s", async (_, owner, thief) => {
    const by = server()
    const { id } = await by(owner, ({ sessions }) => sessions.create())
    const stolen = await by(thief, ({ sessions }) => sessions.open(id)).catch((error: Error) => error.message)
    const made = await by(thief, ({ sessions }) => sessions.open("x")).catch((error: Error) => error.message)
    expect(stolen).toBe(made)
    expect(made).toContain("does not exist")
  })

  it.each([undefined, null, 5, {}, "", "x".repeat(10_000), "__proto__", "\ud800"])(
    "is not `%j`",
    async (id) => {
      await expect(server()(ada, ({ sessions }) => sessions.open(id as string))).rejects.toMatchObject({
        code: "UNKNOWN_HANDLE",
      })
    },
  )

  it("keeps values of hostile names apart, and forgets all of them when it ends", async () => {
    const by = server()
    const id = await by(undefined, async ({ sessions }) => {
      const session = await sessions.create()
      await session.set("__proto__", { polluted: true })
      await session.set("constructor", 1)
      expect(await session.get("toString")).toBeUndefined()
      expect(await session.get("__proto__")).toEqual({ polluted: true })
      await session.delete("constructor")
      expect(await session.get("constructor")).toBeUndefined()
      return session.id
    })
    await by(undefined, async ({ sessions }) => {
      const session = await sessions.open(id)
      await session.end()
      await expect(session.get("a")).rejects.toMatchObject({ code: "UNKNOWN_HANDLE" })
      await expect(session.set("a", 1)).rejects.toMatchObject({ code: "UNKNOWN_HANDLE" })
      await expect(session.end()).rejects.toMatchObject({ code: "UNKNOWN_HANDLE" })
      await expect(sessions.open(id)).rejects.toMatchObject({ code: "UNKNOWN_HANDLE" })
    })
  })

  it("ends when its time is over, however much it is used", async () => {
    vi.useFakeTimers({ toFake: ["Date"], now: 0 })
    const by = server()
    const { id, expiresAt } = await by(ada, async ({ sessions }) => sessions.create({ ttl: 1000 }))
    expect(expiresAt).toBe(1000)
    for (const at of [500, 999]) {
      vi.setSystemTime(at)
      await by(ada, async ({ sessions }) => (await sessions.open(id)).set("a", at))
    }
    vi.setSystemTime(1000)
    await expect(by(ada, ({ sessions }) => sessions.open(id))).rejects.toMatchObject({
      code: "UNKNOWN_HANDLE",
    })
  })

  it("forgets a value earlier that was said to be forgotten earlier", async () => {
    vi.useFakeTimers({ toFake: ["Date"], now: 0 })
    const by = server()
    const { id } = await by(ada, async ({ sessions }) => {
      const session = await sessions.create()
      await session.set("short", 1, { ttl: 10 })
      await session.set("long", 1)
      return session
    })
    vi.setSystemTime(10)
    const left = await by(ada, async ({ sessions }) => {
      const session = await sessions.open(id)
      return [await session.get("short"), await session.get("long")]
    })
    expect(left).toEqual([undefined, 1])
  })

  it("holds no more than one key may", async () => {
    const by = server()
    await by(ada, async ({ sessions }) => {
      const session = await sessions.create()
      await session.set("a", "x".repeat(200_000))
      await expect(session.set("b", "x".repeat(200_000))).rejects.toMatchObject({ code: "STATE_TOO_LARGE" })
      await session.set("a", "x".repeat(200_001))
    })
  })

  it("is one of so many that one caller makes, until some have ended", async () => {
    vi.useFakeTimers({ toFake: ["Date"], now: 0 })
    const by = server()
    const options = { ttl: 1000, max: 2, maxAnonymous: 3 }
    const make = ({ sessions }: Context) => sessions.create(options)
    const [first] = [await by(ada, make), await by(ada, make)]
    await expect(by(ada, make)).rejects.toMatchObject({ code: "TOO_MANY_HANDLES" })
    await by(bob, make)
    await by(ada, async ({ sessions }) => (await sessions.open((first as { id: string }).id)).end())
    await by(ada, make)
    await expect(by(ada, make)).rejects.toMatchObject({ code: "TOO_MANY_HANDLES" })
    for (let n = 0; n < 3; n++) await by(undefined, make)
    await expect(by(undefined, make)).rejects.toMatchObject({ code: "TOO_MANY_HANDLES" })
    vi.setSystemTime(1000)
    await by(ada, make)
  })

  it("is not counted where the storage did not take it", async () => {
    const storage = memoryStorage()
    let isFull = true
    const write: typeof storage.write = (key, value, options) => {
      if (isFull) throw new StorageFull("nothing")
      return storage.write(key, value, options)
    }
    const by = server({ ...storage, write })
    const make = () => by(undefined, ({ sessions }) => sessions.create({ maxAnonymous: 1 }))
    await expect(make()).rejects.toMatchObject({ code: "STORAGE_FULL" })
    isFull = false
    await make()
    await expect(make()).rejects.toMatchObject({ code: "TOO_MANY_HANDLES" })
  })

  it.each([{ max: "1" }, { maxAnonymous: Number.NaN }, { ttl: 0 }, { ttlMs: 5 }])(
    "is not made with %j",
    async (options) => {
      await expect(
        server()(undefined, ({ sessions }) => sessions.create(options as never)),
      ).rejects.toMatchObject({ code: expect.stringMatching(/INVALID_OPTION|FLEET-09/) })
    },
  )

  it("lives for 30 days at most", async () => {
    vi.useFakeTimers({ toFake: ["Date"], now: 0 })
    const day = 24 * 60 * 60_000
    const by = server()
    const expiring = (ttl: number) =>
      by(ada, async ({ sessions }) => (await sessions.create({ ttl })).expiresAt)
    expect(await expiring(30 * day)).toBe(30 * day)
    expect(await expiring(Number.POSITIVE_INFINITY)).toBe(30 * day)
    expect(() => sessionTools({ ttl: 30 * day })).not.toThrow()
  })

  it("does nothing any more when the call that opened it has ended", async () => {
    const by = server()
    const session = await by(ada, ({ sessions }) => sessions.create())
    await expect(session.get("a")).rejects.toMatchObject({ code: "FLEET-03", member: "session.get()" })
  })
})

describe("sessionTools()", () => {
  it.each([false, true])(
    "is refused by a server whose storage is not atomic (as an option: %s)",
    (asOption) => {
      const storage = { ...memoryStorage(), atomic: false }
      const make = () =>
        asOption
          ? quietServer({ storage, tools: sessionTools() })
          : quietServer({ storage }).add(...sessionTools())
      expect(make).toThrow(expect.objectContaining({ code: "FLEET-16" }))
    },
  )

  it("refuses options that do not exist", () => {
    expect(() => sessionTools({ ttlMs: 5 } as never)).toThrow(expect.objectContaining({ code: "FLEET-09" }))
  })

  it("gives a handle and its end", async () => {
    const mcp = quietServer({ tools: sessionTools({ ttl: 60_000 }) })
    const { structuredContent } = await mcp.callTool("create_session", {}, { as: ada })
    const { session, expires } = structuredContent as { session: string; expires: string }
    expect(Date.parse(expires) - Date.now()).toBeLessThanOrEqual(60_000)
    expect(await mcp.callTool("end_session", { session }, { as: ada })).not.toHaveProperty("isError")
    expect(await mcp.callTool("end_session", { session }, { as: ada })).toMatchObject({ isError: true })
  })
})

describe("sessionId()", () => {
  it("describes a schema of zod", async () => {
    const mcp = quietServer()
    mcp.tool({ name: "t", input: z.object({ session: sessionId(z.string()) }) }, ({ session }) => session)
    const [tool] = await mcp.listTools()
    expect(tool?.inputSchema).toMatchObject({
      properties: { session: { type: "string", description: expect.stringContaining("`create_session`") } },
    })
  })

  it("is JSON Schema by itself", () => {
    expect(sessionId()).toEqual({ type: "string", description: expect.stringContaining("`create_session`") })
  })

  it("says what to do for a schema that cannot be described", () => {
    expect(() => sessionId(v.string() as never)).toThrow(/sessionId\(\)\.description/)
  })
})
