import { InvalidOption, quoted } from "../errors/server.ts"
import { StorageContention } from "../errors/storage.ts"
import { StorageNotAtomic } from "../errors/storage-not-atomic.ts"
import type { MaybePromise } from "../shared/maybe-promise.ts"
import { sleep } from "../shared/sleep.ts"
import { within } from "../shared/within.ts"
import {
  absent,
  addCount,
  decodeJson,
  encodeJson,
  readJson,
  type StorageDriver,
  type Stored,
  type Version,
} from "./storage.ts"

/** What can be done at most once, or by one at a time, over the one conditional write of a driver. Values are JSON. */
export interface Atomic {
  /** Reads a value; `undefined` when there is none. */
  readonly get: (key: string) => Promise<unknown>
  /** Stores a value unless there is one. Returns whether it did: of all who try, one. */
  readonly putIfAbsent: (key: string, value: unknown, options?: TtlOption) => Promise<boolean>
  /** Takes a value out. Of all who try, one gets it, and the others `undefined`. */
  readonly take: (key: string) => Promise<unknown>
  /**
   * Changes a value: no change of another is lost. Returns what is stored then.
   *
   * @param change Gets the value, or `undefined`; returns the next one, or `undefined` to delete it. It may run
   * several times, and must not update the same key itself.
   * @param options `ttl`: Default: what is left of the value's life.
   * @throws {StorageContention} Others changed it each time.
   */
  readonly update: (
    key: string,
    change: (value: unknown) => MaybePromise<unknown>,
    options?: TtlOption,
  ) => Promise<unknown>
  /**
   * Adds to a whole number, 0 at first, and returns the sum.
   *
   * @param options `by`: Default 1. `ttl` counts from the first addition.
   * @throws {CorruptValue} Something else is stored there, or the sum is beyond `Number.MAX_SAFE_INTEGER`.
   */
  readonly increment: (key: string, options?: TtlOption & { readonly by?: number }) => Promise<number>
  /** Takes a lock that ends by itself; `undefined` while another has it. */
  readonly lease: (key: string, options: { readonly ttl: number }) => Promise<Lease | undefined>
}

/** How long a value lives. */
export interface TtlOption {
  /** Milliseconds until the value ceases to exist, above 0. Default: never. */
  readonly ttl?: number | undefined
}

/** A lock for a while. Who holds it must stop when it ends: another may have it then. */
export interface Lease extends AsyncDisposable {
  /** When it ends, in milliseconds since 1970. */
  readonly expiresAt: number
  /** Prolongs it by the same time from now. Returns `false` when it was lost. */
  readonly renew: () => Promise<boolean>
  /** Gives it back. Does nothing when it was lost. */
  readonly release: () => Promise<void>
}

/** Who needs atomic operations, and the clock they go by. */
export interface AtomicOptions {
  /** What needs the storage, for the error that refuses one: "`ctx.step`". Default "`createAtomic()`". */
  readonly subject?: string
  /** Milliseconds since 1970. Default `Date.now`. */
  readonly now?: () => number
  /** Waits between attempts. Default: a timer. */
  readonly wait?: (ms: number) => Promise<void>
  /** A number from 0 to 1. Default `Math.random`. */
  readonly random?: () => number
}

/**
 * Makes the atomic operations of a storage.
 *
 * @param driver A storage that declares `atomic`, such as `memoryStorage()`.
 * @param options `subject`, and for tests `now`, `wait` and `random`.
 * @throws {StorageNotAtomic} FLEET-16: the storage cannot do them.
 * @throws {InvalidOption} by its methods: a `ttl` is not above 0, or `by` is no whole number
 * @example
 * const visits = createAtomic(memoryStorage(), { subject: "The counter" })
 * await visits.increment("home") // 1
 */
export function createAtomic(driver: StorageDriver, options: AtomicOptions = {}): Atomic {
  const { subject = "`createAtomic()`", now = Date.now, wait = sleep, random = Math.random } = options
  if (!driver.atomic) throw new StorageNotAtomic(subject)
  const core: Core = { driver, turns: new Map(), now, wait, random }
  return {
    get: (key) => readJson(driver, key),
    async putIfAbsent(key, value, { ttl } = {}) {
      assertLife(ttl)
      const condition = { if: absent, ttl }
      return (await driver.write(key, encodeJson(key, value), condition)) !== undefined
    },
    async take(key) {
      let taken: unknown
      await replace(core, key, (stored) => {
        // Read before it is gone: what is no JSON stays for those who can tell what it is.
        taken = stored === undefined ? undefined : decodeJson(key, stored.value)
        return { value: undefined }
      })
      return taken
    },
    async update(key, change, { ttl: wanted } = {}) {
      assertLife(wanted)
      const after = await replace(core, key, async (before) => {
        const next = await change(before === undefined ? undefined : decodeJson(key, before.value))
        const ttl = wanted ?? remaining(core, before)
        return { value: next === undefined ? undefined : encodeJson(key, next), ttl }
      })
      return after === undefined ? undefined : decodeJson(key, after)
    },
    async increment(key, { by = 1, ttl } = {}) {
      assertLife(ttl)
      if (!Number.isSafeInteger(by))
        throw new InvalidOption("The option `by`", quoted(by), "Give a whole number.")
      return increment(core, { key, by }, ttl)
    },
    async lease(key, { ttl }) {
      assertLife(ttl)
      return acquire(core, key, ttl)
    },
  }
}

/**
 * Refuses a life that is over before it begins: of a lock that ends at once everybody would have it.
 *
 * @throws {InvalidOption}
 */
function assertLife(ttl: number | undefined): void {
  if (ttl === undefined || ttl > 0) return
  throw new InvalidOption("The option `ttl`", quoted(ttl), "Give a number of milliseconds above 0.")
}

/** How often a change is tried. Within a process two attempts suffice, so this is for other processes. */
const maxAttempts = 32

interface Core {
  readonly driver: StorageDriver
  readonly now: () => number
  readonly wait: (ms: number) => Promise<void>
  readonly random: () => number
  /** By key, the end of the queue of changes that met others. */
  readonly turns: Map<string, Promise<void>>
}

interface Replacement {
  readonly value: string | undefined
  readonly ttl?: number | undefined
}

type Replace = (before: Stored | undefined) => MaybePromise<Replacement>

/**
 * Replaces a value by what `next` makes of it, and returns that. The first attempt does not wait for anybody: one that was
 * made inside of another on the same key would wait for itself. Those that meet others then take turns, which spares
 * attempts; that no change is lost does not hang on them.
 */
async function replace(core: Core, key: string, next: Replace): Promise<string | undefined> {
  const done = (await attempt(core, key, next)) ?? (await inTurn(core, key, () => insist(core, key, next)))
  return done.value
}

/** Returns what it was replaced by; `undefined` where another was quicker. */
async function attempt({ driver }: Core, key: string, next: Replace): Promise<Replacement | undefined> {
  const stored = await driver.get(key)
  const replacement = await next(stored)
  const { value, ttl } = replacement
  if (stored === undefined && value === undefined) return replacement
  const version = await driver.write(key, value, { if: stored?.version ?? absent, ttl })
  return version === undefined ? undefined : replacement
}

async function insist(core: Core, key: string, next: Replace): Promise<Replacement> {
  for (let attempts = 1; attempts < maxAttempts; attempts++) {
    const done = await attempt(core, key, next)
    if (done !== undefined) return done
    // Whoever met somebody waits for a random time, so that they do not meet again.
    await core.wait(core.random() * Math.min(2 ** attempts, 100))
  }
  throw new StorageContention(key, maxAttempts)
}

/** How long a turn keeps others waiting, in milliseconds: a change may never come to its end. */
const longestTurn = 5000

async function inTurn<T>({ turns }: Core, key: string, work: () => Promise<T>): Promise<T> {
  const before = turns.get(key) ?? Promise.resolve()
  const result = before.then(work)
  const turn = before
    .then(() => within(longestTurn, result, () => new StorageContention(key, 1)))
    .then(ignore, ignore)
  turns.set(key, turn)
  try {
    return await result
  } finally {
    if (turns.get(key) === turn) turns.delete(key)
  }
}

async function increment(
  core: Core,
  { key, by }: { readonly key: string; readonly by: number },
  ttl: number | undefined,
): Promise<number> {
  if (core.driver.increment !== undefined) return core.driver.increment(key, by, { ttl })
  const sum = await replace(core, key, (before) => ({
    value: String(addCount(key, before?.value, by)),
    ttl: before === undefined ? ttl : remaining(core, before),
  }))
  return Number(sum)
}

/** What is left of a value's life; at least a millisecond, since it was there a moment ago. */
function remaining({ now }: Core, stored: Stored | undefined): number | undefined {
  return stored?.expiresAt === undefined ? undefined : Math.max(stored.expiresAt - now(), 1)
}

async function acquire(core: Core, key: string, ttl: number): Promise<Lease | undefined> {
  const { driver, now } = core
  // Its holder must not think that it has the lease for longer than the storage does: so it is counted from before the
  // write, and by the life that the storage allows.
  const life = Math.min(ttl, driver.maxTtl ?? ttl)
  let expiresAt = now() + life
  let version: Version | undefined = await driver.write(key, "leased", { if: absent, ttl })
  if (version === undefined) return undefined

  // One after the other: two that ran at once would each change the version that the other needs.
  let last: Promise<unknown> = Promise.resolve()
  function afterLast<T>(work: () => Promise<T>): Promise<T> {
    const result = last.then(work)
    last = result.then(ignore, ignore)
    return result
  }

  async function renew(): Promise<boolean> {
    if (version === undefined) return false
    const end = now() + life
    version = await driver.write(key, "leased", { if: version, ttl })
    if (version !== undefined) expiresAt = end
    return version !== undefined
  }

  async function release(): Promise<void> {
    const held = version
    version = undefined
    if (held !== undefined) await driver.write(key, undefined, { if: held })
  }

  return {
    get expiresAt() {
      return expiresAt
    },
    renew: () => afterLast(renew),
    release: () => afterLast(release),
    [Symbol.asyncDispose]: () => afterLast(release),
  }
}

function ignore(): void {
  // How the one before ended is not the business of the one that waits for it.
}
