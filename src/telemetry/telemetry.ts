import { context } from "@opentelemetry/api"
import { assertOptions } from "../components/options.ts"
import { defineMiddleware } from "../server/define-middleware.ts"
import type { Hook, Middleware } from "../server/middleware.ts"
import type { MiddlewareServer } from "../server/middleware-view.ts"
import { gauges } from "./instruments.ts"
import { noticing } from "./notices.ts"
import { knownOptions, type TelemetryOptions } from "./options.ts"
import { stampedOutcome } from "./propagation.ts"
import { type Providers, providersOf } from "./providers.ts"
import { recording } from "./recording.ts"
import { skipping } from "./skipping.ts"
import { aroundAsk, entered, originOf } from "./spans.ts"
import { isSuppressed } from "./suppress.ts"

/**
 * Makes middleware that records every call as a span and in metrics of OpenTelemetry, and carries the trace context of
 * clients into handlers and back. Does next to nothing where no SDK is registered. Give it first: it is the outermost.
 *
 * @param options What is recorded. Default: names and durations, no content.
 * @throws {UnknownOption} FLEET-09
 * @throws {InvalidOption} A value is none for its option.
 * @see https://opentelemetry.io/docs/specs/semconv/gen-ai/mcp/
 * @example
 * const mcp = new FleetMCP("Weather", { middleware: [telemetry({ incoming: "link" })] })
 */
export function telemetry(options: TelemetryOptions = {}): Middleware {
  assertOptions("`telemetry()`", options, knownOptions)
  const { mode = "native", meterProvider, tracerProvider } = options
  const readings = gauges()
  const providers = providersOf({ meterProvider, tracerProvider, onMeter: readings.into })
  return defineMiddleware({
    name: "telemetry",
    before: everyOther,
    attach(server) {
      if (mode === "off") return {}
      if (mode === "propagation") return { request: carrying(options, providers, server) }
      server.onClose(readings.add(server))
      // What is registered before the first call is read from the start.
      providers.instruments()
      return {
        request: recording(options, providers, server),
        notification: noticing(options, providers, server.info.name),
      }
    },
  })
}

/** What it measures stands further in. */
const everyOther = [
  ...["errors", "timing", "detailedTiming", "logging", "structuredLogging", "audit", "auth"],
  ...["rateLimit", "slidingWindow", "concurrency", "circuitBreaker", "timeout", "retry", "cache"],
  ...["responseLimit", "validateOutputs", "dereference", "ping"],
]

/** Only carries trace contexts: spans are the business of whoever makes them further in. */
function carrying(options: TelemetryOptions, providers: Providers, { log }: MiddlewareServer): Hook {
  const { incoming = "parent" } = options
  const isSkipped = skipping(options, log)
  return async (call, next) => {
    if (!providers.isPropagating() || isSuppressed() || isSkipped(call)) return next()
    const within = entered(call, originOf(call, incoming).parent)
    if ("aroundAsk" in call.exchange) call.exchange.aroundAsk = aroundAsk(call, within, undefined)
    const outcome = await context.with(within, () => next())
    return outcome.kind === "input-required" ? stampedOutcome(outcome, within) : outcome
  }
}
