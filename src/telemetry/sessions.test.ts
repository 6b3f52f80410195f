import { SpanKind } from "@opentelemetry/api"
import { describe, expect, it, onTestFinished } from "vitest"
import { recorder } from "../../test/support/telemetry.ts"
import { settled } from "../../test/support/timing.ts"
import { defineMiddleware, FleetMCP } from "../index.ts"
import { connect } from "../testing/index.ts"
import { suppress, type TelemetryOptions, telemetry } from "./index.ts"

function serverWith(given: TelemetryOptions = {}) {
  const mcp = new FleetMCP("Test", { log: () => undefined, middleware: [telemetry(given)] })
  mcp.tool({ name: "echo" }, () => "hello")
  onTestFinished(() => mcp.close({ graceMs: 0 }))
  return mcp
}

const duration = "mcp.server.session.duration"

function httpOf(mcp: FleetMCP) {
  return async (method: string, body?: object, session?: string) =>
    mcp.fetch(
      new Request("http://localhost/mcp", {
        method,
        headers: {
          "content-type": "application/json",
          accept: "application/json, text/event-stream",
          ...(session !== undefined && { "mcp-session-id": session, "mcp-protocol-version": "2025-11-25" }),
        },
        ...(body && { body: JSON.stringify({ jsonrpc: "2.0", ...body }) }),
      }),
    )
}

const initialize = {
  id: 1,
  method: "initialize",
  params: { protocolVersion: "2025-11-25", capabilities: {}, clientInfo: { name: "c", version: "1" } },
}

describe("the duration of sessions", () => {
  it("is measured when one over HTTP ends, once, from its opening", async () => {
    const recorded = recorder()
    let now = 0
    const request = httpOf(serverWith({ now: () => now }))
    const opened = await request("POST", initialize)
    await opened.text()
    const session = opened.headers.get("mcp-session-id") ?? "none"
    now = 2000
    for (const id of [2, 3]) {
      const answer = await request("POST", { id, method: "tools/call", params: { name: "echo" } }, session)
      expect(await answer.text()).toContain("hello")
    }
    now = 5000
    expect(await recorded.points(duration)).toEqual([])
    await request("DELETE", undefined, session)
    await settled()
    const points = await recorded.points(duration)
    expect(points).toMatchObject([
      {
        value: { count: 1, sum: 5 },
        attributes: {
          "mcp.protocol.version": "2025-11-25",
          "network.transport": "tcp",
          "fleetmcp.server.name": "Test",
        },
      },
    ])
  })

  it("is measured when the client of a stream leaves", async () => {
    const recorded = recorder()
    const client = await connect(serverWith(), { revision: "2025-11-25" })
    await client.callTool("echo")
    await client.close()
    await settled()
    expect(await recorded.points(duration)).toMatchObject([{ value: { count: 1 } }])
  })

  it("is none of clients without sessions", async () => {
    const recorded = recorder()
    const client = await connect(serverWith())
    await client.callTool("echo")
    await client.close()
    await settled()
    expect(await recorded.points(duration)).toEqual([])
  })
})

describe("the span of a notification", () => {
  const notify = async (mcp: FleetMCP, method: string, params?: object) =>
    (await httpOf(mcp)("POST", { method, ...(params && { params }) }, await sessionOf(mcp))).text()
  const sessionOf = async (mcp: FleetMCP) => {
    const opened = await httpOf(mcp)("POST", initialize)
    await opened.text()
    return opened.headers.get("mcp-session-id") ?? "none"
  }
  const traceId = "0af7651916cd43dd8448eb211c80319c"
  const _meta = { traceparent: `00-${traceId}-b7ad6b7169203331-01` }

  it("is that of a server, of the trace of its sender", async () => {
    const recorded = recorder()
    await notify(serverWith(), "notifications/initialized", { _meta })
    const span = recorded.span("notifications/initialized")
    expect(span).toMatchObject({
      kind: SpanKind.SERVER,
      attributes: { "mcp.method.name": "notifications/initialized", "fleetmcp.server.name": "Test" },
    })
    expect(span.spanContext().traceId).toBe(traceId)
  })

  it.each([
    ["link", 1],
    ["ignore", 0],
  ] as const)("is of a trace of its own where clients are not believed (%s)", async (incoming, links) => {
    const recorded = recorder()
    await notify(serverWith({ incoming }), "notifications/initialized", { _meta })
    const span = recorded.span("notifications/initialized")
    expect(span.spanContext().traceId).not.toBe(traceId)
    expect(span.links).toHaveLength(links)
  })

  it("is not named by what clients make up", async () => {
    const recorded = recorder()
    await notify(serverWith(), "notifications/made-up")
    expect(recorded.span("_OTHER").attributes["mcp.method.name"]).toBe("_OTHER")
  })

  it("is not there where it is suppressed", async () => {
    const recorded = recorder()
    const mcp = serverWith()
    await suppress(() => notify(mcp, "notifications/initialized"))
    expect(recorded.spans()).toEqual([])
  })

  it("says what middleware further in throws", async () => {
    const recorded = recorder()
    const mcp = serverWith()
    mcp.use(
      defineMiddleware({
        notification() {
          throw new RangeError("of theirs")
        },
      }),
    )
    await notify(mcp, "notifications/initialized")
    expect(recorded.span("notifications/initialized").attributes["error.type"]).toBeDefined()
  })
})
