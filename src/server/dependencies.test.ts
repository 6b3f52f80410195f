import { AsyncLocalStorage } from "node:async_hooks"
import { afterEach, describe, expect, it, vi } from "vitest"
import { loggedServer, quietServer } from "../../test/support/server.ts"
import { deferred, settled } from "../../test/support/timing.ts"
import type { Context } from "../components/context.ts"
import { contextKey } from "../components/context.ts"
import { type Dependency, provide } from "../components/dependency.ts"
import { lifespan } from "../components/lifespan.ts"
import { isSuspended } from "../errors/protocol.ts"
import { createPrincipal } from "../protocol/principal.ts"
import { connect } from "../testing/connect.ts"
import { getContext } from "./run-handler.ts"

afterEach(() => vi.useRealTimers())

const user = contextKey<string>("user")
const cache = contextKey<string>("cache")

/** A dependency that tells when it is made and given back. */
function told(seen: string[], key: typeof user, scope: "request" | "session" | "server" = "request") {
  let count = 0
  return provide(
    key,
    {
      start() {
        const name = `${key.name} ${++count}`
        seen.push(`makes ${name}`)
        return name
      },
      stop: (name) => void seen.push(`gives back ${name}`),
    },
    { scope },
  )
}

/** A server with a tool that does what it is told with its context. */
function serving(dependencies: readonly Dependency[], work: (ctx: Context) => unknown) {
  const { mcp, log } = loggedServer({ dependencies })
  mcp.tool({ name: "work" }, (_, ctx) => work(ctx) as string)
  const text = async () => {
    const { content } = await mcp.callTool("work")
    return content.map((block) => (block.type === "text" ? block.text : "")).join()
  }
  return { mcp, log, text }
}

describe("a dependency of a call", () => {
  it("is made once, when it is first used, and given back before the answer", async () => {
    const seen: string[] = []
    const { text } = serving([told(seen, user), told(seen, cache)], async (ctx) => {
      seen.push("works")
      const all = await Promise.all([ctx.use(user), ctx.use(user)])
      seen.push("worked")
      return all.join()
    })
    expect(await text()).toBe("user 1,user 1")
    expect(await text()).toBe("user 2,user 2")
    const once = (n: number) => ["works", `makes user ${n}`, "worked", `gives back user ${n}`]
    expect(seen).toEqual([...once(1), ...once(2)])
  })

  it("is made from the context, and of others, which are given back after it", async () => {
    const seen: string[] = []
    const greeting = contextKey<string>("greeting")
    const greets = provide(greeting, async function* (ctx) {
      yield `${ctx.client.info?.name} is ${await ctx.use(user)}`
      seen.push("gives back greeting")
    })
    const { mcp } = serving([greets, told(seen, user)], (ctx) => ctx.use(greeting))
    await using client = await connect(mcp, { clientInfo: { name: "Ada", version: "1" } })
    expect(await client.tool("work")()).toBe("Ada is user 1")
    expect(seen).toEqual(["makes user 1", "gives back greeting", "gives back user 1"])
  })

  it("has the context of the call wherever it is made or given back", async () => {
    const seen: unknown[] = []
    const tell = () => {
      seen.push(getContext().client.info?.name)
      return "Ada"
    }
    const { mcp } = serving([provide(user, { start: tell, stop: tell })], (ctx) => ctx.use(user))
    await using client = await connect(mcp, { clientInfo: { name: "Ada", version: "1" } })
    await client.callTool("work")
    expect(seen).toEqual(["Ada", "Ada"])
  })

  it("may be made of lifespans, and of what middleware leaves", async () => {
    const db = lifespan("db", () => "db")
    const both = provide(cache, async (ctx) => `${ctx.require(db)} ${await ctx.use(db)} ${ctx.require(user)}`)
    const mcp = quietServer({ lifespan: db, dependencies: [both] })
    mcp.use({
      callTool(call, next) {
        call.set(user, "Ada")
        return next()
      },
    })
    mcp.tool({ name: "work" }, (_, ctx) => ctx.use(cache))
    expect(await mcp.callTool("work")).toMatchObject({ content: [{ text: "db db Ada" }] })
  })

  it("is taken from what middleware left under its key, where it did", async () => {
    const seen: string[] = []
    const { mcp, text } = serving([told(seen, user)], (ctx) => ctx.use(user))
    mcp.use({
      callTool(call, next) {
        call.set(user, "left")
        return next()
      },
    })
    expect([await text(), seen]).toEqual(["left", []])
  })

  it("is made anew for a call that a handler makes", async () => {
    const seen: string[] = []
    const mcp = quietServer({ dependencies: [told(seen, user)] })
    mcp.tool({ name: "inner" }, (_, ctx) => ctx.use(user))
    mcp.tool({ name: "outer" }, async (_, ctx) => {
      await ctx.use(user)
      await ctx.callTool("inner")
      return "done"
    })
    await mcp.callTool("outer")
    expect(seen).toEqual(["makes user 1", "makes user 2", "gives back user 2", "gives back user 1"])
  })

  it("serves resources, prompts and completers too", async () => {
    const seen: string[] = []
    const mcp = quietServer({ dependencies: [told(seen, user)] })
    mcp.resource("user://me", (_, ctx) => ctx.use(user))
    mcp.prompt({ name: "greet" }, (_, ctx) => ctx.use(user))
    expect(await mcp.readResource("user://me")).toMatchObject({ contents: [{ text: "user 1" }] })
    expect(await mcp.getPrompt("greet")).toMatchObject({ messages: [{ content: { text: "user 2" } }] })
    expect(seen).toHaveLength(4)
  })
})

describe("a call that fails", () => {
  const transaction = contextKey<string>("transaction")
  const transacts = (seen: string[]) =>
    provide(transaction, async function* () {
      try {
        yield "transaction"
        seen.push("commit")
      } catch (error) {
        seen.push("roll back")
        throw error
      }
    })

  it("gives back what was made, which hears of it", async () => {
    const seen: string[] = []
    const { text } = serving([transacts(seen)], async (ctx) => {
      await ctx.use(transaction)
      throw new Error("no")
    })
    expect([await text(), seen]).toEqual(["Error calling tool 'work': no", ["roll back"]])
  })

  it("at once, does so too", async () => {
    const seen: string[] = []
    const { text } = serving([told(seen, user)], (ctx) => {
      void ctx.use(user).catch(() => undefined)
      throw new Error("no")
    })
    expect([await text(), seen]).toEqual([
      "Error calling tool 'work': no",
      ["makes user 1", "gives back user 1"],
    ])
  })

  it("because something cannot be given back, says so", async () => {
    const failing = provide(user, { start: () => "Ada", stop: () => Promise.reject(new Error("no commit")) })
    const { text, log } = serving([failing], (ctx) => ctx.use(user))
    expect(await text()).toContain("The dependency `user` could not be given back: no commit")
    expect(log).toMatchObject([{ error: { code: "DEPENDENCY_FAILED", cause: { message: "no commit" } } }])
  })

  it("says why it failed, and the log what could not be given back besides", async () => {
    const failing = provide(user, { start: () => "Ada", stop: () => Promise.reject(new Error("no commit")) })
    const { text, log } = serving([failing], async (ctx) => {
      await ctx.use(user)
      throw new Error("no")
    })
    expect(await text()).toBe("Error calling tool 'work': no")
    expect(log.map(({ error }) => String(error))).toEqual([expect.stringContaining("no commit"), "Error: no"])
  })

  it("by its time-out is answered, and gives back when its handler is done", async () => {
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] })
    const seen: string[] = []
    const gate = deferred()
    const mcp = quietServer({ dependencies: [transacts(seen)], timeout: 100 })
    mcp.tool({ name: "work" }, async (_, ctx) => {
      await ctx.use(transaction)
      await gate.promise
    })
    const result = mcp.callTool("work")
    await settled()
    await vi.advanceTimersByTimeAsync(100)
    expect(await result).toMatchObject({ isError: true })
    expect(seen).toEqual([])
    gate.resolve()
    await settled()
    expect(seen).toEqual(["roll back"])
  })

  it("because it is cancelled, gives back when its handler is done", async () => {
    const seen: string[] = []
    const controller = new AbortController()
    const mcp = quietServer({ dependencies: [transacts(seen)] })
    mcp.tool({ name: "work" }, async (_, ctx) => {
      await ctx.use(transaction)
      controller.abort()
      return "done"
    })
    await mcp.callTool("work", {}, { signal: controller.signal }).catch(() => undefined)
    await settled()
    expect(seen).toEqual(["roll back"])
  })

  it("waits for the client only with what its round has made given back", async () => {
    const seen: string[] = []
    const { mcp } = serving([transacts(seen)], async (ctx) => {
      await ctx.use(transaction)
      const { action } = await ctx.elicit("Sure?", { type: "object", properties: {} } as const)
      return action
    })
    await using client = await connect(mcp, { elicitation: () => ({ action: "decline" }) })
    expect(await client.tool("work")()).toBe("decline")
    expect(seen).toEqual(["roll back", "commit"])
  })
})

it("a dependency that a suspended call wants is refused by the suspension", async () => {
  const errors: unknown[] = []
  const { mcp } = serving([provide(user, () => "Ada")], async (ctx) => {
    const asked = ctx.elicit("Sure?", { type: "object", properties: {} } as const)
    return asked.then(
      ({ action }) => action,
      (error) => ctx.use(user).catch((own: unknown) => errors.push(isSuspended(error), isSuspended(own))),
    )
  })
  await using client = await connect(mcp, { elicitation: () => ({ action: "decline" }) })
  expect(await client.tool("work")()).toBe("decline")
  expect(errors).toEqual([true, true])
})

describe("a dependency of the server", () => {
  it("is made once, for all calls at once, and given back before the lifespans end", async () => {
    const seen: string[] = []
    const db = lifespan("db", { start: () => "db", stop: () => void seen.push("db ends") })
    const mcp = quietServer({ lifespan: db, dependencies: [told(seen, cache, "server")] })
    mcp.tool({ name: "work" }, (_, ctx) => ctx.use(cache))
    await Promise.all([mcp.callTool("work"), mcp.callTool("work")])
    await mcp.close()
    expect(seen).toEqual(["makes cache 1", "gives back cache 1", "db ends"])
  })

  it("knows no caller", async () => {
    const shown = provide(cache, (from) => Object.keys(from).sort().join(), { scope: "server" })
    expect(await serving([shown], (ctx) => ctx.use(cache)).text()).toBe("name,require,use")
  })

  it("cannot ask who closed the server either", async () => {
    const seen: unknown[] = []
    const stop = () => {
      try {
        seen.push(getContext())
      } catch (error) {
        seen.push(error)
      }
    }
    const { mcp } = serving(
      [provide(cache, { start: () => "v", stop }, { scope: "server" })],
      async (ctx) => {
        await ctx.use(cache)
        void mcp.close()
      },
    )
    await mcp.callTool("work")
    await mcp.close()
    expect(seen).toMatchObject([{ code: "FLEET-25" }])
  })

  it("cannot ask who calls in other ways either", async () => {
    const asks = provide(cache, () => getContext().request.revision, { scope: "server" })
    const { text } = serving([asks], (ctx) => ctx.use(cache))
    expect(await text()).toContain("`getContext()` was called in the dependency `cache`")
  })

  it("cannot be made of what is kept for a call only", async () => {
    const wrong = provide(cache, (from) => from.use(user), { scope: "server" })
    const { text } = serving([wrong, provide(user, () => "Ada")], (ctx) => ctx.use(cache))
    expect(await text()).toContain(
      "`cache` is kept for the server, and cannot be made of `user`, which is kept for the request.",
    )
  })

  it("is not made of what was left in the call that happens to come first", async () => {
    const wrong = provide(cache, (from) => from.use(user), { scope: "server" })
    const { text } = serving([wrong], (ctx) => {
      ctx.set(user, "Ada")
      return ctx.use(cache)
    })
    expect(await text()).toContain("Nothing provides `user`.")
  })
})

describe("a dependency of a session", () => {
  const whoami = (dependencies: readonly Dependency[]) => serving(dependencies, (ctx) => ctx.use(user)).mcp

  it("is made once for a session, and given back when that ends", async () => {
    const seen: string[] = []
    const mcp = whoami([told(seen, user, "session")])
    const one = await connect(mcp, { era: "session" })
    await using other = await connect(mcp, { era: "session" })
    expect(await one.tool("work")()).toBe("user 1")
    expect(await one.tool("work")()).toBe("user 1")
    expect(await other.tool("work")()).toBe("user 2")
    await one.close()
    await settled()
    expect(seen).toEqual(["makes user 1", "makes user 2", "gives back user 1"])
  })

  it("is of a caller who is known, where there are no sessions", async () => {
    const mcp = whoami([provide(user, ({ auth }) => `for ${auth?.subject}`, { scope: "session" })])
    const ada = await createPrincipal({ subject: "ada" })
    await using client = await connect(mcp, { principal: ada })
    expect(await client.tool("work")()).toBe("for ada")
  })

  it("is refused to a caller whom nobody knows", async () => {
    await using client = await connect(whoami([provide(user, () => "Ada", { scope: "session" })]))
    const { content } = await client.callTool("work")
    expect(content).toMatchObject([
      { text: expect.stringContaining("`user` is kept for a session, and the caller has none") },
    ])
  })

  it("is given back when it was not used for half an hour", async () => {
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "Date"] })
    const seen: string[] = []
    const mcp = whoami([told(seen, user, "session")])
    const ada = await createPrincipal({ subject: "ada" })
    await mcp.callTool("work", {}, { as: ada })
    await vi.advanceTimersByTimeAsync(29 * 60_000)
    await mcp.callTool("work", {}, { as: ada })
    await vi.advanceTimersByTimeAsync(29 * 60_000)
    expect(seen).toEqual(["makes user 1"])
    await vi.advanceTimersByTimeAsync(31 * 60_000)
    expect(seen).toEqual(["makes user 1", "gives back user 1"])
  })

  it("is given back with the server", async () => {
    const seen: string[] = []
    const mcp = whoami([told(seen, user, "session")])
    await mcp.callTool("work", {}, { as: await createPrincipal({ subject: "ada" }) })
    await mcp.close()
    expect(seen).toEqual(["makes user 1", "gives back user 1"])
  })

  it("stays while a call of a session that is over still uses it", async () => {
    const seen: string[] = []
    const gate = deferred()
    const { mcp } = serving([told(seen, user, "session")], async (ctx) => {
      await ctx.use(user)
      await gate.promise
    })
    const client = await connect(mcp, { era: "session" })
    const call = client.callTool("work").catch(() => undefined)
    await vi.waitUntil(() => seen.length === 1)
    await client.close()
    await settled()
    expect(seen).toEqual(["makes user 1"])
    gate.resolve()
    await call
    await settled()
    expect(seen).toEqual(["makes user 1", "gives back user 1"])
  })
})

describe("a dependency that cannot be made", () => {
  it("is missing by its name, with what to do", async () => {
    const { text } = serving([], (ctx) => ctx.use(user))
    expect(await text()).toContain(
      "Nothing provides `user`. Give the server what makes it: `dependencies: [provide(user, …)]`.",
    )
  })

  it("is known by its key, and not by a name", async () => {
    // As JavaScript lets one write it.
    const { text } = serving([provide(user, () => "Ada")], (ctx) => ctx.use("user" as never))
    expect(await text()).toContain('The key is `"user"`. Give what `contextKey()` or `lifespan()` made.')
  })

  it("is a lifespan that the server does not have", async () => {
    const db = lifespan("db", () => 1)
    const { text } = serving([], async (ctx) => String(await ctx.use(db)))
    expect(await text()).toContain("The server has no lifespan `db`.")
  })

  it.each(["request", "server"] as const)(
    "of the scope `%s` is named, with why, and tried again",
    async (scope) => {
      let attempts = 0
      const flaky = provide(user, () => (++attempts === 1 ? Promise.reject(new Error("refused")) : "Ada"), {
        scope,
      })
      const { text } = serving(
        [flaky],
        async (ctx) => (await ctx.use(user).catch(String)) + (await ctx.use(user)),
      )
      expect(await text()).toBe("DependencyFailed: The dependency `user` could not be made: refusedAda")
    },
  )

  it("passes on errors that are for the model", async () => {
    const { ToolError } = await import("../errors/tool.ts")
    const refuses = provide(user, () => {
      throw new ToolError("Log in first")
    })
    expect(await serving([refuses], (ctx) => ctx.use(user)).text()).toBe("Log in first")
  })

  it("shows the circle that it is made in", async () => {
    const [a, b, c] = ["a", "b", "c"].map((name) => contextKey<string>(name)) as [
      typeof user,
      typeof user,
      typeof user,
    ]
    const circle = [
      provide(a, (ctx) => ctx.use(b)),
      provide(b, (ctx) => ctx.use(c)),
      provide(c, (ctx) => ctx.use(a)),
    ]
    expect(await serving(circle, (ctx) => ctx.use(a)).text()).toContain("`c` → `a` → `b` → `c`")
  })

  it("is made of itself", async () => {
    const { text } = serving([provide(user, (ctx) => ctx.use(user))], (ctx) => ctx.use(user))
    expect(await text()).toContain("`user` → `user`")
  })

  it("is made of itself, by way of the context of the call that runs", async () => {
    const far = () => getContext().use(user)
    const { text } = serving([provide(user, () => far())], (ctx) => ctx.use(user))
    expect(await text()).toContain("`user` → `user`")
  })

  it("is found in a circle that two calls close together", async () => {
    const [gateA, gateB] = [deferred(), deferred()]
    const other = contextKey<string>("other")
    const a = provide(cache, (from) => gateA.promise.then(() => from.use(other)), { scope: "server" })
    const b = provide(other, (from) => gateB.promise.then(() => from.use(cache)), { scope: "server" })
    const mcp = quietServer({ dependencies: [a, b] })
    mcp.tool({ name: "a" }, (_, ctx) => ctx.use(cache))
    mcp.tool({ name: "b" }, (_, ctx) => ctx.use(other))
    const results = Promise.all([mcp.callTool("a"), mcp.callTool("b")])
    await settled()
    gateA.resolve()
    gateB.resolve()
    for (const result of await results)
      expect(JSON.stringify(result)).toContain("Dependencies need each other")
  })

  it("is not waited for by what it waits for itself: a tool of its own server", async () => {
    const { mcp } = loggedServer({
      dependencies: [
        provide(user, async () => JSON.stringify(await mcp.callTool("who")), { scope: "server" }),
      ],
    })
    mcp.tool({ name: "who" }, async (_, ctx) => ctx.callTool("inner"))
    mcp.tool({ name: "inner" }, (_, ctx) => ctx.use(user))
    // The tool that would have waited for ever fails, and the opener hears of it.
    expect(await mcp.callTool("inner")).toMatchObject({
      content: [{ text: expect.stringContaining("user") }],
    })
  })

  it("may be used by what its opener left running, once it is there", async () => {
    let later: () => Promise<unknown> = async () => undefined
    const { mcp } = loggedServer({
      dependencies: [
        provide(
          user,
          () => {
            const snapshot = AsyncLocalStorage.snapshot()
            later = () => snapshot(() => mcp.callTool("who"))
            return "ada"
          },
          { scope: "server" },
        ),
      ],
    })
    mcp.tool({ name: "who" }, (_, ctx) => ctx.use(user))
    await mcp.callTool("who")
    expect(await later()).toMatchObject({ content: [{ text: "ada" }] })
  })

  it("is wanted when the handler is done, and middleware is not", async () => {
    const seen: string[] = []
    let late: Promise<unknown> = Promise.resolve()
    const { mcp } = loggedServer({ dependencies: [told(seen, user)] })
    let context: Context | undefined
    mcp.tool({ name: "work" }, (_, ctx) => {
      context = ctx
      return "done"
    })
    mcp.use({
      async callTool(_call, next) {
        const outcome = await next()
        late = (context as Context).use(user).catch((error: Error) => error)
        await late
        return outcome
      },
    })
    await mcp.callTool("work")
    expect([await late, seen]).toEqual([expect.objectContaining({ code: "WRONG_SCOPE" }), []])
  })

  it("is wanted when the call is over", async () => {
    let late: () => Promise<string> = async () => ""
    const seen: string[] = []
    const { text } = serving([told(seen, user)], async (ctx) => {
      late = () => ctx.use(user)
      return "done"
    })
    await text()
    await expect(late()).rejects.toMatchObject({ code: "FLEET-03" })
    expect(seen).toEqual([])
  })
})

describe("a dependency that takes its time", () => {
  it("to be given back is waited for when the server closes, before the lifespans end", async () => {
    const seen: string[] = []
    const gate = deferred()
    const stopping = deferred()
    const db = lifespan("db", { start: () => "db", stop: () => void seen.push("db ends") })
    const slow = provide(user, {
      start: () => "Ada",
      async stop() {
        stopping.resolve()
        await gate.promise
        seen.push("rolled back")
      },
    })
    const mcp = quietServer({ lifespan: db, dependencies: slow })
    const controller = new AbortController()
    mcp.tool({ name: "work" }, async (_, ctx) => {
      await ctx.use(user)
      controller.abort()
    })
    await mcp.callTool("work", {}, { signal: controller.signal }).catch(() => undefined)
    await stopping.promise
    const closed = mcp.close()
    await settled()
    expect(seen).toEqual([])
    gate.resolve()
    await closed
    expect(seen).toEqual(["rolled back", "db ends"])
  })

  it.each(["request", "session", "server"] as const)(
    "to be made for the %s is given back at once where it comes when nobody waits any more",
    async (scope) => {
      vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] })
      const seen: string[] = []
      const gate = deferred()
      const slow = provide(
        user,
        {
          start: () => gate.promise.then(() => "Ada"),
          stop: () => void seen.push("given back"),
        },
        { scope },
      )
      const { mcp, log } = loggedServer({ dependencies: slow })
      mcp.tool({ name: "work" }, (_, ctx) => ctx.use(user))
      const ada = await createPrincipal({ subject: "ada" })
      const call = mcp.callTool("work", {}, { as: ada }).catch(() => undefined)
      await settled()
      const closed = mcp.close({ graceMs: 0 })
      await vi.advanceTimersByTimeAsync(5000)
      await closed
      await call
      expect([seen, String(log[0]?.error)]).toEqual([[], expect.stringContaining("`user`")])
      gate.resolve()
      await settled()
      expect(seen).toEqual(["given back"])
    },
  )

  it("to be made, for ever, does not keep what the call has from being given back", async () => {
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] })
    const seen: string[] = []
    const endless = provide(user, () => new Promise<string>(() => undefined))
    const { text } = serving([endless, told(seen, cache)], async (ctx) => {
      void ctx.use(user)
      return ctx.use(cache)
    })
    const answer = text()
    await settled()
    expect(seen).toEqual(["makes cache 1"])
    await vi.advanceTimersByTimeAsync(5000)
    expect(await answer).toContain(
      "The dependency `user` could not be given back: it took more than 5000 ms.",
    )
    expect(seen).toEqual(["makes cache 1", "gives back cache 1"])
  })

  it("to be made takes nothing more when nobody waits for it any more", async () => {
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] })
    const seen: string[] = []
    const gate = deferred()
    let refused: unknown
    const slow = provide(
      user,
      async (from) => {
        await gate.promise
        return from.use(cache).catch((error: { code: string }) => {
          refused = error.code
          return ""
        })
      },
      { scope: "session" },
    )
    const mcp = quietServer({ dependencies: [slow, told(seen, cache, "server")] })
    mcp.tool({ name: "work" }, (_, ctx) => ctx.use(user))
    const ada = await createPrincipal({ subject: "ada" })
    const call = mcp.callTool("work", {}, { as: ada }).catch(() => undefined)
    await settled()
    const closed = mcp.close({ graceMs: 0 })
    await vi.advanceTimersByTimeAsync(5000)
    await closed
    await call
    gate.resolve()
    await settled()
    expect([refused, seen]).toEqual(["WRONG_SCOPE", []])
  })

  it("to be made for a session holds that no longer than the call that had it made", async () => {
    const seen: string[] = []
    const gate = deferred()
    const slow = provide(user, (from) => gate.promise.then(() => from.use(cache)), { scope: "session" })
    const { mcp } = serving([slow, told(seen, cache, "session")], (ctx) => {
      void ctx.use(user)
      return "done"
    })
    const client = await connect(mcp, { era: "session" })
    await client.callTool("work")
    gate.resolve()
    await settled()
    await client.close()
    await settled()
    expect(seen).toEqual(["makes cache 1", "gives back cache 1"])
  })
})

describe("in a test", () => {
  const db = lifespan("db", () => "real")

  it("a lifespan is overridden, does not start, and is back with the next client", async () => {
    let starts = 0
    const real = lifespan("real", () => `real ${++starts}`)
    const mcp = quietServer({ lifespan: real })
    mcp.tool({ name: "which" }, (_, ctx) => ctx.require(real))
    for (const fake of ["one", "two"]) {
      await using client = await connect(mcp, { dependencies: [provide(real, () => fake)] })
      expect(await client.tool("which")()).toBe(fake)
    }
    expect(starts).toBe(0)
    await using client = await connect(mcp)
    expect(await client.tool("which")()).toBe("real 1")
  })

  it("what runs already ends, and starts anew with what is overridden", async () => {
    const seen: string[] = []
    const depends = lifespan("depends", {
      start: (server) => seen.push(`starts with ${server.require(db)}`),
      stop: () => void seen.push("ends"),
    })
    const mcp = quietServer({ lifespan: [db, depends] })
    await mcp.start()
    const client = await connect(mcp, { dependencies: [provide(db, () => "fake")] })
    await client.close()
    await mcp.start()
    expect(seen).toEqual(["starts with real", "ends", "starts with fake", "ends", "starts with real"])
  })

  it("a dependency is overridden, and what middleware leaves", async () => {
    const mcp = quietServer({ dependencies: [provide(cache, () => "real")] })
    mcp.use({
      callTool(call, next) {
        call.set(user, "real")
        return next()
      },
    })
    mcp.tool({ name: "work" }, async (_, ctx) => `${await ctx.use(cache)} ${await ctx.use(user)}`)
    const dependencies = [provide(cache, () => "fake"), provide(user, () => "Eve")]
    await using client = await connect(mcp, { dependencies })
    expect(await client.tool("work")()).toBe("fake Eve")
  })

  it("only a server itself can be given other values", async () => {
    const { handler } = quietServer()
    const elsewhere = { handle: handler.handle.bind(handler) }
    const connecting = connect({ handler: elsewhere, start: async () => undefined }, { dependencies: [] })
    await expect(connecting).rejects.toMatchObject({ code: "INVALID_OPTION" })
  })

  it("what a client brought goes with it, also where it cannot connect", async () => {
    const mcp = quietServer({ lifespan: db })
    mcp.tool({ name: "which" }, (_, ctx) => ctx.require(db))
    const broken = provide(db, () => Promise.reject(new Error("refused")))
    await expect(connect(mcp, { dependencies: [broken] })).rejects.toMatchObject({ code: "LIFESPAN_FAILED" })
    await using client = await connect(mcp)
    expect(await client.tool("which")()).toBe("real")
  })

  it("a client of a closed server goes away all the same", async () => {
    const mcp = quietServer({ lifespan: db })
    const client = await connect(mcp, { dependencies: [provide(db, () => "fake")] })
    await mcp.close()
    await client.close()
  })
})

describe("what is given as a dependency", () => {
  it.each([
    [() => provide(undefined as never, () => 1), "Give what `contextKey()` made."],
    [() => provide(user, 5 as never), "Give a function that returns or yields the value"],
    [() => provide(user, () => "Ada", { scope: "call" as never }), "Give `request`, `session` or `server`."],
    [() => quietServer({ dependencies: [{}] as never }), "Give what `provide()` made, or a list of that."],
  ])("is checked: %#", (make, text) => {
    expect(make).toThrow(text)
  })
})
