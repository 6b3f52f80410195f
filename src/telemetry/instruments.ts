import type { Attributes, Counter, Histogram, Meter, UpDownCounter } from "@opentelemetry/api"
import type { MiddlewareServer } from "../server/middleware-view.ts"

/** What measurements of calls go into. */
export interface Instruments {
  readonly duration: Histogram
  readonly session: Histogram
  readonly active: UpDownCounter
  readonly refusals: Counter
  readonly cache: Counter
}

/** @see https://opentelemetry.io/docs/specs/semconv/gen-ai/mcp/#metric-mcpserveroperationduration */
export function instrumentsOf(meter: Meter): Instruments {
  return {
    duration: meter.createHistogram("mcp.server.operation.duration", {
      description: "How long requests of clients take, from their arrival to their answer.",
      unit: "s",
      advice: {
        explicitBucketBoundaries: [0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 30, 60, 120, 300],
      },
    }),
    session: meter.createHistogram("mcp.server.session.duration", {
      description: "How long sessions of clients of older revisions are open.",
      unit: "s",
      advice: {
        explicitBucketBoundaries: [0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 30, 60, 120, 300],
      },
    }),
    active: meter.createUpDownCounter("fleetmcp.server.active_requests", {
      description: "Requests of clients that are being served, without open subscriptions.",
      unit: "{request}",
    }),
    refusals: meter.createCounter("fleetmcp.server.refusals", {
      description: "Requests that were kept from running.",
      unit: "{request}",
    }),
    cache: meter.createCounter("fleetmcp.cache.requests", {
      description: "Calls that the cache answered, or that it let pass.",
      unit: "{call}",
    }),
  }
}

/**
 * Reads off open sessions and subscriptions of servers, by their names: two of one name are counted together.
 */
export function gauges(): {
  /** Reads them into a meter, too. */
  readonly into: (meter: Meter) => void
  /** Reads off a server until what is returned is called. */
  readonly add: (server: MiddlewareServer) => () => void
} {
  // Weakly: who makes a server for each request may never close one.
  const servers = new Set<WeakRef<MiddlewareServer>>()
  const names = new Set<string>()
  const sumBy = (count: (server: MiddlewareServer) => number) => {
    // Those that are gone too: what is not said any more would stay what it was.
    const sums = new Map<string, number>([...names].map((name) => [name, 0]))
    for (const held of servers) {
      const server = held.deref()
      if (server === undefined) servers.delete(held)
      else sums.set(server.info.name, (sums.get(server.info.name) ?? 0) + count(server))
    }
    return sums
  }
  const read = (meter: Meter, gauge: Gauge) =>
    meter
      .createObservableUpDownCounter(gauge.name, { description: gauge.description, unit: gauge.unit })
      .addCallback((result) => {
        for (const [name, sum] of sumBy(gauge.count)) result.observe(sum, attributesOf(name))
      })
  return {
    into(meter) {
      for (const gauge of all) read(meter, gauge)
    },
    add(server) {
      const held = new WeakRef(server)
      const [oldest] = servers
      if (servers.size >= maxServers && oldest !== undefined) servers.delete(oldest)
      servers.add(held)
      if (names.size < maxServers) names.add(server.info.name)
      return () => servers.delete(held)
    },
  }
}

/** The most servers that are read off. */
const maxServers = 1000

interface Gauge {
  readonly name: string
  readonly description: string
  readonly unit: string
  readonly count: (server: MiddlewareServer) => number
}

const all: readonly Gauge[] = [
  {
    name: "fleetmcp.server.active_sessions",
    description: "Open sessions of clients of older revisions.",
    unit: "{session}",
    count: (server) => server.stats().sessions,
  },
  {
    name: "fleetmcp.server.active_subscriptions",
    description: "Clients that listen for changes.",
    unit: "{subscription}",
    count: (server) => server.stats().subscriptions,
  },
]

function attributesOf(name: string): Attributes {
  return { "fleetmcp.server.name": name }
}
