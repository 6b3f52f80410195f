// #region prometheus
import { metrics } from "@opentelemetry/api"
import { PrometheusExporter, PrometheusSerializer } from "@opentelemetry/exporter-prometheus"
import { MeterProvider } from "@opentelemetry/sdk-metrics"
import { FleetMCP } from "fleetmcp"
import { telemetry } from "fleetmcp/telemetry"

const exporter = new PrometheusExporter({ preventServerStart: true })
const serializer = new PrometheusSerializer()
metrics.setGlobalMeterProvider(new MeterProvider({ readers: [exporter] }))

const mcp = new FleetMCP("Measured", { middleware: [telemetry()] })
mcp.tool({ name: "ping" }, () => "pong")

mcp.route("GET /metrics", async () => {
  const { resourceMetrics } = await exporter.collect()
  return new Response(serializer.serialize(resourceMetrics), {
    headers: { "content-type": "text/plain; version=0.0.4; charset=utf-8" },
  })
})
// #endregion

export default mcp
