import { expect, it } from "vitest"
import * as z from "zod"
import { type AuditRecord, audit } from "../../src/middleware/audit.ts"
import { errors } from "../../src/middleware/errors.ts"
import { responseLimit } from "../../src/middleware/response-limit.ts"
import { timing } from "../../src/middleware/timing.ts"
import { validateOutputs } from "../../src/middleware/validate-outputs.ts"
import { isStateless } from "../../src/spec/revisions.ts"
import { describeEras } from "./eras.ts"

describeEras("middleware that tells and guards", (t) => {
  function serve() {
    const records: AuditRecord[] = []
    const failures = errors()
    const times = timing()
    const trail = audit({
      to: (record) => void records.push(record),
      onFailure: "refuse",
      methods: ["tools/call"],
    })
    const middleware = [failures, times, trail, responseLimit({ maxBytes: 2000 }), validateOutputs()]
    return { mcp: t.server({ middleware }), records, failures, times }
  }

  it("sees what a tool threw, masks it and records it", async () => {
    const { mcp, records, failures, times } = serve()
    mcp.tool({ name: "fail" }, () => {
      throw new RangeError("secret")
    })
    const client = await t.connect(mcp)
    expect(JSON.stringify(await client.callTool("fail"))).not.toContain("secret")
    expect(failures.counts()).toMatchObject({ "RangeError:tools/call": 1 })
    expect(times.statistics().targets).toMatchObject({ "tools/call fail": { count: 1, failed: 1 } })
    expect(records).toMatchObject([{ kind: "start" }, { outcome: "failed", error: "RangeError" }])
    expect(records[1]?.session !== undefined).toBe(!isStateless(t.revision))
  })

  it("answers what is too large so that its client takes it", async () => {
    const { mcp } = serve()
    mcp.tool({ name: "data", output: z.object({ text: z.string() }) }, () => ({ text: "x".repeat(5000) }))
    mcp.tool({ name: "text" }, () => "x".repeat(5000))
    const client = await t.connect(mcp)
    expect(await client.callTool("data")).toMatchObject({ isError: true })
    expect(JSON.stringify(await client.callTool("text")).length).toBeLessThan(2500)
  })

  it("tells rounds that ask from calls that end", async () => {
    const { mcp, records, times } = serve()
    mcp.tool({ name: "ask" }, async (_, ctx) => String(await ctx.roots()))
    const client = await t.connect(mcp, { roots: [] })
    await client.callTool("ask")
    const asked = isStateless(t.revision) ? 1 : 0
    expect(times.statistics().targets).toMatchObject({ "tools/call ask": { count: 1, failed: 0, asked } })
    expect(records.filter(({ kind }) => kind === "call").map(({ outcome }) => outcome)).toEqual(
      asked ? ["asked", "done"] : ["done"],
    )
  })
})
