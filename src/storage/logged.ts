import { assertOptions, type KnownOptions } from "../components/options.ts"
import { InvalidOption, quoted } from "../errors/server.ts"
import { attempt, type MaybePromise } from "../shared/maybe-promise.ts"
import { over } from "./over.ts"
import type { KeyPage, StorageDriver, Stored, Version } from "./storage.ts"

/** One thing that was asked of a storage. Values are not in it. */
export interface StorageCall {
  /** What was asked. */
  readonly operation: "get" | "write" | "delete" | "list" | "increment"
  /** The key, or the prefix of a list. */
  readonly key: string
  /** How it ended: a read or list that found something, or nothing; a write; one whose condition did not hold. */
  readonly outcome: "hit" | "miss" | "written" | "refused" | "failed"
  /** How long it took, in milliseconds. */
  readonly ms: number
  /** What was thrown, where it failed. */
  readonly error?: unknown
}

/** The clock of a log. */
export interface LoggedOptions {
  /** Milliseconds of a clock that does not go back. Default `performance.now`. */
  readonly now?: () => number
}

const known: KnownOptions = { kinds: { now: "function" } }

/**
 * Tells of all that is asked of a storage, and how it ended.
 *
 * @param driver The storage.
 * @param log Hears of each. What it throws is lost, since what it was told of has happened.
 * @param options `now`, for tests.
 * @throws {InvalidOption} `log` is no function.
 * @example
 * const storage = logged(memoryStorage(), ({ operation, key, outcome, ms }) => console.error(operation, key, outcome, ms))
 * await storage.get("key") // get key miss 0.01
 */
export function logged(
  driver: StorageDriver,
  log: (call: StorageCall) => void,
  options: LoggedOptions = {},
): StorageDriver {
  if (typeof log !== "function")
    throw new InvalidOption("The second argument of `logged()`", quoted(log), "Give a function.")
  assertOptions("`logged()`", options, known)
  const { now = () => performance.now() } = options
  const { list, increment } = over(driver)

  function tell(call: StorageCall): void {
    // What it is told of has happened, and must not seem to have failed because its log did.
    attempt(
      () => log(call),
      () => undefined,
    )
  }

  async function run<T>(
    subject: Pick<StorageCall, "operation" | "key">,
    work: () => MaybePromise<T>,
    outcomeOf: (answer: T) => StorageCall["outcome"],
  ): Promise<T> {
    const started = now()
    try {
      const answer = await work()
      tell({ ...subject, outcome: outcomeOf(answer), ms: now() - started })
      return answer
    } catch (error) {
      tell({ ...subject, outcome: "failed", ms: now() - started, error })
      throw error
    }
  }

  return over(driver, {
    get: (key) => run({ operation: "get", key }, () => driver.get(key), found),
    write(key, value, writeOptions) {
      const operation = value === undefined ? "delete" : "write"
      return run({ operation, key }, () => driver.write(key, value, writeOptions), written)
    },
    list:
      list && ((key, listOptions) => run({ operation: "list", key }, () => list(key, listOptions), listed)),
    increment:
      increment &&
      ((key, by, writeOptions) =>
        run(
          { operation: "increment", key },
          () => increment(key, by, writeOptions),
          () => "written",
        )),
  })
}

function found(stored: Stored | undefined): StorageCall["outcome"] {
  return stored === undefined ? "miss" : "hit"
}

function written(version: Version | undefined): StorageCall["outcome"] {
  return version === undefined ? "refused" : "written"
}

function listed({ keys }: KeyPage): StorageCall["outcome"] {
  return keys.length === 0 ? "miss" : "hit"
}
