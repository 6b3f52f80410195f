import { describe, expect, it } from "vitest"
import * as z from "zod"
import { quietServer } from "../../test/support/server.ts"
import { connect } from "../testing/index.ts"
import { type BulkToolsOptions, bulkTools } from "./bulk-tools.ts"

async function bulk(args: object, options: BulkToolsOptions = {}) {
  const mcp = quietServer({ middleware: [bulkTools(options)] })
  let most = 0
  let now = 0
  mcp.tool({ name: "double", input: z.object({ n: z.number() }) }, async ({ n }) => {
    most = Math.max(most, ++now)
    await Promise.resolve()
    now--
    return { n: 2 * n }
  })
  mcp.tool({ name: "drop", auth: { scopes: ["admin"] } as never }, () => "dropped")
  const result = await (await connect(mcp)).callTool("call_tools_bulk" as never, args as never)
  return {
    most,
    isError: result.isError,
    ...(result.structuredContent as unknown as { results: object[]; skipped: number }),
  }
}
const double = (n: unknown) => ({ name: "double", arguments: { n } })

describe("bulkTools()", () => {
  it("calls in order, so many at once", async () => {
    const { results, most } = await bulk({ calls: [1, 2, 3, 4].map(double) }, { concurrency: 2 })
    expect(results).toMatchObject([2, 4, 6, 8].map((n) => ({ name: "double", structuredContent: { n } })))
    expect(most).toBeLessThanOrEqual(2)
  })

  it("goes on where a call fails, and stops where it is told to", async () => {
    const calls = [double("x"), { name: "drop" }, { name: "call_tools_bulk" }, double(1)]
    expect((await bulk({ calls })).results.map((each) => "isError" in each)).toEqual([
      true,
      true,
      true,
      false,
    ])
    expect((await bulk({ calls, onError: "stop" }, { concurrency: 1 })).skipped).toBe(3)
  })

  it("makes no more calls than it may", async () => {
    expect((await bulk({ calls: [double(1), double(2)] }, { max: 1 })).isError).toBe(true)
  })

  it.each([{ max: 0 }, { concurrency: 1.5 }, { name: "a b" }, { limit: 1 }])("refuses %j", (options) =>
    expect(() => bulkTools(options as never)).toThrow(/\w/),
  )
})
