import { propagation, SpanKind, SpanStatusCode, trace } from "@opentelemetry/api"
import { NodeTracerProvider, type Sampler, SamplingDecision } from "@opentelemetry/sdk-trace-node"
import fc from "fast-check"
import { describe, expect, it, onTestFinished } from "vitest"
import { inSpan, type Recorder, recorder, unregister } from "../../test/support/telemetry.ts"
import { MisorderedMiddleware } from "../errors/middleware-order.ts"
import { InvalidOption, UnknownOption } from "../errors/server.ts"
import {
  complete,
  createPrincipal,
  defineMiddleware,
  defineProvider,
  FleetError,
  FleetMCP,
  type FleetMCPOptions,
  type Middleware,
} from "../index.ts"
import { cacheStatus } from "../middleware/cache-status.ts"
import type { LogRecord } from "../server/server-log.ts"
import { connect } from "../testing/index.ts"
import { suppress, type TelemetryOptions, telemetry, traceMeta } from "./index.ts"

const traceId = "0af7651916cd43dd8448eb211c80319c"
const traceparent = `00-${traceId}-b7ad6b7169203331-01`

function serverWith(
  given: TelemetryOptions = {},
  more: readonly Middleware[] = [],
  options: FleetMCPOptions = {},
) {
  const mcp = new FleetMCP("Test", {
    log: () => undefined,
    middleware: [telemetry(given), ...more],
    ...options,
  })
  mcp.tool({ name: "echo", input: { type: "object" } }, () => "hello")
  mcp.tool({ name: "fails" }, () => {
    throw new TypeError("secret")
  })
  mcp.tool({ name: "outer" }, async (_, ctx) => (await ctx.callTool("echo")).content)
  mcp.tool({ name: "works" }, () => inSpan("work", async () => "done"))
  mcp.prompt("greet", () => "Hello")
  mcp.prompt("broken", () => {
    throw new TypeError("secret")
  })
  mcp.resource("docs://guide", () => "text")
  onTestFinished(() => mcp.close({ graceMs: 0 }))
  return mcp
}

/** Makes requests whatever comes of them. */
async function tried(work: Promise<unknown>): Promise<void> {
  await work.catch(() => undefined)
}

/** Calls a tool with a `_meta`. */
async function callWith(mcp: FleetMCP, name: string, meta: { readonly [key: string]: unknown }) {
  const client = await connect(mcp)
  return client.request("tools/call", { name, _meta: meta })
}

const traceOf = (recorded: Recorder, name: string) => recorded.span(name).spanContext().traceId
const parentOf = (recorded: Recorder, name: string) => recorded.span(name).parentSpanContext?.spanId

describe("the span of a call", () => {
  it("is named and described as the conventions have it", async () => {
    const recorded = recorder()
    await (await connect(serverWith())).callTool("echo")
    const span = recorded.span("tools/call echo")
    expect(span.kind).toBe(SpanKind.SERVER)
    expect(span.status.code).toBe(SpanStatusCode.UNSET)
    expect(span.attributes).toEqual({
      "mcp.method.name": "tools/call",
      "mcp.protocol.version": "2026-07-28",
      "gen_ai.operation.name": "execute_tool",
      "gen_ai.tool.name": "echo",
      "jsonrpc.request.id": expect.any(String),
      "fleetmcp.server.name": "Test",
      "fleetmcp.outcome": "complete",
    })
    expect(span.instrumentationScope.name).toBe("fleetmcp")
  })

  it("says its name and attributes to samplers, from the second call on", async () => {
    const seen: unknown[] = []
    const sampler: Sampler = {
      shouldSample(...[, , name, kind, attributes]) {
        seen.push([name, kind, attributes["gen_ai.tool.name"]])
        return { decision: SamplingDecision.RECORD_AND_SAMPLED }
      },
    }
    recorder({ sampler })
    const client = await connect(serverWith())
    await client.callTool("echo")
    await client.callTool("echo")
    expect(seen).toEqual([
      ["tools/call", SpanKind.SERVER, "echo"],
      ["tools/call echo", SpanKind.SERVER, "echo"],
    ])
  })

  it("names prompts, and has URIs of resources as attributes alone", async () => {
    const recorded = recorder()
    const client = await connect(serverWith())
    await client.getPrompt("greet")
    await client.readResource("docs://guide")
    expect(recorded.span("prompts/get greet").attributes["gen_ai.prompt.name"]).toBe("greet")
    expect(recorded.span("resources/read").attributes["mcp.resource.uri"]).toBe("docs://guide")
  })

  it("is an error where a tool failed", async () => {
    const recorded = recorder()
    await (await connect(serverWith())).callTool("fails")
    const span = recorded.span("tools/call fails")
    expect(span.status.code).toBe(SpanStatusCode.ERROR)
    expect(span.attributes).toMatchObject({ "error.type": "tool_error", "fleetmcp.outcome": "complete" })
  })

  it("is an error with what the client was told where the protocol has one, without what was thrown", async () => {
    const recorded = recorder()
    await tried((await connect(serverWith({}, [], { maskErrors: true }))).getPrompt("broken"))
    const span = recorded.span("prompts/get broken")
    expect(span.status.code).toBe(SpanStatusCode.ERROR)
    expect(span.attributes).toMatchObject({
      "error.type": "HANDLER_FAILED",
      "rpc.response.status_code": "-32603",
      "fleetmcp.outcome": "failure",
    })
    expect(span.events).toEqual([])
    expect(JSON.stringify([span.status, span.attributes])).not.toContain("secret")
  })

  it("has what was thrown where that is asked for", async () => {
    const recorded = recorder()
    await tried((await connect(serverWith({ recordExceptions: true }))).getPrompt("broken"))
    expect(recorded.span("prompts/get broken").events).toMatchObject([
      { name: "exception", attributes: { "exception.type": "TypeError" } },
    ])
  })

  it("has the code of our own errors", async () => {
    const recorded = recorder()
    await tried((await connect(serverWith())).callTool("nothing"))
    expect(recorded.span("tools/call").attributes).toMatchObject({
      "error.type": "UNKNOWN_TOOL",
      "rpc.response.status_code": "-32602",
    })
  })

  it("ends where middleware throws", async () => {
    const recorded = recorder()
    const thrower = defineMiddleware({
      name: "thrower",
      callTool() {
        throw new TypeError("secret")
      },
    })
    await tried((await connect(serverWith({}, [thrower]))).callTool("echo"))
    expect(recorded.spans()).toMatchObject([
      { status: { code: SpanStatusCode.ERROR }, attributes: { "error.type": "-32603" } },
    ])
  })

  it("says who calls only where that is asked for", async () => {
    const recorded = recorder()
    const principal = await createPrincipal({ subject: "ada" })
    await (await connect(serverWith(), { principal })).callTool("echo")
    expect(recorded.spans()[0]?.attributes).not.toHaveProperty("enduser.id")
    recorded.reset()
    await (await connect(serverWith({ principal: true }), { principal })).callTool("echo")
    expect(recorded.spans()[0]?.attributes["enduser.id"]).toBe("ada")
  })

  it("does not tell the id of a session that is open to whoever knows it", async () => {
    const recorded = recorder()
    const ids: (string | undefined)[] = []
    const spy = defineMiddleware({
      name: "spy",
      callTool(call, next) {
        ids.push(call.exchange.session?.id)
        return next()
      },
    })
    const mcp = serverWith({}, [spy])
    await (await connect(mcp, { revision: "2025-11-25" })).callTool("echo")
    const principal = await createPrincipal({ subject: "ada" })
    await (await connect(mcp, { revision: "2025-11-25", principal })).callTool("echo")
    const told = recorded
      .spans()
      .filter(({ name }) => name === "tools/call echo")
      .map(({ attributes }) => attributes["mcp.session.id"])
    expect(told[0]).toMatch(/^[0-9a-z]{5,12}$/)
    expect(told[0]).not.toBe(ids[0])
    expect(told[1]).toBe(ids[1])
  })
})

describe("what is within a call", () => {
  it("has its span for parent: spans of handlers", async () => {
    const recorded = recorder()
    await (await connect(serverWith())).callTool("works")
    expect(parentOf(recorded, "work")).toBe(recorded.span("tools/call works").spanContext().spanId)
  })

  it("has its span for parent: calls of handlers, which are no requests", async () => {
    const recorded = recorder()
    await (await connect(serverWith())).callTool("outer")
    expect(recorded.span("tools/call echo").kind).toBe(SpanKind.INTERNAL)
    expect(parentOf(recorded, "tools/call echo")).toBe(recorded.span("tools/call outer").spanContext().spanId)
    const counted = await recorded.points("mcp.server.operation.duration")
    expect(counted.map(({ attributes }) => attributes["gen_ai.tool.name"])).toEqual(["outer"])
  })

  it("keeps to its own call where calls overlap", async () => {
    const recorded = recorder()
    const client = await connect(serverWith())
    await Promise.all([1, 2, 3].map(() => client.callTool("works")))
    const parents = recorded.spans().filter(({ name }) => name === "work")
    expect(new Set(parents.map(({ parentSpanContext }) => parentSpanContext?.spanId)).size).toBe(3)
  })
})

describe("the trace context of a client", () => {
  it("is the parent of the span, with its state and baggage", async () => {
    const recorded = recorder()
    const mcp = serverWith()
    const heard: unknown[] = []
    mcp.tool({ name: "baggage" }, () => {
      heard.push(propagation.getActiveBaggage()?.getEntry("user")?.value)
      return ""
    })
    await callWith(mcp, "baggage", { traceparent, tracestate: "a=1", baggage: "user=ada" })
    const span = recorded.span("tools/call baggage")
    expect(span.spanContext().traceId).toBe(traceId)
    expect(span.parentSpanContext?.spanId).toBe("b7ad6b7169203331")
    expect(span.spanContext().traceState?.get("a")).toBe("1")
    expect(heard).toEqual(["ada"])
  })

  it("comes before what surrounds the call, which is linked", async () => {
    const recorded = recorder()
    const mcp = serverWith()
    await inSpan("POST /mcp", () => callWith(mcp, "echo", { traceparent }))
    const span = recorded.span("tools/call echo")
    expect(span.spanContext().traceId).toBe(traceId)
    expect(span.links.map(({ context }) => context.spanId)).toEqual([
      recorded.span("POST /mcp").spanContext().spanId,
    ])
  })

  it("is not needed: what surrounds the call is the parent then", async () => {
    const recorded = recorder()
    const mcp = serverWith()
    await inSpan("POST /mcp", () => callWith(mcp, "echo", {}))
    expect(parentOf(recorded, "tools/call echo")).toBe(recorded.span("POST /mcp").spanContext().spanId)
    expect(recorded.span("tools/call echo").links).toEqual([])
  })

  it("is a link, without baggage, where clients are not believed", async () => {
    const recorded = recorder()
    const mcp = serverWith({ incoming: "link" })
    const heard: unknown[] = []
    mcp.tool({ name: "baggage" }, () => {
      heard.push(propagation.getActiveBaggage())
      return ""
    })
    await callWith(mcp, "baggage", { traceparent, baggage: "user=ada" })
    const span = recorded.span("tools/call baggage")
    expect(span.spanContext().traceId).not.toBe(traceId)
    expect(span.links.map(({ context }) => context.traceId)).toEqual([traceId])
    expect(heard).toEqual([undefined])
  })

  it("is nothing where it is ignored", async () => {
    const recorded = recorder()
    await callWith(serverWith({ incoming: "ignore" }), "echo", { traceparent })
    const span = recorded.span("tools/call echo")
    expect([span.spanContext().traceId === traceId, span.links]).toEqual([false, []])
  })

  it("does nothing where it is malformed, whatever it is", async () => {
    const recorded = recorder()
    const mcp = serverWith()
    const client = await connect(mcp)
    const hostile = fc.oneof(
      fc.jsonValue(),
      fc.string({ maxLength: 60 }),
      fc.constantFrom(
        "00-00000000000000000000000000000000-b7ad6b7169203331-01",
        `00-${traceId}-0000000000000000-01`,
        `ff-${traceId}-b7ad6b7169203331-01`,
        `00-${traceId.toUpperCase()}-b7ad6b7169203331-01`,
        `${traceparent}\n${traceparent}`,
        `${traceparent}-extra`,
        "x".repeat(100_000),
      ),
    )
    await fc.assert(
      fc.asyncProperty(hostile, hostile, hostile, async (parent, state, baggage) => {
        recorded.reset()
        await client.request("tools/call", {
          name: "echo",
          _meta: { traceparent: parent, tracestate: state, baggage },
        })
        expect(recorded.spans()).toHaveLength(1)
        expect(recorded.spans()[0]?.parentSpanContext).toBeUndefined()
      }),
      { numRuns: 100 },
    )
  })

  it("is not read where it is longer than any can be", async () => {
    const recorded = recorder()
    const mcp = serverWith()
    const heard: unknown[] = []
    mcp.tool({ name: "baggage" }, () => {
      heard.push(propagation.getActiveBaggage())
      return ""
    })
    const state = `a=${"1".repeat(600)}`
    await callWith(mcp, "baggage", { traceparent, tracestate: state, baggage: `a=${"1".repeat(9000)}` })
    expect(recorded.span("tools/call baggage").spanContext().traceState?.serialize()).toBeFalsy()
    expect(heard).toEqual([undefined])
  })
})

describe("names and metrics", () => {
  it("are few, whatever clients ask for", async () => {
    const recorded = recorder()
    const client = await connect(serverWith())
    for (let n = 0; n < 50; n++) {
      await tried(client.callTool(`made-up-${n}`))
      await tried(client.getPrompt(`made-up-${n}`))
      await tried(client.readResource(`made-up://${n}`))
      await tried(client.request(`made/up-${n}`, {}))
    }
    expect(new Set(recorded.spans().map(({ name }) => name))).toEqual(
      new Set(["tools/call", "prompts/get", "resources/read", "_OTHER"]),
    )
    expect((await recorded.points("mcp.server.operation.duration")).length).toBe(4)
    expect(JSON.stringify(await recorded.points("mcp.server.operation.duration"))).not.toContain("made")
  })

  it("are few, whatever middleware answers", async () => {
    const recorded = recorder()
    const anything = defineMiddleware({
      name: "anything",
      request: (call) => ({
        kind: "failure",
        error: { code: Number(call.params.code), message: "No" },
        cause: new MadeUp(String(call.params.code)),
      }),
    })
    const client = await connect(serverWith({}, [anything]))
    for (let code = 0; code < 150; code++) await tried(client.request("tools/list", { code }))
    const points = await recorded.points("mcp.server.operation.duration")
    expect(points.length).toBeLessThan(110)
    expect(points.map(({ attributes }) => attributes["error.type"])).toContain("_OTHER")
  })

  it("make no lookups behind what refuses", async () => {
    recorder()
    let lookups = 0
    const far = defineProvider({
      name: "far",
      list: () => [],
      find() {
        lookups++
        return undefined
      },
    })
    await tried((await connect(serverWith({}, [], { providers: [far] }))).callTool("made-up"))
    expect(lookups).toBe(1)
    const refuses = serverWith({}, [refusing("RATE_LIMITED")], { providers: [far] })
    await tried((await connect(refuses)).callTool("made-up"))
    expect(lookups).toBe(1)
  })

  it("count requests with how long they took and how they ended", async () => {
    const recorded = recorder()
    let time = 0
    const client = await connect(serverWith({ now: () => (time += 500) }))
    await client.callTool("echo")
    await client.callTool("echo")
    await client.callTool("fails")
    const points = await recorded.points("mcp.server.operation.duration")
    expect(points).toMatchObject([
      {
        attributes: {
          "mcp.method.name": "tools/call",
          "gen_ai.tool.name": "echo",
          "gen_ai.operation.name": "execute_tool",
          "mcp.protocol.version": "2026-07-28",
          "fleetmcp.outcome": "complete",
        },
        value: { count: 2, sum: 1 },
      },
      { attributes: { "gen_ai.tool.name": "fails", "error.type": "tool_error" }, value: { count: 1 } },
    ])
    expect(points[0]?.attributes).not.toHaveProperty("jsonrpc.request.id")
  })

  it("count what was refused, and by what", async () => {
    const recorded = recorder()
    await tried((await connect(serverWith({}, [refusing("RATE_LIMITED")]))).callTool("echo"))
    expect(await recorded.points("fleetmcp.server.refusals")).toMatchObject([
      { value: 1, attributes: { "error.type": "RATE_LIMITED", "mcp.method.name": "tools/call" } },
    ])
  })

  it("count what the cache answered", async () => {
    const recorded = recorder()
    const cache = defineMiddleware({
      name: "cache",
      callTool(call, next) {
        call.set(cacheStatus, call.target === "echo" ? "hit" : "miss")
        return call.target === "echo" ? complete({ content: [] }) : next()
      },
    })
    const client = await connect(serverWith({}, [cache]))
    await client.callTool("echo")
    await client.callTool("echo")
    await client.callTool("works")
    const points = await recorded.points("fleetmcp.cache.requests")
    expect(points.map(({ value, attributes }) => [value, attributes["fleetmcp.cache.status"]])).toEqual([
      [2, "hit"],
      [1, "miss"],
    ])
    expect(recorded.span("tools/call works").attributes["fleetmcp.cache.status"]).toBe("miss")
  })

  it("count requests that are being served, sessions and subscriptions", async () => {
    const recorded = recorder()
    const mcp = serverWith()
    let meanwhile: unknown
    mcp.tool({ name: "look" }, async () => {
      meanwhile = (await recorded.points("fleetmcp.server.active_requests")).map(({ value }) => value)
      return ""
    })
    const modern = await connect(mcp)
    await modern.listen({ toolsListChanged: true }, () => undefined)
    await (await connect(mcp, { revision: "2025-11-25" })).callTool("look")
    expect(meanwhile).toContain(1)
    const values = async (name: string) => (await recorded.points(name)).map(({ value }) => value)
    expect(await values("fleetmcp.server.active_sessions")).toEqual([1])
    expect(await values("fleetmcp.server.active_subscriptions")).toEqual([1])
    expect(new Set(await values("fleetmcp.server.active_requests"))).toEqual(new Set([0]))
    await mcp.close({ graceMs: 0 })
    expect(await values("fleetmcp.server.active_sessions")).toEqual([0])
  })

  it("count servers of one name together", async () => {
    const recorded = recorder()
    const shared = telemetry()
    for (let n = 0; n < 2; n++) {
      const mcp = new FleetMCP("Same", { log: () => undefined, middleware: [shared] })
      onTestFinished(() => mcp.close({ graceMs: 0 }))
      await connect(mcp, { revision: "2025-11-25" })
    }
    expect(await recorded.points("fleetmcp.server.active_sessions")).toMatchObject([
      { value: 2, attributes: { "fleetmcp.server.name": "Same" } },
    ])
  })
})

describe("content", () => {
  const args = { city: "Zürich", password: "hunter2", nested: { apiKey: "k" } }

  it("is in no span unless that is asked for", async () => {
    const recorded = recorder()
    await (await connect(serverWith())).callTool("echo", args)
    expect(JSON.stringify(recorded.spans()[0]?.attributes)).not.toContain("Zürich")
  })

  it("is in spans of tools, without secrets, where that is asked for", async () => {
    const recorded = recorder()
    await (await connect(serverWith({ captureContent: true }))).callTool("echo", args)
    const { attributes } = recorded.span("tools/call echo")
    expect(JSON.parse(String(attributes["gen_ai.tool.call.arguments"]))).toEqual({
      city: "Zürich",
      password: "[redacted]",
      nested: { apiKey: "[redacted]" },
    })
    expect(String(attributes["gen_ai.tool.call.result"])).toContain("hello")
  })

  it("is cut to a length, and redacted by a function", async () => {
    const recorded = recorder()
    const captureContent = {
      results: false,
      maxLength: 50,
      redact: (name: string, value: unknown) => (name === "city" ? "?" : value),
    }
    const client = await connect(serverWith({ captureContent }))
    await client.callTool("echo", { city: "Zürich", long: "x".repeat(100_000), more: [1, 2, 3] })
    const { attributes } = recorded.span("tools/call echo")
    expect(String(attributes["gen_ai.tool.call.arguments"])).toMatch(/^\{"city":"\?","long":"x{20,50}$/)
    expect(attributes).not.toHaveProperty("gen_ai.tool.call.result")
  })

  it("is left out where its redaction fails", async () => {
    const recorded = recorder()
    const redact = () => {
      throw new TypeError("no")
    }
    await (await connect(serverWith({ captureContent: { redact } }))).callTool("echo", args)
    expect(recorded.span("tools/call echo").attributes).not.toHaveProperty("gen_ai.tool.call.arguments")
  })
})

describe("modes", () => {
  it("can be only to carry contexts", async () => {
    const recorded = recorder()
    await callWith(serverWith({ mode: "propagation" }), "works", { traceparent })
    expect(recorded.spans().map(({ name }) => name)).toEqual(["work"])
    expect(traceOf(recorded, "work")).toBe(traceId)
    expect(await recorded.points("mcp.server.operation.duration")).toEqual([])
  })

  it("can be off", async () => {
    const recorded = recorder()
    await callWith(serverWith({ mode: "off" }), "works", { traceparent })
    expect(traceOf(recorded, "work")).not.toBe(traceId)
    expect(recorded.spans().map(({ name }) => name)).toEqual(["work"])
  })

  it("are nothing where no SDK is registered, and something from when one is", async () => {
    unregister()
    const mcp = serverWith()
    const client = await connect(mcp)
    await client.callTool("echo")
    const recorded = recorder()
    await client.callTool("echo")
    expect(recorded.spans()).toHaveLength(1)
    expect(await recorded.points("mcp.server.operation.duration")).toHaveLength(1)
  })

  it("take providers of their own", async () => {
    const recorded = recorder()
    const tracerProvider = trace.getTracerProvider()
    trace.disable()
    await (await connect(serverWith({ tracerProvider }))).callTool("echo")
    expect(recorded.spans()).toHaveLength(1)
  })

  it.each(["native", "propagation"] as const)(
    "are made where `skip` throws, which is logged once (%s)",
    async (mode) => {
      const recorded = recorder()
      const log: LogRecord[] = []
      const skip = () => {
        throw new RangeError("of theirs")
      }
      const mcp = serverWith({ skip, mode }, [], { log: (record) => void log.push(record) })
      const client = await connect(mcp)
      for (let n = 0; n < 3; n++) expect((await client.callTool("echo")).isError).not.toBe(true)
      expect(log.map(({ message }) => message)).toEqual(["`skip` of `telemetry()` failed; said once"])
      const calls = recorded.spans().filter(({ name }) => name === "tools/call echo")
      expect(calls).toHaveLength(mode === "native" ? 3 : 0)
    },
  )

  it("leave out what is skipped", async () => {
    const recorded = recorder()
    const mcp = serverWith({ skip: (call) => call.target === "echo" })
    const client = await connect(mcp)
    await client.callTool("echo")
    await client.callTool("works")
    expect(recorded.spans().map(({ name }) => name)).toEqual(["work", "tools/call works"])
  })
})

describe("suppress", () => {
  it("keeps calls out of spans and metrics, across waiting", async () => {
    const recorded = recorder()
    const mcp = serverWith()
    await suppress(async () => {
      await new Promise((resolve) => setImmediate(resolve))
      await mcp.callTool("echo")
    })
    expect(recorded.spans()).toEqual([])
    await mcp.callTool("echo")
    expect(recorded.spans()).toHaveLength(1)
  })

  it("gives back what the work gives", () => {
    expect(suppress(() => 5)).toBe(5)
  })
})

describe("traceMeta", () => {
  it("adds the context that is active, as the propagators say it", async () => {
    recorder()
    await inSpan("work", async (span) => {
      const { traceId, spanId } = span.spanContext()
      expect(traceMeta({ key: 1 })).toEqual({ key: 1, traceparent: `00-${traceId}-${spanId}-01` })
    })
    expect(traceMeta()).toEqual({})
  })
})

describe("options", () => {
  it.each([
    { mode: "on" },
    { incoming: "yes" },
    { captureContent: { maxLength: 0 } },
    { tracerProvider: {} },
    { skip: "ping" },
  ])("refuses %j", (options) => {
    expect(() => telemetry(options as never)).toThrow(InvalidOption)
  })

  it("refuses what does not exist", () => {
    expect(() => telemetry({ enabled: true } as never)).toThrow(UnknownOption)
  })

  it("has to stand first", () => {
    const errors = defineMiddleware({ name: "errors", request: (_, next) => next() })
    expect(() => new FleetMCP("Test", { middleware: [errors, telemetry()] })).toThrow(MisorderedMiddleware)
  })
})

class MadeUp extends FleetError {
  readonly code: string
  constructor(n: string) {
    super("Made up.")
    this.code = `MADE_UP_${n}`
  }
}

function refusing(code: string): Middleware {
  class Refused extends FleetError {
    readonly code = code
    override readonly rpc = -32000
  }
  return defineMiddleware({
    name: "refusing",
    callTool() {
      throw new Refused("Too many requests.")
    },
  })
}

describe("what telemetry depends on", () => {
  it("may throw at the end of a call that has run", async () => {
    const log: unknown[] = []
    const tracerProvider = new NodeTracerProvider({
      spanProcessors: [
        {
          onStart: () => undefined,
          onEnd() {
            throw new Error("no room")
          },
          forceFlush: async () => undefined,
          shutdown: async () => undefined,
        },
      ],
    })
    const mcp = serverWith({ tracerProvider }, [], { log: (record) => void log.push(record) })
    const client = await connect(mcp)
    for (let n = 0; n < 2; n++)
      expect(await client.callTool("echo")).toMatchObject({ content: [{ text: "hello" }] })
    expect(log).toMatchObject([{ level: "error", error: new Error("no room") }])
  })

  it("may be a propagator that throws of what is malformed", async () => {
    recorder()
    propagation.disable()
    propagation.setGlobalPropagator({
      fields: () => ["baggage"],
      inject: () => undefined,
      extract(_, carrier) {
        throw new URIError(String(carrier))
      },
    })
    expect(await callWith(serverWith(), "echo", { baggage: "a=%" })).toMatchObject({
      content: [{ text: "hello" }],
    })
  })

  it("may be a lookup that hangs, of a call that needed none", async () => {
    const recorded = recorder()
    const answering = defineMiddleware({ name: "kept", callTool: () => complete({ content: [] }) })
    const hanging = defineProvider({ name: "far", list: () => [], find: () => new Promise(() => undefined) })
    const mcp = serverWith({}, [answering], { providers: [hanging] })
    await (await connect(mcp)).callTool("far_tool")
    expect(recorded.spans()).toMatchObject([{ name: "tools/call" }])
  })

  it("keeps secrets out of the text in which a result stands a second time", async () => {
    const recorded = recorder()
    const mcp = serverWith({ captureContent: true })
    mcp.tool({ name: "login" }, () => ({ user: "ada", password: "hunter2" }))
    await (await connect(mcp)).callTool("login")
    const result = String(recorded.span("tools/call login").attributes["gen_ai.tool.call.result"])
    expect(result).not.toContain("hunter2")
    expect(JSON.parse(result)).toMatchObject({
      content: [{ text: '{"user":"ada","password":"[redacted]"}' }],
    })
  })
})
