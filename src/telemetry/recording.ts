import { type Attributes, context, type Span, trace } from "@opentelemetry/api"
import { cacheStatus } from "../middleware/cache-status.ts"
import type { Call, Outcome } from "../protocol/call.ts"
import type { Hook, Next } from "../server/middleware.ts"
import type { MiddlewareServer } from "../server/middleware-view.ts"
import { endAttributes, endBounds, metricAttributes, type Subject, spanName } from "./attributes.ts"
import { type Capture, captureOf } from "./capture.ts"
import { type Ending, endingOf, endingOfThrown } from "./ending.ts"
import type { Instruments } from "./instruments.ts"
import type { TelemetryOptions } from "./options.ts"
import { spanContextOf, stampedOutcome } from "./propagation.ts"
import type { Providers } from "./providers.ts"
import { earlierSpan, leaveSpan } from "./rounds.ts"
import { sessionsOf } from "./sessions.ts"
import { complaints, skipping } from "./skipping.ts"
import { aroundAsk, beginSpan, entered, markEnding, originOf } from "./spans.ts"
import { isSuppressed } from "./suppress.ts"
import { targetsOf } from "./targets.ts"

/** One call that is being recorded. */
interface Recorded {
  readonly subject: Subject
  /** Nothing where nobody takes spans. */
  readonly span: Span | undefined
  /** Nothing where nobody takes measurements. */
  readonly instruments: Instruments | undefined
  readonly started: number
}

/** Makes the hook that records the calls of a server. */
export function recording(options: TelemetryOptions, providers: Providers, server: MiddlewareServer): Hook {
  const { incoming = "parent", principal: isPrincipalShown = false, recordExceptions = false } = options
  const { now = () => performance.now() } = options
  const targets = targetsOf(server)
  const capture = captureOf(options.captureContent)
  const bounds = endBounds()

  // What has run is answered, whatever becomes of what is told of it.
  const complain = complaints(server.log, "A call could not be recorded")
  const isSkipped = skipping(options, server.log)

  async function record(call: Call, next: Next): Promise<Outcome> {
    const tracer = providers.tracer()
    const subject = { call, target: targets.of(call), server: server.info.name }
    const origin = originOf(call, incoming)
    const earlier = tracer === undefined || call.round === 0 ? undefined : await earlierSpan(call)
    const span = tracer && beginSpan(tracer, { subject, origin, isPrincipalShown, earlier })
    const within = entered(call, span === undefined ? origin.parent : trace.setSpan(origin.parent, span))
    if ("aroundAsk" in call.exchange) call.exchange.aroundAsk = aroundAsk(call, within, tracer)
    const recorded = { subject, span, instruments: providers.instruments(), started: now() }
    if (isMomentary(call)) recorded.instruments?.active.add(1, activity(subject))
    let ending: Ending | undefined
    try {
      const outcome = await context.with(within, () => next())
      ending = endingOf(outcome)
      if (span?.isRecording()) span.setAttributes(contents(call, outcome, capture))
      if (outcome.kind !== "input-required") return outcome
      const own = spanContextOf(within)
      if (span !== undefined && own !== undefined) await leaveSpan(call, own)
      return stampedOutcome(outcome, within)
    } catch (error) {
      ending ??= endingOfThrown(error)
      throw error
    } finally {
      await end(recorded, ending ?? { outcome: "failure" }).catch(complain)
    }
  }

  const sessions = sessionsOf(server.info.name, now)

  async function end({ subject, span, instruments, started }: Recorded, ending: Ending): Promise<void> {
    const { call } = subject
    const seconds = (now() - started) / 1000
    if (isMomentary(call)) instruments?.active.add(-1, activity(subject))
    const learnt = targets.after(call, ending)
    const target = learnt instanceof Promise ? await learnt : learnt
    const attributes = endAttributes(ending, bounds)
    const cached = call.get(cacheStatus)
    const cache = cached === undefined ? undefined : { "fleetmcp.cache.status": cached }
    if (cache !== undefined) instruments?.cache.add(1, { ...activity(subject), ...cache })
    if (instruments !== undefined && isRequest(call)) {
      sessions.hear(call, started, instruments)
      const all = metricAttributes({ ...subject, target }, attributes)
      instruments.duration.record(seconds, all)
      if (ending.isRefusal) instruments.refusals.add(1, all)
    }
    if (span === undefined) return
    const name = spanName(target)
    if (name !== spanName(subject.target)) span.updateName(name)
    span.setAttributes({ ...attributes, ...cache })
    markEnding(span, ending, recordExceptions)
    span.end()
  }

  return (call, next) => {
    if (isSuppressed() || isIdle(providers) || isSkipped(call)) return next()
    return record(call, next)
  }
}

/** Whether nothing is registered that could take anything: then there is nothing to make. */
function isIdle(providers: Providers): boolean {
  return (
    providers.tracer() === undefined && providers.instruments() === undefined && !providers.isPropagating()
  )
}

/** Whether a client sent it: calls of the own process would be counted a second time, with those that make them. */
function isRequest({ id }: Call): boolean {
  return id !== undefined
}

/** Open subscriptions last for hours and are counted as what they are. */
function isMomentary(call: Call): boolean {
  return isRequest(call) && call.method !== "subscriptions/listen"
}

function activity({ target, server }: Subject): Attributes {
  return { "mcp.method.name": target.method, "fleetmcp.server.name": server }
}

/** What a tool was given and gave, as far as it is to be told. */
function contents({ method, params }: Call, outcome: Outcome, capture: Capture): Attributes {
  if (method !== "tools/call") return {}
  const given = capture.arguments?.(params.arguments)
  const gave = outcome.kind === "complete" ? capture.results?.(outcome.result) : undefined
  return {
    ...(given === undefined ? undefined : { "gen_ai.tool.call.arguments": given }),
    ...(gave === undefined ? undefined : { "gen_ai.tool.call.result": gave }),
  }
}
