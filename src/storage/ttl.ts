import { assertOptions, type KnownOptions } from "../components/options.ts"
import { InvalidOption, quoted } from "../errors/server.ts"
import { over } from "./over.ts"
import type { StorageDriver } from "./storage.ts"

/** How long values may live, in milliseconds. */
export interface TtlRangeOptions {
  /** The life of what is written without one. Default: as long as `max` allows. */
  readonly default?: number
  /** The shortest life; shorter ones become this. Default: what the storage allows. */
  readonly min?: number
  /** The longest life; longer ones become this. Default: what the storage allows. */
  readonly max?: number
}

const known: KnownOptions = { kinds: { default: "timeout", min: "timeout", max: "timeout" } }

/**
 * Keeps the lives of values in a range, and gives one to those that are written without. Leases of `createAtomic()`
 * know of the longest life, and end when it does.
 *
 * @param driver The storage.
 * @param options `default`, `min` and `max`.
 * @throws {InvalidOption} They contradict each other, or what the storage can do.
 * @example
 * const storage = ttl(memoryStorage(), { default: 3_600_000, max: 86_400_000 })
 * await storage.write("draft", "Dear Ada") // for an hour
 */
export function ttl(driver: StorageDriver, options: TtlRangeOptions): StorageDriver {
  assertOptions("`ttl()`", options, known)
  const { min, max, standard } = rangeOf(driver, options)
  const { increment } = over(driver)

  function clamp(life = standard): number | undefined {
    return orNever(Math.min(Math.max(life, min), max))
  }

  return over(driver, {
    minTtl: min,
    maxTtl: orNever(max),
    write(key, value, writeOptions) {
      if (value === undefined) return driver.write(key, value, writeOptions)
      return driver.write(key, value, { ...writeOptions, ttl: clamp(writeOptions?.ttl) })
    },
    increment:
      increment && ((key, by, writeOptions) => increment(key, by, { ttl: clamp(writeOptions?.ttl) })),
  })
}

interface Range {
  readonly min: number
  readonly max: number
  readonly standard: number
}

function rangeOf(driver: StorageDriver, options: TtlRangeOptions): Range {
  const min = Math.max(options.min ?? 0, driver.minTtl)
  const max = Math.min(options.max ?? never, driver.maxTtl ?? never)
  const standard = options.default ?? max
  if (max < min) throw notInRange("max", max, `Give ${min} or more, the shortest life.`)
  if (standard < min) throw notInRange("default", standard, `Give ${min} or more, the shortest life.`)
  if (standard > max) throw notInRange("default", standard, `Give ${max} or less, the longest life.`)
  return { min, max, standard }
}

const never = Number.POSITIVE_INFINITY

function orNever(life: number): number | undefined {
  return life === never ? undefined : life
}

function notInRange(option: keyof TtlRangeOptions, value: number, fix: string): InvalidOption {
  return new InvalidOption(`The option \`${option}\` of \`ttl()\``, quoted(value), fix)
}
