import { expect, it } from "vitest"
import { contextKey, type LogRecord, lifespan, provide } from "../../src/index.ts"
import { isStateless } from "../../src/spec/revisions.ts"
import { deferred, settled } from "../support/timing.ts"
import { describeEras } from "./eras.ts"
import { everyTransport } from "./transports.ts"

/** A server whose lifespan counts how often it starts and ends. */
function counted() {
  const seen: string[] = []
  const db = lifespan("db", async function* () {
    seen.push("starts")
    await settled()
    yield { ping: () => "pong" }
    seen.push("ends")
  })
  const visit = contextKey<number>("visit")
  let visits = 0
  const visiting = provide(visit, {
    async start(ctx) {
      return ctx.require(db).ping().length + visits++
    },
    stop: () => void seen.push("visited"),
  })
  return { seen, db, visit, options: { lifespan: db, dependencies: [visiting] } }
}

describeEras(
  "lifespans",
  (t) => {
    it("start once, and their values are there in tools, resources and prompts", async () => {
      const { seen, db, options } = counted()
      const mcp = t.server(options)
      mcp.tool({ name: "ping" }, (_, ctx) => ctx.require(db).ping())
      mcp.resource("ping://me", (_, ctx) => ctx.require(db).ping())
      mcp.prompt({ name: "ping" }, (_, ctx) => ctx.require(db).ping())
      const [one, other] = await Promise.all([t.connect(mcp), t.connect(mcp)])
      const [tool, resource, prompt] = await Promise.all([
        one.callTool("ping"),
        other.readResource("ping://me"),
        one.getPrompt("ping"),
      ])
      expect(tool.content).toMatchObject([{ text: "pong" }])
      expect(resource.contents).toMatchObject([{ text: "pong" }])
      expect(prompt.messages).toMatchObject([{ content: { text: "pong" } }])
      expect(seen).toEqual(["starts"])
      await mcp.close()
      expect(seen).toEqual(["starts", "ends"])
    })

    it("end when the calls that run are answered, not before", async () => {
      const { seen, db, options } = counted()
      const begun = deferred()
      const gate = deferred()
      const mcp = t.server(options)
      mcp.tool({ name: "slow" }, async (_, ctx) => {
        begun.resolve()
        await gate.promise
        seen.push("answers")
        return ctx.require(db).ping()
      })
      const client = await t.connect(mcp)
      const answer = client.tool("slow")()
      await begun.promise
      const closed = mcp.close()
      await settled()
      gate.resolve()
      expect(await answer).toBe("pong")
      await closed
      expect(seen).toEqual(["starts", "answers", "ends"])
    })

    it("have dependencies made of them, for each call, given back before its answer", async () => {
      const { seen, visit, options } = counted()
      const mcp = t.server(options)
      mcp.tool({ name: "visit" }, async (_, ctx) => `${await ctx.use(visit)}${await ctx.use(visit)}`)
      const client = await t.connect(mcp)
      expect(await client.tool("visit")()).toBe("44")
      expect(await client.tool("visit")()).toBe("55")
      expect(seen).toEqual(["starts", "visited", "visited"])
    })
  },
  { over: everyTransport },
)

describeEras(
  "a lifespan that does not start",
  (t) => {
    it("fails requests, says why in the log, and is tried again by the next", async () => {
      let isUp = false
      const db = lifespan("db", () => {
        if (!isUp) throw new TypeError("no database")
        return "pong"
      })
      const told: unknown[] = []
      const log = ({ error }: LogRecord) => void told.push(error)
      const mcp = t.server({ lifespan: db, log })
      mcp.tool({ name: "ping" }, (_, ctx) => ctx.require(db))
      const ping = async () => (await t.connect(mcp)).tool("ping")()
      await expect(ping()).rejects.toThrow("error -32603: Internal error")
      expect(told[0]).toMatchObject({ code: "LIFESPAN_FAILED", cause: { message: "no database" } })
      isUp = true
      expect(await ping()).toBe("pong")
    })
  },
  // In memory the client starts the server itself.
  { over: everyTransport.filter(({ kind }) => kind !== "memory") },
)

describeEras(
  "a dependency of a session",
  (t) => {
    it("is made once for it, is none of another's, and is given back when it ends", async () => {
      const cart = contextKey<{ readonly nth: number; items: number }>("cart")
      const ended: number[] = []
      let carts = 0
      const dependency = provide(
        cart,
        { start: () => ({ nth: ++carts, items: 0 }), stop: ({ nth }) => void ended.push(nth) },
        { scope: "session" },
      )
      const mcp = t.server({ dependencies: dependency })
      mcp.tool({ name: "put" }, async (_, ctx) => {
        const mine = await ctx.use(cart)
        return `${mine.nth}: ${++mine.items}`
      })
      const [one, other] = [await t.connect(mcp), await t.connect(mcp)]
      const put = [await one.tool("put")(), await one.tool("put")(), await other.tool("put")()]
      expect(put).toEqual(["1: 1", "1: 2", "2: 1"])
      one.close()
      await expect.poll(() => ended).toEqual([1])
    })
  },
  { knows: (revision) => !isStateless(revision) },
)
