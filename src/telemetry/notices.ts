import { context, type Link, SpanKind, type Tracer, trace } from "@opentelemetry/api"
import { isObject } from "../protocol/jsonrpc.ts"
import type { MiddlewareHooks, Notice } from "../server/middleware.ts"
import { endingOfThrown } from "./ending.ts"
import type { TelemetryOptions } from "./options.ts"
import { extracted, spanContextOf } from "./propagation.ts"
import type { Providers } from "./providers.ts"
import { markEnding } from "./spans.ts"
import { isSuppressed } from "./suppress.ts"

/** The notifications that clients of some revision send; names that they make up are none of a span. */
const known: ReadonlySet<string> = /* @__PURE__ */ new Set([
  ...["notifications/initialized", "notifications/cancelled", "notifications/progress"],
  ...["notifications/roots/list_changed", "notifications/tasks/status", "notifications/elicitation/complete"],
])

/**
 * Makes the hook that makes a span of each notification of a client.
 *
 * @see https://opentelemetry.io/docs/specs/semconv/gen-ai/mcp/#server
 */
export function noticing(
  options: TelemetryOptions,
  providers: Providers,
  server: string,
): NonNullable<MiddlewareHooks["notification"]> {
  const { incoming = "parent", recordExceptions = false } = options

  async function record(tracer: Tracer, notice: Notice, next: () => Promise<void>): Promise<void> {
    const { parent, links } = originOf(notice, incoming)
    const method = known.has(notice.method) ? notice.method : "_OTHER"
    const attributes = { "mcp.method.name": method, "fleetmcp.server.name": server }
    const span = tracer.startSpan(method, { kind: SpanKind.SERVER, attributes, links }, parent)
    try {
      await context.with(trace.setSpan(parent, span), next)
    } catch (error) {
      const ending = endingOfThrown(error)
      if (ending.type !== undefined) span.setAttribute("error.type", ending.type)
      markEnding(span, ending, recordExceptions)
      throw error
    } finally {
      span.end()
    }
  }

  return (notice, next) => {
    const tracer = isSuppressed() ? undefined : providers.tracer()
    return tracer === undefined ? next() : record(tracer, notice, next)
  }
}

/** As of calls: the sender's span is the parent, a link, or nothing. */
function originOf({ params }: Notice, incoming: NonNullable<TelemetryOptions["incoming"]>) {
  const ambient = context.active()
  const links: Link[] = []
  if (incoming === "ignore") return { parent: ambient, links }
  const sent = extracted(ambient, isObject(params?._meta) ? params._meta : undefined)
  if (incoming === "parent") return { parent: sent, links }
  const remote = spanContextOf(sent)
  if (remote !== undefined && remote !== spanContextOf(ambient)) links.push({ context: remote })
  return { parent: ambient, links }
}
