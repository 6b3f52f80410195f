/** Bounds of an {@link createLru}. */
export interface LruOptions<Key, Value> {
  /** How many entries are kept. */
  readonly max: number
  /** How much all entries together may weigh. Default: no bound. */
  readonly maxWeight?: number
  /** What one entry weighs; asked once, when it is set. Default 1. */
  readonly weigh?: (value: Value, key: Key) => number
  /** How many milliseconds after it was set an entry is forgotten. Default: never. */
  readonly ttlMs?: number
  /** Milliseconds of a clock that does not go back. Default `performance.now`. */
  readonly now?: () => number
}

/** Is a map that forgets what was not used for the longest time. */
export interface Lru<Key, Value> {
  /** How many entries there are, expired ones that nobody asked for included. */
  readonly size: number
  /** What all entries weigh together. */
  readonly weight: number
  /** Returns a value and makes it the newest. */
  get(key: Key): Value | undefined
  /** Tells whether there is a value, without making it newer. */
  has(key: Key): boolean
  /** Keeps a value. One that alone weighs more than all may is not kept, and its predecessor is forgotten. */
  set(key: Key, value: Value): void
  /** Forgets a value and tells whether there was one. */
  delete(key: Key): boolean
  clear(): void
}

/** Makes a map that is bounded by number and, if asked, by weight and time. */
export function createLru<Key, Value>(options: LruOptions<Key, Value>): Lru<Key, Value> {
  return new BoundedMap(options)
}

interface Entry<Value> {
  readonly value: Value
  readonly weight: number
  readonly expiresAt: number
}

class BoundedMap<Key, Value> implements Lru<Key, Value> {
  // A Map iterates in order of insertion; an entry that is used is inserted anew, so the first is the oldest.
  readonly #entries = new Map<Key, Entry<Value>>()
  readonly #options: LruOptions<Key, Value>
  readonly #now: () => number
  #weight = 0

  constructor(options: LruOptions<Key, Value>) {
    this.#options = options
    this.#now = options.now ?? (() => performance.now())
  }

  get size(): number {
    return this.#entries.size
  }

  get weight(): number {
    return this.#weight
  }

  get(key: Key): Value | undefined {
    const entry = this.#fresh(key)
    if (entry === undefined) return undefined
    this.#entries.delete(key)
    this.#entries.set(key, entry)
    return entry.value
  }

  has(key: Key): boolean {
    return this.#fresh(key) !== undefined
  }

  set(key: Key, value: Value): void {
    const { max, maxWeight = Number.POSITIVE_INFINITY, weigh, ttlMs } = this.#options
    this.delete(key)
    const weight = weigh?.(value, key) ?? 1
    if (weight > maxWeight || max < 1) return
    const expiresAt = ttlMs === undefined ? Number.POSITIVE_INFINITY : this.#now() + ttlMs
    this.#entries.set(key, { value, weight, expiresAt })
    this.#weight += weight
    for (const oldest of this.#entries.keys()) {
      if (this.#entries.size <= max && this.#weight <= maxWeight) return
      this.delete(oldest)
    }
  }

  delete(key: Key): boolean {
    const entry = this.#entries.get(key)
    if (entry === undefined) return false
    this.#weight -= entry.weight
    return this.#entries.delete(key)
  }

  clear(): void {
    this.#entries.clear()
    this.#weight = 0
  }

  #fresh(key: Key): Entry<Value> | undefined {
    const entry = this.#entries.get(key)
    if (entry === undefined) return undefined
    if (entry.expiresAt === Number.POSITIVE_INFINITY || entry.expiresAt > this.#now()) return entry
    this.delete(key)
    return undefined
  }
}
