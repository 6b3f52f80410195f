import { expect, it } from "vitest"
import * as z from "zod"
import { contextKey, defineMiddleware, type Middleware, type Outcome } from "../../src/index.ts"
import { RequestFailed } from "../../src/testing/index.ts"
import { describeEras } from "./eras.ts"
import { everyTransport } from "./transports.ts"

const stamp = contextKey<string>("stamp")

/** What an outcome is, for a trace. */
function kindOf(outcome: Outcome): string {
  return outcome.kind === "failure" ? String(outcome.error.code) : outcome.kind
}

/** Notes each request that is answered. */
function noting(trace: string[]): Middleware {
  return defineMiddleware({
    name: "noting",
    async request(call, next) {
      const outcome = await next()
      trace.push(`${call.method} ${call.target} ${kindOf(outcome)}`)
      return outcome
    },
  })
}

describeEras(
  "middleware",
  (t) => {
    it("sees what is answered, and what is not there", async () => {
      const trace: string[] = []
      const mcp = t.server({ middleware: [noting(trace)] })
      mcp.tool({ name: "add", input: z.object({ a: z.number() }) }, ({ a }) => a + 1)
      const client = await t.connect(mcp)
      trace.length = 0
      await client.callTool("add", { a: 1 })
      await client.request("no/such", {}).catch(() => undefined)
      // Over HTTP a client of 2026-07-28 lists first, for headers that repeat arguments.
      const called = trace.filter((line) => !line.startsWith("tools/list"))
      expect(called).toEqual(["tools/call add complete", "no/such no/such -32601"])
    })

    it("goes on with other arguments, and leaves values for the handler", async () => {
      const middleware = defineMiddleware({
        name: "changing",
        callTool(call, next) {
          call.set(stamp, "stamped")
          return next(call.withParams({ ...call.params, arguments: { a: 41 } }))
        },
      })
      const mcp = t.server({ middleware: [middleware] })
      mcp.tool(
        { name: "add", input: z.object({ a: z.number() }) },
        ({ a }, ctx) => `${a + 1} ${ctx.require(stamp)}`,
      )
      const { content } = await (await t.connect(mcp)).callTool("add", { a: 1 })
      expect(content).toMatchObject([{ text: "42 stamped" }])
    })

    it("answers by itself, and with an error", async () => {
      const middleware = defineMiddleware({
        name: "answering",
        callTool: (call) =>
          call.target === "mine"
            ? { kind: "complete", result: { content: [{ type: "text", text: "mine" }] } }
            : { kind: "failure", error: { code: -32050, message: "Not today" } },
      })
      const mcp = t.server({ middleware: [middleware] })
      mcp.tool({ name: "mine" }, () => "the handler's")
      mcp.tool({ name: "other" }, () => "the handler's")
      const client = await t.connect(mcp)
      expect((await client.callTool("mine")).content).toMatchObject([{ text: "mine" }])
      const failed = client.callTool("other")
      await expect(failed).rejects.toBeInstanceOf(RequestFailed)
      await expect(failed).rejects.toMatchObject({ error: { code: -32050, message: "Not today" } })
    })

    it("decorates lists", async () => {
      const middleware = defineMiddleware({
        name: "decorating",
        async listTools(_, next) {
          const outcome = await next()
          if (outcome.kind !== "complete") return outcome
          const tools = outcome.result.tools.map((tool) => ({ ...tool, description: "Decorated" }))
          return { kind: "complete", result: { ...outcome.result, tools } }
        },
      })
      const mcp = t.server({ middleware: [middleware] })
      mcp.tool({ name: "plain", description: "Plain" }, () => 1)
      expect(await (await t.connect(mcp)).listTools()).toMatchObject([{ description: "Decorated" }])
    })

    it("tells how far a call is while it waits", async () => {
      const middleware = defineMiddleware({
        name: "patience",
        callTool(call, next) {
          call.exchange.progress(1, 2, "queued")
          return next()
        },
      })
      const mcp = t.server({ middleware: [middleware] })
      mcp.tool({ name: "work" }, () => "done")
      const heard: unknown[] = []
      const client = await t.connect(mcp)
      await client.callTool(
        "work",
        {},
        { onProgress: ({ progress, total }) => heard.push([progress, total]) },
      )
      expect(heard).toEqual([[1, 2]])
    })

    it("that throws is an error with an id, and nothing of it is told", async () => {
      const middleware = defineMiddleware({
        name: "broken",
        callTool() {
          throw new RangeError("the password is hunter2")
        },
      })
      const mcp = t.server({ middleware: [middleware] })
      mcp.tool({ name: "work" }, () => "done")
      const failed = (await t.connect(mcp)).callTool("work")
      await expect(failed).rejects.toMatchObject({
        error: { code: -32603, message: expect.stringMatching(/^Internal error \([0-9a-f]{8}\)\.$/) },
      })
    })

    it("is attached once to a server, whoever asks and how often", async () => {
      let attached = 0
      const middleware = defineMiddleware({
        name: "counted",
        attach() {
          attached++
          return { request: (_, next) => next() }
        },
      })
      const mcp = t.server({ middleware: [middleware] })
      mcp.tool({ name: "work" }, () => "done")
      for (const client of [await t.connect(mcp), await t.connect(mcp)]) await client.callTool("work")
      mcp.use({ request: (_, next) => next() })
      await (await t.connect(mcp)).callTool("work")
      expect(attached).toBe(1)
    })
  },
  { over: everyTransport },
)
