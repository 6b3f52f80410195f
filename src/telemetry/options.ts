import type { MeterProvider, TracerProvider } from "@opentelemetry/api"
import type { KnownOptions } from "../components/options.ts"
import type { Call } from "../protocol/call.ts"
import { type CaptureOptions, knownCapture } from "./capture.ts"

/** What is recorded, and how far clients are believed. */
export interface TelemetryOptions {
  /**
   * `native` makes spans and metrics; `propagation` only carries the trace context of the client into handlers and to
   * the client; `off` does nothing. Default `native`.
   */
  readonly mode?: "native" | "propagation" | "off"
  /**
   * What the trace context is to a call that a client sends with it: the parent of its span, a link of it, or nothing.
   * Where it is not the parent, the client's baggage is dropped. Default `parent`.
   */
  readonly incoming?: "parent" | "link" | "ignore"
  /** Whether spans say who calls, as `enduser.id`. Default `false`. */
  readonly principal?: boolean
  /** Whether what was thrown is recorded with its stack, where a call fails with an error of the protocol. Default `false`. */
  readonly recordExceptions?: boolean
  /** Whether spans of tools hold arguments and results, as JSON. Default `false`. */
  readonly captureContent?: boolean | CaptureOptions
  /** Says of which calls there are neither spans nor metrics. Default: of none. */
  readonly skip?: (call: Call) => boolean
  /** Where spans go. Default: what is registered for the process. */
  readonly tracerProvider?: TracerProvider
  /** Where metrics go. Default: what is registered for the process. */
  readonly meterProvider?: MeterProvider
  /** Milliseconds of a clock that does not go back. Default `performance.now`. */
  readonly now?: () => number
}

export const knownOptions: KnownOptions = {
  kinds: {
    mode: ["native", "propagation", "off"],
    incoming: ["parent", "link", "ignore"],
    principal: "boolean",
    recordExceptions: "boolean",
    captureContent: knownCapture,
    skip: "function",
    tracerProvider: providerWith("getTracer", "a `TracerProvider` of OpenTelemetry"),
    meterProvider: providerWith("getMeter", "a `MeterProvider` of OpenTelemetry"),
    now: "function",
  },
  foreign: { filter: "Use `skip`.", enabled: 'Use `mode: "off"`.' },
}

export function providerWith(method: string, expected: string): NonNullable<KnownOptions["kinds"]>[string] {
  return {
    expected,
    holds: (value) =>
      typeof value === "object" &&
      value !== null &&
      typeof (value as { readonly [name: string]: unknown })[method] === "function",
  }
}
