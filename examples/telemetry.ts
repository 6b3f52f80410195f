// #region setup
import { metrics, trace } from "@opentelemetry/api"
import { MeterProvider } from "@opentelemetry/sdk-metrics"
import { InMemorySpanExporter, NodeTracerProvider, SimpleSpanProcessor } from "@opentelemetry/sdk-trace-node"
import { FleetMCP } from "fleetmcp"
import { memoryStorage } from "fleetmcp/storage"
import { observed, suppress, telemetry, traceMeta } from "fleetmcp/telemetry"
import * as z from "zod"

// The SDK is the program's own: give it an exporter for your backend in place of this one, which only remembers.
export const exporter = new InMemorySpanExporter()
new NodeTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] }).register()
metrics.setGlobalMeterProvider(new MeterProvider({ readers: [] }))

const mcp = new FleetMCP("Weather", {
  storage: observed(memoryStorage(), { name: "memory" }),
  middleware: [telemetry({ incoming: "link" })], // the first, and so the outermost
})
// #endregion

// #region handler
const tracer = trace.getTracer("weather")

mcp.tool({ name: "forecast", input: z.object({ city: z.string() }) }, ({ city }) =>
  // A child of the span of this call, as are those of instrumented clients: fetch, pg, ioredis…
  tracer.startActiveSpan("look up the station", async (span) => {
    const station = await nearest(city)
    span.end()
    return `Sunny at ${station}`
  }),
)

async function nearest(city: string): Promise<string> {
  await new Promise((resolve) => setTimeout(resolve, 20))
  return `${city} airport`
}
// #endregion

mcp.tool({ name: "trip", input: z.object({ city: z.string() }) }, async ({ city }, ctx) => {
  const day = await ctx.elicit("Which day?", z.object({ day: z.string() }), { key: "day" })
  if (day.action !== "accept") return "No trip then"
  const { content } = await ctx.callTool("forecast", { city })
  return content
})

// #region suppress
export const isUp = (): Promise<boolean> =>
  suppress(() =>
    mcp.callTool("forecast", { city: "Oslo" }).then(
      () => true,
      () => false,
    ),
  )
// #endregion

// #region client
/** Any client whose requests take a `_meta`, such as the official one. */
interface Upstream {
  callTool(request: { name: string; _meta: { [key: string]: unknown } }): Promise<unknown>
}

export const relay = (upstream: Upstream): Promise<unknown> =>
  upstream.callTool({ name: "forecast", _meta: traceMeta() })
// #endregion

export default mcp
