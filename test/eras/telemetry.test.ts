import { SpanKind } from "@opentelemetry/api"
import { expect, it } from "vitest"
import * as z from "zod"
import { inputRequired } from "../../src/index.ts"
import { features } from "../../src/spec/features.ts"
import { isStateless } from "../../src/spec/revisions.ts"
import { telemetry } from "../../src/telemetry/index.ts"
import { inSpan, type Recorder, recorder } from "../support/telemetry.ts"
import { describeEras, type EraTools } from "./eras.ts"
import { recording, type Sent } from "./recording.ts"
import { everyTransport } from "./transports.ts"

const secrets = ["a secret that nobody has ever guessed"]
const middleware = [telemetry()]
const elicitation = () => ({ action: "accept", content: { name: "Ada" } }) as const
const idOf = (recorded: Recorder, name: string) => recorded.span(name).spanContext().spanId

/** The `traceparent` of every question that went to the client. */
function parentsOf(sent: readonly Sent[]): readonly unknown[] {
  const questions = sent.flatMap(({ kind, message }) => {
    if (kind === "request") return [message.params]
    const { inputRequests = {} } = (message.result ?? {}) as { readonly inputRequests?: object }
    return Object.values(inputRequests).map(({ params }) => params)
  })
  return questions.map(
    (params) => (params as { readonly _meta?: { traceparent?: unknown } })._meta?.traceparent,
  )
}

const network = {
  memory: [undefined, undefined],
  lines: ["pipe", undefined],
  http: ["tcp", "http"],
  "http without sessions": ["tcp", "http"],
} as const

describeEras(
  "a call",
  (t) => {
    it("is a span of its revision and transport, and measured as one", async () => {
      const recorded = recorder()
      const mcp = t.server({ middleware })
      mcp.tool({ name: "work" }, () => inSpan("inner", async () => "done"))
      await (await t.connect(mcp)).callTool("work")
      const { kind, attributes } = recorded.span("tools/call work")
      const [transport, protocol] = network[t.transport]
      expect([kind, attributes["mcp.protocol.version"]]).toEqual([SpanKind.SERVER, t.revision])
      expect([attributes["network.transport"], attributes["network.protocol.name"]]).toEqual([
        transport,
        protocol,
      ])
      expect(typeof attributes["mcp.session.id"]).toBe(
        isStateless(t.revision) || t.transport === "http without sessions" ? "undefined" : "string",
      )
      expect(recorded.span("inner").parentSpanContext?.spanId).toBe(idOf(recorded, "tools/call work"))
      const points = await recorded.points("mcp.server.operation.duration")
      expect(points.map((point) => point.attributes["gen_ai.tool.name"])).toContain("work")
    })

    it("is part of the trace that its client says", async () => {
      const recorded = recorder()
      const mcp = t.server({ middleware })
      mcp.tool({ name: "work" }, () => "done")
      const client = await t.connect(mcp)
      const traceparent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
      await client.request("tools/call", { name: "work", _meta: { traceparent } })
      expect(recorded.span("tools/call work").parentSpanContext?.spanId).toBe("b7ad6b7169203331")
    })
  },
  { over: everyTransport },
)

/** A server that asks in a span of its handler, and all that it sent. */
async function asking(t: EraTools, isExplicit = false) {
  const mcp = t.server({ middleware, secrets })
  mcp.tool({ name: "ask" }, async (_, ctx) => {
    if (!isExplicit)
      return inSpan("handler", async () => (await ctx.elicit("Who?", z.object({ name: z.string() }))).action)
    if (ctx.inputResponses !== undefined) return "answered"
    const params = { message: "Who?", requestedSchema: { type: "object", properties: {} } } as const
    return inputRequired({ requests: { who: { method: "elicitation/create", params } } })
  })
  const sent: Sent[] = []
  return { client: await t.connectTo(recording(await t.reach(mcp), sent), { elicitation }), sent }
}

describeEras(
  "a question of an older revision",
  (t) => {
    it("is a span of the handler that asks, and tells the client of it", async () => {
      const recorded = recorder()
      const { client, sent } = await asking(t)
      await client.callTool("ask")
      const question = recorded.span("elicitation/create")
      expect([question.kind, question.parentSpanContext?.spanId]).toEqual([
        SpanKind.CLIENT,
        idOf(recorded, "handler"),
      ])
      const { traceId, spanId } = question.spanContext()
      expect(parentsOf(sent)).toEqual([`00-${traceId}-${spanId}-01`])
    })

    it("that is returned is a span of its round, to which the next one is linked", async () => {
      const recorded = recorder()
      const { client, sent } = await asking(t, true)
      await client.callTool("ask")
      const [first, second] = recorded.spans().filter(({ name }) => name === "tools/call ask")
      const question = recorded.span("elicitation/create")
      expect(question.parentSpanContext?.spanId).toBe(first?.spanContext().spanId)
      expect(parentsOf(sent)).toHaveLength(1)
      expect(second?.links.map(({ context }) => context.spanId)).toEqual([first?.spanContext().spanId])
    })
  },
  { knows: (revision) => !isStateless(revision) && features[revision].elicitation.length > 0 },
)

describeEras(
  "rounds of a call that asks",
  (t) => {
    it.each([false, true])(
      "are spans of which each is linked to the one before (explicit: %s)",
      async (isExplicit) => {
        const recorded = recorder()
        const { client, sent } = await asking(t, isExplicit)
        await client.callTool("ask")
        const [first, second] = recorded.spans().filter(({ name }) => name === "tools/call ask")
        expect(first?.attributes["fleetmcp.outcome"]).toBe("input-required")
        expect(first?.status.code).toBe(0)
        expect(second?.attributes["fleetmcp.round"]).toBe(1)
        expect(second?.links).toMatchObject([
          {
            context: { spanId: first?.spanContext().spanId },
            attributes: { "fleetmcp.link": "earlier-round" },
          },
        ])
        const { traceId, spanId } = first?.spanContext() ?? {}
        expect(parentsOf(sent)).toEqual([`00-${traceId}-${spanId}-01`])
      },
    )

    it("are linked across replicas", async () => {
      const recorded = recorder()
      const replicas = [t.server({ middleware, secrets }), t.server({ middleware, secrets })]
      for (const mcp of replicas)
        mcp.tool({ name: "ask" }, async (_, ctx) => (await ctx.elicit("Who?", z.object({}))).action)
      const targets = await Promise.all(replicas.map((mcp) => t.reach(mcp)))
      let turn = 0
      const handler: (typeof targets)[0]["handler"] = {
        handle: (message, channel) => {
          const target = targets[turn++ % 2] as (typeof targets)[0]
          return target.handler.handle(message, channel)
        },
      }
      const client = await t.connectTo({ handler, start: async () => undefined }, { elicitation })
      await client.callTool("ask")
      const [first, second] = recorded.spans().filter(({ name }) => name === "tools/call ask")
      expect(second?.links.map(({ context }) => context.spanId)).toEqual([first?.spanContext().spanId])
    })
  },
  { knows: isStateless },
)

describeEras(
  "a nested call that asks",
  (t) => {
    it("is a child of each round, and no error where it waits", async () => {
      const recorded = recorder()
      const mcp = t.server({ middleware, secrets })
      mcp.tool({ name: "inner" }, async (_, ctx) => (await ctx.elicit("Who?", z.object({}))).action)
      mcp.tool({ name: "outer" }, async (_, ctx) => (await ctx.callTool("inner")).content)
      await (await t.connect(mcp, { elicitation })).callTool("outer")
      const inner = recorded.spans().filter(({ attributes }) => attributes["gen_ai.tool.name"] === "inner")
      const outer = recorded.spans().filter(({ name }) => name === "tools/call outer")
      expect(inner.map(({ parentSpanContext }) => parentSpanContext?.spanId)).toEqual(
        outer.map((span) => span.spanContext().spanId),
      )
      expect(inner.map(({ status, kind }) => [status.code, kind])).toEqual(
        inner.map(() => [0, SpanKind.INTERNAL]),
      )
    })
  },
  { knows: (revision) => features[revision].elicitation.length > 0 },
)
