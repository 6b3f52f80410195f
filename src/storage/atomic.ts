import { StorageContention } from "../errors/storage.ts"
import { StorageNotAtomic } from "../errors/storage-not-atomic.ts"
import type { MaybePromise } from "../shared/maybe-promise.ts"
import { sleep } from "../shared/sleep.ts"
import {
  absent,
  decodeCount,
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
   */
  readonly increment: (key: string, options?: TtlOption & { readonly by?: number }) => Promise<number>
  /** Takes a lock that ends by itself; `undefined` while another has it. */
  readonly lease: (key: string, options: { readonly ttl: number }) => Promise<Lease | undefined>
}

/** How long a value lives. */
export interface TtlOption {
  /** Milliseconds until the value ceases to exist. Default: never. */
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
 * @example
 * const visits = createAtomic(memoryStorage(), { subject: "The counter" })
 * await visits.increment("home") // 1
 */
export function createAtomic(driver: StorageDriver, options: AtomicOptions = {}): Atomic {
  const { subject = "`createAtomic()`" } = options
  if (!driver.atomic) throw new StorageNotAtomic(subject)
  const core: Core = { driver, turns: new Map(), now: Date.now, wait: sleep, random: Math.random, ...options }
  return {
    get: (key) => readJson(driver, key),
    async putIfAbsent(key, value, ttlOption) {
      const condition = { if: absent, ttl: ttlOption?.ttl }
      return (await driver.write(key, encodeJson(key, value), condition)) !== undefined
    },
    async take(key) {
      const taken = await replace(core, key, () => ({ value: undefined }))
      return taken.before === undefined ? undefined : decodeJson(key, taken.before)
    },
    async update(key, change, ttlOption) {
      const { after } = await replace(core, key, async (before) => {
        const next = await change(before === undefined ? undefined : decodeJson(key, before.value))
        const ttl = ttlOption?.ttl ?? remaining(core, before)
        return { value: next === undefined ? undefined : encodeJson(key, next), ttl }
      })
      return after === undefined ? undefined : decodeJson(key, after)
    },
    increment: (key, { by = 1, ttl } = {}) => increment(core, { key, by }, ttl),
    lease: (key, { ttl }) => acquire(core, key, ttl),
  }
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

interface Replaced {
  readonly before: string | undefined
  readonly after: string | undefined
}

/**
 * Replaces a value by what `next` makes of it. The first attempt does not wait for anybody: one that was made
 * inside of another on the same key would wait for itself. Those that meet others then take turns.
 */
async function replace(core: Core, key: string, next: Replace): Promise<Replaced> {
  return (await attempt(core, key, next)) ?? inTurn(core, key, () => insist(core, key, next))
}

async function attempt({ driver }: Core, key: string, next: Replace): Promise<Replaced | undefined> {
  const stored = await driver.get(key)
  const { value, ttl } = await next(stored)
  const replaced = { before: stored?.value, after: value }
  if (stored === undefined && value === undefined) return replaced
  const version = await driver.write(key, value, { if: stored?.version ?? absent, ttl })
  return version === undefined ? undefined : replaced
}

async function insist(core: Core, key: string, next: Replace): Promise<Replaced> {
  for (let attempts = 1; attempts < maxAttempts; attempts++) {
    const replaced = await attempt(core, key, next)
    if (replaced !== undefined) return replaced
    // Whoever met somebody waits for a random time, so that they do not meet again.
    await core.wait(core.random() * Math.min(2 ** attempts, 100))
  }
  throw new StorageContention(key, maxAttempts)
}

async function inTurn<T>({ turns }: Core, key: string, work: () => Promise<T>): Promise<T> {
  const result = (turns.get(key) ?? Promise.resolve()).then(work)
  const turn = result.then(ignore, ignore)
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
  const { after } = await replace(core, key, (before) => {
    const count = before === undefined ? 0 : decodeCount(key, before.value)
    return { value: String(count + by), ttl: before === undefined ? ttl : remaining(core, before) }
  })
  return Number(after)
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
