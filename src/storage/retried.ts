import { assertOptions, type KnownOptions } from "../components/options.ts"
import type { MaybePromise } from "../shared/maybe-promise.ts"
import { sleep } from "../shared/sleep.ts"
import { over } from "./over.ts"
import { absent, type StorageDriver, type Version } from "./storage.ts"
import { isTransientFailure } from "./transient.ts"

/** How often and when something is tried again. */
export interface RetriedOptions {
  /** How often it is tried in all. Default 3. */
  readonly attempts?: number
  /** Whether another attempt may succeed. Default: `STORAGE_UNAVAILABLE`, `STORAGE_THROTTLED`, and errors that are not FleetMCP's. */
  readonly isTransient?: (error: unknown) => boolean
  /** The longest wait before the second attempt, in milliseconds; it doubles each time, up to 5 s. Default 100. */
  readonly delay?: number
  /** Waits between attempts. Default: a timer. */
  readonly wait?: (ms: number) => Promise<void>
  /** A number from 0 to 1, the share of the longest wait. Default `Math.random`. */
  readonly random?: () => number
}

const known: KnownOptions = {
  kinds: {
    attempts: "count",
    isTransient: "function",
    delay: "graceMs",
    wait: "function",
    random: "function",
  },
}

/**
 * Tries again what failed for the moment, where that cannot do harm. Reads and lists are repeated, and so are writes
 * without a condition, which may happen twice then. A write under the condition of a version is repeated too: when the
 * repetition is refused, the first attempt may have succeeded without an answer, and so its error is thrown, which
 * leaves open what happened. Writes under the condition `absent` and `increment` are never repeated, since the first
 * attempt may have succeeded and another reader may have acted on it.
 *
 * @param driver The storage.
 * @param options `attempts`, `isTransient`, `delay`, and for tests `wait` and `random`.
 * @example
 * const storage = retried(memoryStorage(), { attempts: 5 })
 * await storage.get("key")
 */
export function retried(driver: StorageDriver, options: RetriedOptions = {}): StorageDriver {
  assertOptions("`retried()`", options, known)
  const retry = createRetry(options)
  const { list } = over(driver)
  return over(driver, {
    get: (key) => retry(() => driver.get(key)),
    list: list && ((prefix, listOptions) => retry(() => list(prefix, listOptions))),
    write(key, value, writeOptions) {
      if (writeOptions?.if === absent) return driver.write(key, value, writeOptions)
      // Refused at last: by what another wrote, or by the first attempt, whose answer was lost.
      const isOpen = (version: Version | undefined) => writeOptions?.if !== undefined && version === undefined
      return retry(() => driver.write(key, value, writeOptions), isOpen)
    },
  })
}

/** The longest wait between two attempts, in milliseconds. */
const maxDelay = 5000

type Retry = <T>(work: () => MaybePromise<T>, isOpen?: (answer: T) => boolean) => Promise<T>

/** Repeats work. Where the answer to a repetition leaves open what happened, the error that led to it is thrown. */
function createRetry(options: RetriedOptions): Retry {
  const {
    attempts = 3,
    isTransient = isTransientFailure,
    delay = 100,
    wait = sleep,
    random = Math.random,
  } = options
  return async (work, isOpen = () => false) => {
    let first: Failure | undefined
    for (let attempt = 1; ; attempt++) {
      const outcome = await settled(work)
      if ("answer" in outcome) {
        if (first !== undefined && isOpen(outcome.answer)) throw first.error
        return outcome.answer
      }
      if (attempt >= attempts || !isTransient(outcome.error)) throw outcome.error
      first ??= outcome
      await wait(random() * Math.min(delay * 2 ** (attempt - 1), maxDelay))
    }
  }
}

interface Failure {
  readonly error: unknown
}

async function settled<T>(work: () => MaybePromise<T>): Promise<{ readonly answer: T } | Failure> {
  try {
    return { answer: await work() }
  } catch (error) {
    return { error }
  }
}
