import { type Context, context, propagation, type SpanContext, trace } from "@opentelemetry/api"
import type { InputRequired, Question } from "../protocol/call.ts"
import type { Params } from "../protocol/jsonrpc.ts"

/** What carries a trace context: the fields of the propagators that are registered, with their texts. */
type Carrier = { [field: string]: string }

/**
 * Adds the trace context that is active now to the `_meta` of a request, for servers that this process calls as a client.
 *
 * @param meta What else is in it. Default: nothing.
 * @see https://opentelemetry.io/docs/specs/semconv/gen-ai/mcp/#context-propagation
 * @example
 * const request = { method: "tools/call", params: { name: "forecast", _meta: traceMeta() } }
 */
export function traceMeta(meta: { readonly [key: string]: unknown } = {}): { [key: string]: unknown } {
  return { ...meta, ...carrierOf(context.active()) }
}

/** Reads what a client sent in the `_meta` of a request, over what is known already. */
export function extracted(base: Context, meta: Params | undefined): Context {
  if (meta === undefined) return base
  let carrier: Carrier | undefined
  for (const field of propagation.fields()) {
    const text = Object.hasOwn(meta, field) ? meta[field] : undefined
    // The client may send anything: what is no text of a plausible length is not even looked at.
    if (typeof text !== "string" || text === "" || text.length > mostOf(field)) continue
    carrier ??= {}
    carrier[field] = text
  }
  if (carrier === undefined) return base
  try {
    return propagation.extract(base, carrier)
  } catch {
    // Some propagators throw of what is malformed, such as a `%` in baggage: it is as none.
    return base
  }
}

/** W3C Baggage §3.3.2 and W3C Trace Context §3.3.1.5 say how much must be taken; there is no need to take more. */
function mostOf(field: string): number {
  return field === "baggage" ? 8192 : 512
}

/** The span of a context, where it is one that can be referred to. */
export function spanContextOf(from: Context): SpanContext | undefined {
  const span = trace.getSpanContext(from)
  return span !== undefined && trace.isSpanContextValid(span) ? span : undefined
}

/** Adds the trace context to what a client is asked by a request. Without baggage, which may be of the server's own. */
export function stampedQuestion(question: Question, from: Context): Question {
  const { params } = question
  const stamped = stamp(params, carrierOf(propagation.deleteBaggage(from)))
  return stamped === undefined ? question : { ...question, params: stamped }
}

/** Adds the trace context to what a client is asked by an outcome. */
export function stampedOutcome(outcome: InputRequired, from: Context): InputRequired {
  const { requests, continuation } = outcome
  // What is held is asked by requests of its own.
  if (requests === undefined || continuation?.kind === "held") return outcome
  const carrier = carrierOf(propagation.deleteBaggage(from))
  const stamped = Object.entries(requests).map(([key, request]) => {
    // One of three kinds of requests, each with an object or nothing.
    const params = stamp(request.params as Params | undefined, carrier)
    return [key, params === undefined ? request : { ...request, params }]
  })
  return { ...outcome, requests: Object.fromEntries(stamped) }
}

function stamp(params: Params | undefined, carrier: Carrier): Params | undefined {
  if (Object.keys(carrier).length === 0) return undefined
  // What a handler wrote into it was checked to be an object, or it is the client that says what is wrong with it.
  return { ...params, _meta: { ...(params?._meta as Params | undefined), ...carrier } }
}

function carrierOf(from: Context): Carrier {
  const carrier: Carrier = {}
  propagation.inject(from, carrier)
  return carrier
}
