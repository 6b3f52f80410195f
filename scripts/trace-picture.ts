/** Draws the trace of a call of examples/telemetry.ts into docs/images/trace.svg: `npx tsx scripts/trace-picture.ts`. */
import { mkdirSync, writeFileSync } from "node:fs"
import { SpanKind, trace } from "@opentelemetry/api"
import type { ReadableSpan } from "@opentelemetry/sdk-trace-node"
import mcp, { exporter } from "../examples/telemetry.ts"
import { connect } from "../src/testing/index.ts"

const file = "docs/images/trace.svg"
const size = { row: 26, left: 236, bars: 520, right: 64, top: 40 }
const colours: { readonly [kind: number]: string } = {
  [SpanKind.SERVER]: "#2563eb",
  [SpanKind.CLIENT]: "#b45309",
  [SpanKind.INTERNAL]: "#0f766e",
}

const spans = await traced()
mkdirSync("docs/images", { recursive: true })
writeFileSync(file, picture(spans))
console.log(`${file}: ${spans.length} spans`)

/** Calls a tool that asks, as a client that has a span of its own would, and gives the spans of all. */
async function traced(): Promise<readonly ReadableSpan[]> {
  const person = () => new Promise((resolve) => setTimeout(resolve, 60))
  // A session: the client is asked while the call runs, so that all of it is one tree.
  const client = await connect(mcp, {
    revision: "2025-11-25",
    elicitation: () => person().then(() => ({ action: "accept", content: { day: "Monday" } })),
  })
  // What is loaded by the first call is not what a call costs.
  await client.callTool("trip", { city: "Oslo" })
  exporter.reset()
  await trace.getTracer("agent").startActiveSpan("POST /mcp", { kind: SpanKind.SERVER }, async (span) => {
    await client.callTool("trip", { city: "Oslo" })
    span.end()
  })
  await client.close()
  return inTreeOrder(exporter.getFinishedSpans())
}

function inTreeOrder(all: readonly ReadableSpan[], parent?: string): readonly ReadableSpan[] {
  return all
    .filter(({ parentSpanContext }) => parentSpanContext?.spanId === parent)
    .sort((one, other) => at(one.startTime) - at(other.startTime))
    .flatMap((span) => [span, ...inTreeOrder(all, span.spanContext().spanId)])
}

function picture(all: readonly ReadableSpan[]): string {
  const begin = Math.min(...all.map(({ startTime }) => at(startTime)))
  const end = Math.max(...all.map(({ endTime }) => at(endTime)))
  const scale = size.bars / (end - begin)
  const width = size.left + size.bars + size.right
  const height = size.top + all.length * size.row + 14
  const rows = all.map((span, index) => {
    const y = size.top + index * size.row
    const x = size.left + (at(span.startTime) - begin) * scale
    const long = Math.max(2, (at(span.endTime) - at(span.startTime)) * scale)
    const name = `<text x="${16 + depthOf(span, all) * 14}" y="${y + 17}" fill="#111827">${escaped(span.name)}</text>`
    const bar = `<rect x="${x.toFixed(1)}" y="${y + 5}" width="${long.toFixed(1)}" height="16" rx="3" fill="${colours[span.kind]}"/>`
    const took = `<text x="${(x + long + 6).toFixed(1)}" y="${y + 17}" fill="#4b5563">${(at(span.endTime) - at(span.startTime)).toFixed(1)} ms</text>`
    const stripe =
      index % 2 === 0
        ? `<rect x="8" y="${y}" width="${width - 16}" height="${size.row}" fill="#f3f4f6"/>`
        : ""
    return [stripe, name, bar, took].join("")
  })
  const legend = [
    ["server", SpanKind.SERVER],
    ["client: the server asks", SpanKind.CLIENT],
    ["internal", SpanKind.INTERNAL],
  ] as const
  const words = legend.map(([word, kind], index) => {
    const x = size.left + index * 130 + (index > 1 ? 50 : 0)
    return `<rect x="${x}" y="14" width="11" height="11" rx="2" fill="${colours[kind]}"/><text x="${x + 17}" y="24" fill="#4b5563">${word}</text>`
  })
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" font-family="ui-sans-serif, Helvetica, Arial, sans-serif" font-size="12" role="img">`,
    `<title>The trace of a call: ${all.map(({ name }) => escaped(name)).join(", ")}</title>`,
    `<rect width="${width}" height="${height}" rx="8" fill="#ffffff" stroke="#d1d5db"/>`,
    `<text x="16" y="24" fill="#111827" font-weight="600">One call of the tool trip</text>`,
    ...words,
    ...rows,
    "</svg>\n",
  ].join("\n")
}

function depthOf(span: ReadableSpan, all: readonly ReadableSpan[]): number {
  const parent = all.find((one) => one.spanContext().spanId === span.parentSpanContext?.spanId)
  return parent === undefined ? 0 : 1 + depthOf(parent, all)
}

/** Milliseconds of a time of a span. */
function at([seconds, nanos]: ReadableSpan["startTime"]): number {
  return seconds * 1000 + nanos / 1e6
}

function escaped(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;")
}
