import { isSpanContextValid, type Link, type SpanContext, TraceFlags } from "@opentelemetry/api"
import type { Call } from "../protocol/call.ts"

/**
 * Leaves a span to the next round of a call that asks, with what else the call remembers: sealed, so that any replica
 * finds it and no client can put another there. A call that does not ask leaves nothing.
 */
export async function leaveSpan(call: Call, { traceId, spanId, traceFlags }: SpanContext): Promise<void> {
  if ((traceFlags & TraceFlags.SAMPLED) === 0) return
  await call.exchange.recall(keyOf(call.round), undefined, async () => ({ traceId, spanId }))
}

/** Finds the span of the round before this one. */
export async function earlierSpan(call: Call): Promise<Link | undefined> {
  // Nested calls are of the round of the call that makes them, which has the link.
  if (call.round === 0 || call.parent !== undefined) return undefined
  const left = await call.exchange.recall(keyOf(call.round - 1), undefined, async () => ({}))
  const { traceId, spanId } = left as Partial<SpanContext>
  if (typeof traceId !== "string" || typeof spanId !== "string") return undefined
  const span = { traceId, spanId, traceFlags: TraceFlags.SAMPLED, isRemote: true }
  return isSpanContextValid(span)
    ? { context: span, attributes: { "fleetmcp.link": "earlier-round" } }
    : undefined
}

/** Steps and nested calls have other beginnings. */
function keyOf(round: number): string {
  return `telemetry/${round}`
}
