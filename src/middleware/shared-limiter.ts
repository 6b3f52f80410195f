import { InvalidOption, quoted } from "../errors/server.ts"
import { createLru } from "../shared/lru.ts"
import type { MaybePromise } from "../shared/maybe-promise.ts"
import { textDigest } from "../shared/text-digest.ts"
import { within } from "../shared/within.ts"
import { createAtomic } from "../storage/atomic.ts"
import type { StorageDriver } from "../storage/storage.ts"
import { createTable } from "./shared-table.ts"

/** How much may be taken under one key, and when; `State` is what must be known of a key. */
export interface Rule<State> {
  /** Milliseconds until so much may be taken; 0 for now. */
  readonly wait: (before: State | undefined, cost: number, now: number) => number
  /** The state once it was taken. */
  readonly take: (before: State | undefined, cost: number, now: number) => State
  /** When it is as if nothing had ever been taken. */
  readonly freeAt: (state: State) => number
  /** A time that had come when something was last taken. */
  readonly takenAt: (state: State) => number
  /** For how many milliseconds a state can matter. */
  readonly lifeMs: number
  /** Whether what a storage has is a state of this rule. */
  readonly isState: (value: unknown) => value is State
}

/** Takes so much under a key. Gives 0 where it did, else the milliseconds after which it is worth trying again. */
export type Take = (key: string, cost: number) => MaybePromise<number>

/** What takes in the memory of this process. */
export interface MemoryLimiter {
  readonly take: Take
  /** How many keys it knows. */
  keys(): number
  /** How many calls were counted together, since their keys found no room. */
  crowded(): number
}

/** Makes a limiter in memory. Keys that find no room, since as many others are in use, are counted as one. */
export function memoryLimiter<State>(
  rule: Rule<State>,
  { maxKeys, now }: { readonly maxKeys: number; readonly now: () => number },
): MemoryLimiter {
  const table = createTable<State>({ maxKeys, isIdle: (state, at) => rule.freeAt(state) <= at })
  let crowd: State | undefined
  let crowded = 0

  function takeInCrowd(cost: number, at: number): number {
    const wait = rule.wait(crowd, cost, at)
    crowded++
    if (wait === 0) crowd = rule.take(crowd, cost, at)
    return wait
  }

  return {
    take(key, cost) {
      const at = now()
      const before = table.get(key)
      const wait = rule.wait(before, cost, at)
      if (wait > 0) return wait
      return table.set(key, rule.take(before, cost, at), at) ? 0 : takeInCrowd(cost, at)
    },
    keys: () => table.size,
    crowded: () => crowded,
  }
}

/**
 * Makes a limiter in a storage that several processes share. Their clocks may differ: all of them count by the one that is
 * the furthest ahead. Were the time of another simply cut off, whoever asks both in turn would find a full bucket each time.
 */
export function storedLimiter<State>(
  rule: Rule<State>,
  {
    storage,
    now,
    subject,
  }: { readonly storage: StorageDriver; readonly now: () => number; readonly subject: string },
): Take {
  const states = createAtomic(storage, { subject, now })
  /** By how much another clock was seen to be ahead of this one. */
  let behind = 0
  return async (key, cost) => {
    let wait = 0
    const change = (stored: unknown) => {
      const before = rule.isState(stored) ? stored : undefined
      const own = now()
      if (before !== undefined) behind = Math.max(behind, rule.takenAt(before) - own)
      const at = own + behind
      wait = rule.wait(before, cost, at)
      return wait > 0 ? before : rule.take(before, cost, at)
    }
    // A digest: keys may hold what storages cannot take, and who calls is no business of theirs.
    await states.update(await textDigest(key), change, { ttl: Math.ceil(rule.lifeMs) })
    return wait
  }
}

/**
 * What counts elsewhere, such as `RateLimiterRedis` of `rate-limiter-flexible`: `consume()` rejects with an object that
 * has `msBeforeNext` where a key may take no more, and with an error where it could not find out.
 *
 * @see https://github.com/animir/node-rate-limiter-flexible
 */
export interface ExternalLimiter {
  /** Takes so many points under a key. */
  readonly consume: (key: string, points?: number) => Promise<unknown>
}

/** Makes a limiter of one of another library. */
export function externalLimiter(limiter: ExternalLimiter): Take {
  return async (key, cost) => {
    try {
      await limiter.consume(key, cost)
      return 0
    } catch (error) {
      if (typeof error !== "object" || error === null || error instanceof Error) throw error
      const { msBeforeNext } = error as { readonly msBeforeNext?: unknown }
      if (typeof msBeforeNext !== "number") throw error
      return Math.max(1, msBeforeNext)
    }
  }
}

/** What happens where a store cannot be asked, and for how long it is waited for. */
export interface RemoteOptions {
  readonly timeoutMs: number
  readonly now: () => number
  /** Makes what is thrown where the store does not answer. */
  readonly late: () => Error
}

/**
 * Asks a limiter that is not of this process, in bounded time. A key that was refused is not asked for again before it is
 * worth it, so that whoever goes on asking is no load of the store.
 */
export function remoteLimiter(take: Take, { timeoutMs, now, late }: RemoteOptions): Take {
  const refused = createLru<string, { readonly until: number; readonly cost: number }>({ max: 10_000 })
  return async (key, cost) => {
    const known = refused.get(key)
    const left = known === undefined || cost < known.cost ? 0 : known.until - now()
    if (left > 0) return left
    const wait = await within(timeoutMs, Promise.resolve(take(key, cost)), late)
    if (wait > 0) refused.set(key, { until: now() + wait, cost })
    return wait
  }
}

/** Whether what a storage has may be a time, in milliseconds: what cannot be one would put off all others for ever. */
export function isTime(value: unknown): value is number {
  return typeof value === "number" && Math.abs(value) <= 8.64e15
}

/**
 * Checks what a call is said to cost.
 *
 * @throws {InvalidOption} It is no number from 0.
 */
export function checkedCost(cost: unknown, subject: string): number {
  if (typeof cost === "number" && cost >= 0 && cost < Number.POSITIVE_INFINITY) return cost
  throw new InvalidOption(`What \`cost\` of ${subject} gave`, quoted(cost), "Give a number, 0 or more.")
}
