import {
  type Context,
  context,
  createContextKey,
  type Link,
  ROOT_CONTEXT,
  type Span,
  SpanKind,
  SpanStatusCode,
  type Tracer,
  trace,
} from "@opentelemetry/api"
import { type ContextKey, contextKey } from "../components/context.ts"
import { HandlerFailed } from "../errors/handler-failed.ts"
import type { AroundAsk, Call } from "../protocol/call.ts"
import { network, type Subject, sessionOf, spanAttributes, spanName } from "./attributes.ts"
import { type Ending, endingOfThrown } from "./ending.ts"
import type { TelemetryOptions } from "./options.ts"
import { extracted, spanContextOf, stampedQuestion } from "./propagation.ts"

/** The trace context in which a call runs, for the calls that its handler makes where nothing else carries it. */
const contextOfCall: ContextKey<Context> = /* @__PURE__ */ contextKey("telemetry")

/** Marks contexts that are within a call of ours. */
const insideCall: symbol = /* @__PURE__ */ createContextKey("fleetmcp.call")

/** Where a call comes from. */
export interface Origin {
  readonly parent: Context
  /** What it has to do with besides. */
  readonly links: readonly Link[]
}

/**
 * Says of what a call is part: of the call whose handler makes it, of what its client says, or of what surrounds it.
 *
 * @see https://opentelemetry.io/docs/specs/semconv/gen-ai/mcp/#context-propagation
 */
export function originOf(call: Call, incoming: NonNullable<TelemetryOptions["incoming"]>): Origin {
  const active = context.active()
  if (call.id === undefined) {
    const made = isInside(active) ? active : call.parent?.get(contextOfCall)
    return { parent: made ?? active, links: [] }
  }
  // Lines are read in the context in which somebody began to read them: it has nothing to do with what they say.
  const ambient = call.exchange.transport === "stdio" ? ROOT_CONTEXT : active
  if (incoming === "ignore") return { parent: ambient, links: [] }
  const sent = extracted(ambient, call.meta)
  const around = spanContextOf(ambient)
  const remote = spanContextOf(sent)
  const isSent = remote !== undefined && remote !== around
  if (incoming === "link") return { parent: ambient, links: isSent ? [{ context: remote }] : [] }
  return { parent: sent, links: isSent && around !== undefined ? [{ context: around }] : [] }
}

/** The context in which the rest of a call runs. */
export function entered(call: Call, within: Context): Context {
  call.set(contextOfCall, within)
  return within.setValue(insideCall, true)
}

/** Whether a context is within a call of ours. */
function isInside(from: Context): boolean {
  return from.getValue(insideCall) === true
}

/** What the span of a call is made of. */
export interface SpanInit {
  readonly subject: Subject
  readonly origin: Origin
  readonly isPrincipalShown: boolean
  /** The span of the round before. */
  readonly earlier: Link | undefined
}

/** Begins the span of a call. What it is named and says from the start, samplers can decide by. */
export function beginSpan(tracer: Tracer, init: SpanInit): Span {
  const { subject, origin, isPrincipalShown, earlier } = init
  return tracer.startSpan(
    spanName(subject.target),
    {
      kind: subject.call.id === undefined ? SpanKind.INTERNAL : SpanKind.SERVER,
      attributes: spanAttributes(subject, isPrincipalShown),
      links: earlier === undefined ? [...origin.links] : [...origin.links, earlier],
    },
    origin.parent,
  )
}

/** Says on a span what went wrong, if something did. */
export function markEnding(span: Span, ending: Ending, isExceptionRecorded: boolean): void {
  const { type, message, cause } = ending
  if (type === undefined) return
  span.setStatus({ code: SpanStatusCode.ERROR, ...(message === undefined ? undefined : { message }) })
  const thrown = cause instanceof HandlerFailed ? cause.cause : cause
  if (isExceptionRecorded && thrown instanceof Error) span.recordException(thrown)
}

/** Makes a span of each question that goes to the client as a request, and tells the client of which trace it is. */
export function aroundAsk(call: Call, within: Context, tracer: Tracer | undefined): AroundAsk {
  return async (question, ask) => {
    const active = context.active()
    const parent = isInside(active) ? active : within
    if (tracer === undefined) return ask(stampedQuestion(question, parent))
    const session = sessionOf(call)
    const attributes = {
      "mcp.method.name": question.method,
      "mcp.protocol.version": call.peer.revision,
      ...network(call.exchange.transport),
      ...(session === undefined ? undefined : { "mcp.session.id": session }),
    }
    const span = tracer.startSpan(question.method, { kind: SpanKind.CLIENT, attributes }, parent)
    try {
      return await ask(stampedQuestion(question, trace.setSpan(parent, span)))
    } catch (error) {
      const ending = endingOfThrown(error)
      if (ending.type !== undefined) span.setAttribute("error.type", ending.type)
      markEnding(span, ending, false)
      throw error
    } finally {
      span.end()
    }
  }
}
