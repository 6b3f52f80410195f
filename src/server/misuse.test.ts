import { describe, expect, it } from "vitest"
import * as z from "zod"
import { deferred } from "../../test/http/server.ts"
import { loggedServer, quietServer } from "../../test/support/server.ts"
import type { Context } from "../components/context.ts"
import { createPrincipal } from "../protocol/principal.ts"
import { connect } from "../testing/index.ts"
import { getContext } from "./run-handler.ts"

/** A server whose tool leaves its context behind, and what is done with that once the call is over. */
async function afterEnd(use: (ctx: Context) => unknown) {
  const { mcp, log } = loggedServer()
  let left: Context | undefined
  mcp.tool({ name: "leaves" }, (_, ctx) => {
    left = ctx
    return "done"
  })
  await using client = await connect(mcp, { principal: await createPrincipal({ subject: "ada" }) })
  await client.callTool("leaves")
  // The call has ended, so there is a context.
  const used = await Promise.resolve(use(left as Context)).catch((error: unknown) => error)
  await expect.poll(() => log).toHaveLength(1)
  return { used, log }
}

describe("a context whose call has ended", () => {
  it.each<[string, (ctx: Context) => unknown]>([
    ["state.get()", (ctx) => ctx.state.get("a")],
    ["state.set()", (ctx) => ctx.state.set("a", 1)],
    ["state.update()", (ctx) => ctx.state.update("a", () => 1)],
    ["state.delete()", (ctx) => ctx.state.delete("a")],
    ["sessions.create()", (ctx) => ctx.sessions.create()],
    ["notify()", (ctx) => ctx.notify("com.example/x")],
    ["elicit()", (ctx) => ctx.elicit("Who?", z.object({}))],
    ["elicitUrl()", (ctx) => ctx.elicitUrl("Go", "https://example.com")],
    ["callTool()", (ctx) => ctx.callTool("leaves")],
    ["readResource()", (ctx) => ctx.readResource("a://b")],
    ["getPrompt()", (ctx) => ctx.getPrompt("a")],
  ])("rejects `%s` and says so in the log", async (member, use) => {
    const { used, log } = await afterEnd(use)
    expect(used).toMatchObject({ code: "FLEET-03", member, message: expect.stringContaining("`leaves`") })
    expect(log).toMatchObject([{ level: "warning", error: { code: "FLEET-03", member } }])
  })

  it.each<[string, (ctx: Context) => unknown]>([
    ["log", (ctx) => ctx.log.info("late")],
    ["progress", (ctx) => ctx.progress(1)],
  ])("says in the log that nobody hears of `%s`", async (member, use) => {
    const { used, log } = await afterEnd(use)
    expect(used).toBeUndefined()
    expect(log).toMatchObject([{ error: { code: "FLEET-03", member } }])
  })

  it("is told of once", async () => {
    const { log } = await afterEnd((ctx) => {
      for (let n = 0; n < 10; n++) ctx.progress(n)
    })
    expect(log).toHaveLength(1)
  })

  it("is nobody's fault where the call was cancelled", async () => {
    const { mcp, log } = loggedServer()
    const begun = deferred<Context>()
    mcp.tool({ name: "waits" }, (_, ctx) => {
      begun.resolve(ctx)
      return new Promise(() => undefined)
    })
    const client = await connect(mcp)
    const call = client.callTool("waits")
    const ctx = await begun.promise
    client.close()
    await expect(call).rejects.toMatchObject({ code: "CLIENT_CLOSED" })
    ctx.progress(1)
    await expect(ctx.state.get("a")).rejects.toMatchObject({ code: "CALL_ABORTED" })
    expect(log).toEqual([])
  })
})

describe("a context that calls share", () => {
  it("is told of where another call uses it", async () => {
    const { mcp, log } = loggedServer()
    const begun = deferred<Context>()
    const end = deferred<void>()
    let shared: Context | undefined
    mcp.tool({ name: "first" }, async (_, ctx) => {
      shared = ctx
      begun.resolve(ctx)
      await end.promise
      return "done"
    })
    mcp.tool({ name: "second" }, () => {
      shared?.log.info("for whom?")
      return "done"
    })
    await using client = await connect(mcp)
    const first = client.callTool("first")
    await begun.promise
    await client.callTool("second")
    end.resolve(undefined)
    await first
    expect(log).toMatchObject([{ error: { code: "FLEET-03", message: expect.stringContaining("`second`") } }])
  })

  it("may be used by the calls that its own makes", async () => {
    const { mcp, log } = loggedServer()
    let outer: Context | undefined
    mcp.tool({ name: "outer" }, async (_, ctx) => {
      outer = ctx
      await ctx.callTool("inner")
      return "done"
    })
    mcp.tool({ name: "inner" }, () => {
      outer?.log.info("fine")
      return "done"
    })
    await using client = await connect(mcp)
    await client.callTool("outer")
    expect(log).toEqual([])
  })
})

describe("a handler that takes its arguments for the context", () => {
  // What people write who do not use TypeScript, or silence it.
  const confused: readonly [string, (first: never) => unknown][] = [
    ["as an arrow function", (ctx: Context) => ctx.log.info("x")],
    ["taken apart", ({ log }: Context) => log.info("x")],
    ["as an async function", async (ctx: Context) => ctx.elicit("Who?", z.object({}))],
    [
      "as a function",
      function handler(context: Context) {
        context.progress(1)
        return "done"
      },
    ],
  ]

  it.each(confused)("is told so, %s", async (_, handler) => {
    const mcp = quietServer()
    mcp.tool({ name: "confused", input: z.object({ a: z.string() }) }, handler as () => string)
    expect(await mcp.callTool("confused", { a: "b" })).toMatchObject({
      isError: true,
      content: [
        { text: expect.stringContaining("The context is the second parameter: `(args, ctx) => …`.") },
      ],
    })
  })

  it("is told so in a resource and a prompt", async () => {
    const { mcp, log } = loggedServer()
    mcp.resource("a://b", ((ctx: Context) => ctx.log.info("x")) as never)
    mcp.prompt({ name: "p" }, ((ctx: Context) => ctx.log.info("x")) as never)
    await mcp.readResource("a://b").catch(() => undefined)
    await mcp.getPrompt("p").catch(() => undefined)
    expect(log).toMatchObject([{ error: { code: "FLEET-03" } }, { error: { code: "FLEET-03" } }])
  })

  it("is not suspected where the argument exists, or another error is thrown", async () => {
    const mcp = quietServer()
    mcp.tool({ name: "own", input: z.object({ log: z.string().optional() }) }, ({ log }) => {
      return (log as string).length
    })
    mcp.tool({ name: "other", input: z.object({}) }, (args) => {
      const { missing } = args as { missing?: { a: 1 } }
      return (missing as { a: 1 }).a
    })
    for (const name of ["own", "other"]) {
      expect(JSON.stringify(await mcp.callTool(name))).not.toContain("second parameter")
    }
  })
})

describe("getContext()", () => {
  it("says what to do in a callback that a pool or an emitter runs", () => {
    expect(() => getContext()).toThrow(/callback/)
  })
})
