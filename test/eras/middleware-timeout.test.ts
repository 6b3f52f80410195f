import { expect, it } from "vitest"
import { timeout } from "../../src/middleware/timeout.ts"
import { turn } from "../http/entries.ts"
import { describeEras } from "./eras.ts"

describeEras("timeout()", (t) => {
  it("answers a call that takes too long", async () => {
    const runs: (() => void)[] = []
    const after = (run: () => void) => {
      runs.push(run)
      return () => undefined
    }
    const mcp = t.server({ middleware: [timeout({ ms: 50, methods: ["tools/call"], after })] })
    mcp.tool({ name: "slow" }, () => {
      setImmediate(() => runs[0]?.())
      return new Promise(() => undefined)
    })
    const client = await t.connect(mcp)
    expect(await client.callTool("slow")).toMatchObject({
      isError: true,
      content: [{ text: expect.stringContaining("did not finish within 50 ms") }],
    })
  })
})

describeEras(
  "timeout() of a call that asks",
  (t) => {
    it.each([false, true])("counts the wait for a person where told so: %s", async (countsAsking) => {
      let time = 0
      const open = new Set<{ readonly at: number; readonly run: () => void }>()
      const after = (run: () => void, ms: number) => {
        const timer = { at: time + ms, run }
        open.add(timer)
        return () => void open.delete(timer)
      }
      const middleware = [timeout({ ms: 50, methods: ["tools/call"], now: () => time, after, countsAsking })]
      const mcp = t.server({ middleware })
      mcp.tool({ name: "ask" }, async (_, ctx) => String(await ctx.confirm("Sure?")))
      const client = await t.connect(mcp, {
        async elicitation() {
          await turn()
          time += 1000
          for (const { at, run } of [...open]) if (at <= time) run()
          return { action: "accept", content: {} }
        },
      })
      const { isError = false } = await client.callTool("ask")
      // Without sessions the call is over while a person is asked.
      expect(isError).toBe(countsAsking && t.revision !== "2026-07-28")
    })
  },
  { knows: (revision) => revision >= "2025-06-18" },
)
