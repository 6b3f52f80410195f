import { describe, expect, it, vi } from "vitest"
import * as z from "zod"
import { quietServer } from "../../test/support/server.ts"
import { contextKey } from "../components/context.ts"
import type { FleetMCP } from "../fleet-mcp.ts"
import { complete } from "../protocol/call.ts"
import { defineMiddleware } from "./define-middleware.ts"
import type { AttachedHooks } from "./middleware.ts"

/** A server on which each call runs twice. */
function twice(hooks: Partial<AttachedHooks> = {}): FleetMCP<never> {
  const middleware = defineMiddleware({
    name: "twice",
    attach: () => ({
      repeats: true,
      async callTool(_, next) {
        await next()
        return next()
      },
      ...hooks,
    }),
  })
  return quietServer({ middleware: [middleware] }) as FleetMCP<never>
}

const textOf = async (mcp: FleetMCP<never>, name = "run") => {
  const [block] = (await mcp.callTool(name)).content
  return block?.type === "text" ? block.text : undefined
}

describe("middleware that repeats", () => {
  it("runs what lies further in again", async () => {
    const mcp = twice()
    let runs = 0
    mcp.tool({ name: "run" }, () => String(++runs))
    expect(await textOf(mcp)).toBe("2")
  })

  it("does a step once, and gives what it gave", async () => {
    const mcp = twice()
    let done = 0
    mcp.tool({ name: "run" }, async (_, ctx) => String(await ctx.step("charge", () => ++done)))
    expect(await textOf(mcp)).toBe("1")
  })

  it("waits for a step that a run has left behind", async () => {
    const mcp = twice()
    let done = 0
    let runs = 0
    let finish: () => void = () => undefined
    mcp.tool({ name: "run" }, async (_, ctx) => {
      const step = ctx.step("charge", async () => {
        done++
        await new Promise<void>((resolve) => {
          finish = resolve
        })
        return "charged"
      })
      if (++runs === 1) {
        await vi.waitFor(() => expect(done).toBe(1))
        setImmediate(() => finish())
        throw new Error("left")
      }
      return step
    })
    expect([await textOf(mcp), done]).toEqual(["charged", 1])
  })

  it("still refuses two steps of one name in one run", async () => {
    const mcp = twice()
    mcp.tool({ name: "run" }, async (_, ctx) => {
      await ctx.step("one", () => 1)
      return ctx.step("one", () => 2)
    })
    expect(await mcp.callTool("run")).toMatchObject({ isError: true })
  })

  it("makes nested calls anew, and their steps not", async () => {
    const mcp = twice()
    const runs = { nested: 0, step: 0 }
    mcp.resource("count://nested", async (_, ctx) => {
      runs.nested++
      return String(await ctx.step("one", () => ++runs.step))
    })
    mcp.tool({ name: "run" }, async (_, ctx) => {
      const { contents } = await ctx.readResource("count://nested")
      return contents.map((each) => ("text" in each ? each.text : "")).join()
    })
    expect([await textOf(mcp), runs]).toEqual(["1", { nested: 2, step: 1 }])
  })

  it("keeps the values that were left in the call", async () => {
    const mcp = twice()
    const key = contextKey<number>("left")
    const left: unknown[] = []
    mcp.tool({ name: "run" }, (_, ctx) => {
      left.push(ctx.get(key))
      ctx.set(key, left.length)
      return "done"
    })
    await textOf(mcp)
    // Values are of the call, whoever runs.
    expect(left).toEqual([undefined, 1])
  })

  it("may not go on twice at a time", async () => {
    const mcp = twice({
      async callTool(_, next) {
        const [one] = await Promise.all([next(), next()])
        return one
      },
    })
    mcp.tool({ name: "run" }, () => "done")
    await expect(mcp.callTool("run")).rejects.toThrow("called `next()` again while it ran")
  })

  it("goes on with the parameters of the first time", async () => {
    const mcp = twice({
      async callTool(call, next) {
        await next(call.withParams({ ...call.params, arguments: { n: 7 } }))
        return next()
      },
    })
    const seen: number[] = []
    mcp.tool({ name: "run", input: z.object({ n: z.number() }) }, ({ n }) => void seen.push(n))
    await mcp.callTool("run", { n: 1 } as never)
    expect(seen).toEqual([7, 7])
  })

  it("may not go on with others then", async () => {
    const mcp = twice({
      async callTool(call, next) {
        await next()
        return next(call.withParams(call.params))
      },
    })
    mcp.tool({ name: "run" }, () => "done")
    await expect(mcp.callTool("run")).rejects.toThrow("again with another call")
  })

  it("hears again what was wrong with what it gave first", async () => {
    const mcp = twice({
      async callTool(_, next) {
        await next("wrong" as never).catch(() => undefined)
        return next()
      },
    })
    mcp.tool({ name: "run" }, () => "done")
    await expect(mcp.callTool("run")).rejects.toThrow("called `next()` with what is no call")
  })

  it("never runs parameters that were refused", async () => {
    const mcp = twice({
      async callTool(call, next) {
        await next(call.withParams({ name: 7 } as never)).catch(() => undefined)
        return next()
      },
    })
    const run = vi.fn(() => "done")
    mcp.tool({ name: "run" }, run)
    await expect(mcp.callTool("run")).rejects.toThrow("`name`")
    expect(run).not.toHaveBeenCalled()
  })

  it("may not go on once it has returned", async () => {
    let late: Promise<unknown> | undefined
    const mcp = twice({
      callTool(_, next) {
        setImmediate(() => {
          late = next()
        })
        return complete({ content: [] })
      },
    })
    mcp.tool({ name: "run" }, () => "done")
    await mcp.callTool("run")
    await new Promise((resolve) => setImmediate(resolve))
    await expect(late).rejects.toThrow("after it had returned")
  })

  it("is what the hooks say of themselves: others may not", async () => {
    const mcp = twice({ repeats: false })
    mcp.tool({ name: "run" }, () => "done")
    await expect(mcp.callTool("run")).rejects.toThrow("called `next()` twice")
  })
})
