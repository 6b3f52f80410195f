import { type Histogram, type MeterProvider, metrics } from "@opentelemetry/api"
import { assertOptions, type KnownOptions } from "../components/options.ts"
import { logged, type StorageCall } from "../storage/logged.ts"
import type { StorageDriver } from "../storage/storage.ts"
import { errorTypeOf, texts } from "./ending.ts"
import { providerWith } from "./options.ts"
import { scopeName } from "./providers.ts"
import { isSuppressed } from "./suppress.ts"

/** What the measurements of a storage are told apart by, and where they go. */
export interface ObservedOptions {
  /** Names the storage among others, as `fleetmcp.storage.name`. Default: they have no name. */
  readonly name?: string
  /** Where metrics go. Default: what is registered for the process. */
  readonly meterProvider?: MeterProvider
  /** Milliseconds of a clock that does not go back. Default `performance.now`. */
  readonly now?: () => number
}

const known: KnownOptions = {
  kinds: {
    name: "string",
    meterProvider: providerWith("getMeter", "a `MeterProvider` of OpenTelemetry"),
    now: "function",
  },
}

/**
 * Measures what is asked of a storage: the histogram `fleetmcp.storage.operation.duration`, by operation, outcome and the
 * part of the storage. Keys and values are in no measurement.
 *
 * @param driver The storage.
 * @param options `name`, `meterProvider`, and `now` for tests.
 * @throws {UnknownOption} FLEET-09
 * @throws {InvalidOption} A value is none for its option.
 * @see https://opentelemetry.io/docs/specs/otel/metrics/api/#histogram
 * @example
 * const mcp = new FleetMCP("Notes", { storage: observed(memoryStorage(), { name: "memory" }) })
 */
export function observed(driver: StorageDriver, options: ObservedOptions = {}): StorageDriver {
  assertOptions("`observed()`", options, known)
  const { name, now, meterProvider } = options
  const parts = texts(maxParts)
  const types = texts(maxParts)
  const histogramOf = histograms()
  return logged(
    driver,
    ({ operation, key, outcome, ms, error }) => {
      if (isSuppressed()) return
      histogramOf(meterProvider ?? metrics.getMeterProvider()).record(ms / 1000, {
        "fleetmcp.storage.operation": operation,
        "fleetmcp.storage.outcome": outcome,
        "fleetmcp.storage.part": parts.bounded(partOf(key)),
        ...(name === undefined ? undefined : { "fleetmcp.storage.name": name }),
        ...(outcome === "failed" ? { "error.type": types.bounded(errorTypeOf(error)) } : undefined),
      })
    },
    now === undefined ? {} : { now },
  )
}

/** The most parts, and kinds of errors, that are told apart. */
const maxParts = 50

/**
 * The scope that a key lies in, without what users may have put into it: the path of scopes ends where one starts with
 * `=`, and only its first two names are ours or the author's for sure.
 */
function partOf(key: StorageCall["key"]): string {
  const end = key.indexOf("/=")
  if (end < 0) return "none"
  return key.slice(0, end).split("/").slice(0, 2).join("/")
}

/** A provider may be registered after the storage was made. */
function histograms(): (provider: MeterProvider) => Histogram {
  let last: { readonly provider: MeterProvider; readonly histogram: Histogram } | undefined
  return (provider) => {
    if (last?.provider !== provider) {
      const histogram = provider.getMeter(scopeName).createHistogram("fleetmcp.storage.operation.duration", {
        description: "How long operations of a storage take.",
        unit: "s",
        advice: { explicitBucketBoundaries: [0.0001, 0.0005, 0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5] },
      })
      last = { provider, histogram }
    }
    return last.histogram
  }
}
