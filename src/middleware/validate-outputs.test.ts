import { describe, expect, it } from "vitest"
import * as z from "zod"
import { resultOf } from "../../test/support/post.ts"
import { call } from "../../test/support/rpc.ts"
import { loggedServer } from "../../test/support/server.ts"
import { tool } from "../components/tool.ts"
import type { CallToolResult } from "../spec/index.ts"
import { errors } from "./errors.ts"
import { type ValidateOutputsOptions, validateOutputs } from "./validate-outputs.ts"

/** A server whose middleware further in answers for tools. */
function answering(result: object, options: ValidateOutputsOptions = {}) {
  const failures = errors()
  const { mcp, log } = loggedServer({ middleware: [failures, validateOutputs(options)] })
  mcp.tool({ name: "sum", output: z.object({ sum: z.number() }) }, () => ({ sum: 3 }))
  mcp.tool({ name: "free" }, () => "free")
  mcp.use({ callTool: () => ({ kind: "complete", result: result as CallToolResult }) })
  return { mcp, log, failures }
}

const text = [{ type: "text", text: "3" }]

describe("validateOutputs()", () => {
  it("lets results pass that keep their schema", async () => {
    const { mcp } = answering({ content: text, structuredContent: { sum: 3 } })
    expect(await resultOf(mcp, call("sum"))).toMatchObject({ structuredContent: { sum: 3 } })
  })

  it.each([
    ["breaks its schema", { content: text, structuredContent: { sum: "secret" } }],
    ["has no structured content where a schema is declared", { content: text }],
  ])("answers a result by an error that %s", async (_, result) => {
    const { mcp, log } = answering(result)
    const { isError, content, structuredContent, _meta } = await resultOf(mcp, call("sum"))
    expect({ isError, content, structuredContent }).toEqual({
      isError: true,
      content: [
        { type: "text", text: "Error calling tool 'sum': it returned what its output schema refuses." },
      ],
      structuredContent: undefined,
    })
    expect(_meta).toMatchObject({ "fleetmcp/errorId": log[0]?.errorId })
    expect(log[0]?.error).toMatchObject({ code: "INVALID_OUTPUT" })
  })

  it("lets errors pass", async () => {
    const { mcp } = answering({ content: text, isError: true })
    expect(await resultOf(mcp, call("sum"))).toMatchObject({ content: text, isError: true })
  })

  it("lets tools pass that declare no schema", async () => {
    const { mcp } = answering({ content: text })
    expect(await resultOf(mcp, call("free"))).toMatchObject({ content: text })
  })

  it("checks the tools that it is told to", async () => {
    const { mcp } = answering({ content: text }, { tools: ["free"] })
    expect(await resultOf(mcp, call("sum"))).toMatchObject({ content: text })
  })

  it("is seen by middleware that counts errors", async () => {
    const { mcp, failures } = answering({ content: text })
    await resultOf(mcp, call("sum"))
    expect(failures.counts()).toEqual({ "INVALID_OUTPUT:tools/call": 1 })
  })

  it("ends in time for a pattern that would hang", async () => {
    const { mcp } = answering({ content: text, structuredContent: { a: `${"a".repeat(5000)}!` } })
    const output = { type: "object", properties: { a: { type: "string", pattern: "^(a+)+$" } } } as const
    mcp.tool({ name: "slow", output }, () => ({ a: "a" }))
    const started = performance.now()
    expect(await resultOf(mcp, call("slow"))).toMatchObject({ isError: true })
    expect(performance.now() - started).toBeLessThan(5000)
  })

  it("says once that a schema cannot be checked, and lets pass or refuses as it is told", async () => {
    for (const [unusable, isError] of [
      ["pass", undefined],
      ["refuse", true],
    ] as const) {
      const { mcp, log } = answering({ content: text, structuredContent: { a: "aa" } }, { unusable })
      const output = { type: "object", properties: { a: { type: "string", pattern: "^(a)\\1$" } } } as const
      mcp.add(tool({ name: "odd", output }, () => ({ a: "aa" })))
      for (let n = 0; n < 3; n++) expect((await resultOf(mcp, call("odd"))).isError).toBe(isError)
      expect(log.filter(({ level }) => level === "warning")).toHaveLength(1)
    }
  })

  it("refuses options that cannot be meant", () => {
    expect(() => validateOutputs({ unusable: "drop" } as object)).toThrow("unusable")
  })
})
