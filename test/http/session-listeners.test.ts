import { ServerResponse } from "node:http"
import { expect, it, onTestFinished, vi } from "vitest"
import * as z from "zod"
import { inputRequired } from "../../src/index.ts"
import { describeEntries } from "./entries.ts"
import { quietServer } from "./server.ts"
import { join } from "./session-client.ts"

const asking = { capabilities: { elicitation: {}, sampling: {}, roots: {} } }
const none = z.object({})

/** How many listeners for its client's leaving a response was given. */
function leavingListeners(): () => number {
  const once = vi.spyOn(ServerResponse.prototype, "once")
  onTestFinished(() => once.mockRestore())
  return () => once.mock.calls.filter(([event]) => event === "close").length
}

function warnings(): readonly Error[] {
  const seen: Error[] = []
  const note = (warning: Error) => void seen.push(warning)
  process.on("warning", note)
  onTestFinished(() => void process.off("warning", note))
  return seen
}

describeEntries("a call of a session that asks often", (serve) => {
  it("listens for its client's leaving once, through thirty questions and nine rounds", async () => {
    const seen = warnings()
    const count = leavingListeners()
    const mcp = quietServer()
    const run = vi.fn()
    mcp.tool({ name: "rounds" }, async (_, ctx) => {
      run()
      const round = (ctx.inputState as number | undefined) ?? 0
      for (let n = 0; n < 4; n++) await ctx.elicit(`${round}.${n}`, none)
      return round < 9 ? inputRequired({ state: round + 1 }) : "done"
    })
    mcp.tool({ name: "once" }, async (_, ctx) => (await ctx.elicit("once", none)).action)
    const client = await join(await serve(mcp), asking)

    async function play(name: string): Promise<number> {
      const before = count()
      const stream = await client.stream(name)
      for (;;) {
        const { id, method, result } = await stream.message()
        if (method === undefined) {
          expect(result).not.toMatchObject({ isError: true })
          // What each answer that comes by POST listens for is not counted: there is no call.
          return count() - before
        }
        await client.answer(id, { action: "accept", content: {} })
      }
    }

    const alone = await play("once")
    expect([await play("rounds"), run.mock.calls.length]).toEqual([alone, 10])
    await new Promise((resolve) => setImmediate(resolve))
    expect(seen).toEqual([])
  })

  it("still ends the round that runs when its client leaves for good", async () => {
    const mcp = quietServer()
    const aborted = vi.fn()
    mcp.tool({ name: "rounds" }, async (_, ctx) => {
      if (ctx.inputState === undefined) return inputRequired({ state: 1 })
      ctx.signal.addEventListener("abort", aborted)
      await ctx.elicit("Still there?", none)
      return "done"
    })
    const client = await join(await serve(mcp), asking)
    const stream = await client.stream("rounds", {}, 7)
    await stream.message()
    await client.notify("notifications/cancelled", { requestId: 7 })
    await vi.waitFor(() => expect(aborted).toHaveBeenCalled())
  })
})
