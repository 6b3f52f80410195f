import { expect, it, onTestFinished } from "vitest"
import prometheus from "../../examples/prometheus.ts"
import mcp, { exporter, isUp, relay } from "../../examples/telemetry.ts"
import { connect as connectTo } from "../../src/testing/index.ts"
import { inSpan } from "../support/telemetry.ts"
import { callForText, connect } from "./example.ts"

it("telemetry.ts traces a call, its rounds, and what it does", async () => {
  exporter.reset()
  const client = await connectTo(mcp, {
    elicitation: () => ({ action: "accept", content: { day: "Monday" } }),
  })
  onTestFinished(() => client.close())
  expect((await client.callTool("trip", { city: "Oslo" })).content).toMatchObject([
    { text: "Sunny at Oslo airport" },
  ])
  expect(exporter.getFinishedSpans().map(({ name }) => name)).toEqual([
    "tools/call trip",
    "look up the station",
    "tools/call forecast",
    "tools/call trip",
  ])
})

it("telemetry.ts leaves health checks out, and tells other servers of its trace", async () => {
  exporter.reset()
  expect(await isUp()).toBe(true)
  expect(exporter.getFinishedSpans().map(({ name }) => name)).toEqual(["look up the station"])
  const sent: unknown[] = []
  await inSpan("relay", () => relay({ callTool: async (request) => sent.push(request) }))
  expect(sent).toMatchObject([{ _meta: { traceparent: expect.stringMatching(/^00-\w{32}-\w{16}-01$/) } }])
})

it("prometheus.ts shows its metrics under a route", async () => {
  expect(await callForText(await connect(prometheus), "ping")).toBe("pong")
  const answer = await prometheus.fetch(new Request("http://localhost/metrics"))
  const text = await answer.text()
  expect(answer.headers.get("content-type")).toContain("text/plain")
  expect(text).toMatch(
    /mcp_server_operation_duration(_seconds)?_count\{[^}]*mcp_method_name="tools\/call"[^}]*\} 1/,
  )
  expect(text).toContain('gen_ai_tool_name="ping"')
  expect(text).toContain("fleetmcp_server_active_subscriptions")
})
