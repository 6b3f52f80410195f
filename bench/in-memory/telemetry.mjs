/**
 * FleetMCP through `connect()` of its testing entry, with telemetry. The name given by the parent tells how much: `plain`
 * has none, `hook` has middleware that does nothing in its place, `off` and `propagation` are its modes, `idle` is on where
 * no SDK is registered, and `native` where there is one that throws away what it is given.
 */
import { metrics } from "@opentelemetry/api"
import { MeterProvider } from "@opentelemetry/sdk-metrics"
import { NodeTracerProvider, NoopSpanProcessor } from "@opentelemetry/sdk-trace-node"
import { SERVER_INFO } from "../lib/catalog.mjs"
import { DIST, ENTRY } from "../lib/dist.mjs"
import { ARGS, serveLoop } from "./loop.mjs"

const { defineMiddleware, FleetMCP } = await import(ENTRY)
const { connect } = await import(`${DIST}testing/index.js`)
const { telemetry } = await import(`${DIST}telemetry/index.js`)
const work = process.argv[3]

if (work === "native" || work === "propagation") {
  new NodeTracerProvider({ spanProcessors: [new NoopSpanProcessor()] }).register()
  metrics.setGlobalMeterProvider(new MeterProvider())
}

const mode = work === "idle" ? "native" : work
const layers = {
  plain: () => [],
  hook: () => [defineMiddleware({ name: "hook", request: (_, next) => next() })],
}
const mcp = new FleetMCP(SERVER_INFO.name, {
  version: SERVER_INFO.version,
  blockedMs: false,
  middleware: layers[work]?.() ?? [telemetry({ mode })],
})
const input = { type: "object", properties: { a: { type: "number" }, b: { type: "number" } } }
mcp.tool({ name: "add", input }, ({ a, b }) => String(a + b))
const client = await connect(mcp, { clientInfo: SERVER_INFO })

await serveLoop(async () => {
  const { content } = await client.callTool("add", ARGS)
  return content[0].text
})
