import { expect, it } from "vitest"
import * as z from "zod"
import type { FleetMCP } from "../../src/index.ts"
import { type RetryOptions, retry } from "../../src/middleware/retry.ts"
import { isStateless } from "../../src/spec/revisions.ts"
import { describeEras, type EraTools } from "./eras.ts"
import { places } from "./places.ts"

const reset = () => Object.assign(new Error("gone"), { code: "ECONNRESET" })

const serverOf = (t: EraTools, options: RetryOptions = {}): FleetMCP =>
  t.server({ middleware: [retry({ sleep: async () => undefined, always: true, ...options })] })

describeEras("retry()", (t) => {
  it.each(places)("tries a $name again", async ({ add, call }) => {
    const mcp = serverOf(t)
    let runs = 0
    add(mcp, async () => {
      if (++runs < 3) throw reset()
      return `run ${runs}`
    })
    expect(await call(await t.connect(mcp))).toBe("run 3")
  })

  it("does not do a step again", async () => {
    const mcp = serverOf(t)
    let [runs, charges] = [0, 0]
    mcp.tool({ name: "pay" }, async (_, ctx) => {
      const charge = await ctx.step("charge", () => ++charges)
      if (++runs < 3) throw reset()
      return `charge ${charge} in run ${runs}`
    })
    const client = await t.connect(mcp)
    expect(await client.callTool("pay")).toMatchObject({ content: [{ text: "charge 1 in run 3" }] })
  })

  it("tells of progress that goes on increasing", async () => {
    const mcp = serverOf(t)
    let runs = 0
    mcp.tool({ name: "work" }, async (_, ctx) => {
      runs++
      ctx.progress(1)
      if (runs === 1) throw reset()
      ctx.progress(2)
      return "done"
    })
    const client = await t.connect(mcp)
    const told: number[] = []
    await client.callTool("work", {}, { onProgress: ({ progress }) => void told.push(progress) })
    expect(told).toEqual([...new Set(told)])
    expect(told.at(-1)).toBe(2)
  })
})

describeEras(
  "retry() of a call that asks",
  (t) => {
    it("asks after a retry, and goes on with the results of steps", async () => {
      const mcp = serverOf(t)
      const counts = { runs: 0, steps: 0, nested: 0 }
      mcp.resource("count://nested", () => {
        if (++counts.nested === 1) throw reset()
        return `nested ${counts.nested}`
      })
      mcp.tool({ name: "pay" }, async (_, ctx) => {
        const step = await ctx.step("charge", () => ++counts.steps)
        const [nested] = (await ctx.readResource("count://nested")).contents
        if (++counts.runs === 1) throw reset()
        const answer = await ctx.elicit("Sure?", z.object({ sure: z.boolean() }))
        return `${step} ${nested !== undefined && "text" in nested ? nested.text : ""} ${answer.action}`
      })
      const client = await t.connect(mcp, {
        elicitation: () => ({ action: "accept", content: { sure: true } }),
      })
      // The nested call failed once, was repeated within the first run, and made anew by the second.
      expect(await client.callTool("pay")).toMatchObject({ content: [{ text: "1 nested 3 accept" }] })
      expect(counts.steps).toBe(1)
    })

    it("does not ask a person twice", async () => {
      const mcp = serverOf(t)
      let [runs, asked] = [0, 0]
      mcp.tool({ name: "pay" }, async (_, ctx) => {
        await ctx.confirm("Sure?")
        runs++
        throw reset()
      })
      const client = await t.connect(mcp, {
        elicitation: () => {
          asked++
          return { action: "accept", content: {} }
        },
      })
      expect(await client.callTool("pay")).toMatchObject({ isError: true })
      expect([runs, asked]).toEqual([1, 1])
    })
  },
  { knows: (revision) => revision >= "2025-06-18" },
)

describeEras(
  "retry() of a call without a session",
  (t) => {
    it("makes a call that a handler made anew, where its result made the run fail", async () => {
      const mcp = serverOf(t, { tools: ["outer"], always: false })
      let nested = 0
      mcp.tool({ name: "inner" }, () => {
        if (++nested === 1) throw new Error("not yet")
        return `nested ${nested}`
      })
      mcp.tool({ name: "outer" }, async (_, ctx) => {
        const { isError, content } = await ctx.callTool("inner")
        if (isError === true) throw reset()
        await ctx.confirm("Go on?")
        const [block] = content
        return block?.type === "text" ? block.text : ""
      })
      const client = await t.connect(mcp, { elicitation: () => ({ action: "accept", content: {} }) })
      expect(await client.callTool("outer")).toMatchObject({ content: [{ text: "nested 2" }] })
    })
  },
  { knows: isStateless },
)
