import {
  createNoopMeter,
  type Meter,
  type MeterProvider,
  metrics,
  ProxyTracerProvider,
  propagation,
  type Tracer,
  type TracerProvider,
  trace,
} from "@opentelemetry/api"
import { type Instruments, instrumentsOf } from "./instruments.ts"

/** Under which spans and metrics are found as ours. */
export const scopeName = "fleetmcp"

/** What is registered to take spans and metrics, which may come and go while a server runs. */
export interface Providers {
  /** Makes spans; nothing where nobody takes any. */
  tracer(): Tracer | undefined
  /** Takes measurements; nothing where nobody takes any. */
  instruments(): Instruments | undefined
  /** Whether trace contexts of clients mean something to anybody. */
  isPropagating(): boolean
}

export interface ProviderOptions {
  readonly tracerProvider?: TracerProvider | undefined
  readonly meterProvider?: MeterProvider | undefined
  /** Hears of the meter of a provider that was not there before. */
  readonly onMeter: (meter: Meter) => void
}

export function providersOf(options: ProviderOptions): Providers {
  const noTracers = new ProxyTracerProvider().getDelegate()
  const noMeter = createNoopMeter()
  let traced: { readonly provider: TracerProvider; readonly tracer: Tracer } | undefined
  let metered: { readonly provider: MeterProvider; readonly instruments: Instruments | undefined } | undefined
  return {
    tracer() {
      const provider = options.tracerProvider ?? trace.getTracerProvider()
      // Asked each time: what stands for the provider of the process stays the same when one is registered.
      if (provider instanceof ProxyTracerProvider && provider.getDelegate() === noTracers) return undefined
      if (traced?.provider !== provider) traced = { provider, tracer: provider.getTracer(scopeName) }
      return traced.tracer
    },
    instruments() {
      const provider = options.meterProvider ?? metrics.getMeterProvider()
      if (metered?.provider === provider) return metered.instruments
      const meter = provider.getMeter(scopeName)
      const isTaken = meter !== noMeter
      metered = { provider, instruments: isTaken ? instrumentsOf(meter) : undefined }
      if (isTaken) options.onMeter(meter)
      return metered.instruments
    },
    isPropagating: () => propagation.fields().length > 0,
  }
}
