import { describe, expect, it } from "vitest"
import { type Completer, runCompleter } from "./completion.ts"
import type { Context } from "./context.ts"

/** Completers are asked for values only; none of these looks at the context. */
const run = (completer: Completer) => runCompleter(completer, "", { arguments: {}, ctx: {} as Context })
const many = Array.from({ length: 150 }, (_, at) => `v${at}`)

describe("what a completer says", () => {
  it("is cut to what an answer may hold, with how many there were", async () => {
    expect(await run(() => many)).toEqual({ values: many.slice(0, 100), total: 150, hasMore: true })
  })

  it.each([-5, Number.NaN, 1.5, "9", null])("counts the values where the total is %j", async (total) => {
    expect(await run(() => ({ values: ["a", "b"], total: total as never }))).toMatchObject({ total: 2 })
  })

  it("is believed where it counts more than it gives", async () => {
    expect(await run(() => ({ values: ["a"], total: 7, hasMore: true }))).toMatchObject({
      total: 7,
      hasMore: true,
    })
  })

  it.each(["x", 1, null])("tells by the total whether there is more where it says %j", async (hasMore) => {
    expect(await run(() => ({ values: ["a"], hasMore: hasMore as never }))).toMatchObject({ hasMore: false })
  })
})
