import { context, metrics, propagation, type Span, trace } from "@opentelemetry/api"
import {
  AggregationTemporality,
  type DataPoint,
  MeterProvider,
  MetricReader,
} from "@opentelemetry/sdk-metrics"
import {
  InMemorySpanExporter,
  NodeTracerProvider,
  type ReadableSpan,
  type Sampler,
  SimpleSpanProcessor,
} from "@opentelemetry/sdk-trace-node"
import { onTestFinished } from "vitest"

/** What an SDK that a program registers takes in. */
export interface Recorder {
  /** The spans that have ended, in that order. */
  spans(): readonly ReadableSpan[]
  /** The one span of a name. */
  span(name: string): ReadableSpan
  /** The points of a metric. */
  points(name: string): Promise<readonly DataPoint<unknown>[]>
  reset(): void
}

/** Reads metrics when it is told to. */
class PulledReader extends MetricReader {
  constructor() {
    super({ aggregationTemporalitySelector: () => AggregationTemporality.CUMULATIVE })
  }
  protected async onShutdown(): Promise<void> {
    // It holds nothing.
  }
  protected async onForceFlush(): Promise<void> {
    // It sends nothing.
  }
}

/** Registers the real SDK until the test is over. */
export function recorder({ sampler }: { readonly sampler?: Sampler } = {}): Recorder {
  const exporter = new InMemorySpanExporter()
  const tracers = new NodeTracerProvider({
    spanProcessors: [new SimpleSpanProcessor(exporter)],
    ...(sampler === undefined ? undefined : { sampler }),
  })
  tracers.register()
  const reader = new PulledReader()
  const meters = new MeterProvider({ readers: [reader] })
  metrics.setGlobalMeterProvider(meters)
  onTestFinished(unregister)
  const spans = () => exporter.getFinishedSpans()
  return {
    spans,
    span(name) {
      const [found, ...others] = spans().filter((span) => span.name === name)
      if (found === undefined || others.length > 0)
        throw new Error(`${others.length + 1} spans \`${name}\` of ${spans().map((span) => span.name)}`)
      return found
    },
    async points(name) {
      const { resourceMetrics } = await reader.collect()
      return resourceMetrics.scopeMetrics
        .flatMap((scope) => scope.metrics)
        .filter(({ descriptor }) => descriptor.name === name)
        .flatMap(({ dataPoints }): readonly DataPoint<unknown>[] => dataPoints)
    },
    reset: () => exporter.reset(),
  }
}

/** Takes away all that is registered. */
export function unregister(): void {
  trace.disable()
  metrics.disable()
  context.disable()
  propagation.disable()
}

/** Does something within a span. */
export function inSpan<T>(name: string, work: (span: Span) => Promise<T>): Promise<T> {
  return trace.getTracer("test").startActiveSpan(name, async (span) => {
    try {
      return await work(span)
    } finally {
      span.end()
    }
  })
}
