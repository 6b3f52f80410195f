import { StorageFull } from "../errors/storage.ts"
import {
  absent,
  decodeCount,
  type KeyPage,
  type ListOptions,
  type StorageDriver,
  type Stored,
  type Version,
  type WriteOptions,
} from "./storage.ts"

/** The bounds of a storage in memory, and its clock. */
export interface MemoryStorageOptions {
  /** The most entries. Default 100,000. */
  readonly maxEntries?: number
  /** The most characters of all keys and values together. Default 32 Mi. */
  readonly maxCharacters?: number
  /** Milliseconds since 1970. Default `Date.now`. */
  readonly now?: () => number
}

/**
 * Makes a storage in the memory of this process: atomic, bounded, gone with the process. When it is full, and
 * nothing in it has expired, it refuses new entries: what was acknowledged is never forgotten before its time,
 * since a forgotten lock or one-use token would be worse than a refusal.
 *
 * @param options `maxEntries`, `maxCharacters` and `now`.
 * @throws {StorageFull} by `write` and `increment`
 * @example
 * const storage = memoryStorage({ maxEntries: 1000 })
 * await storage.write("greeting", "hello", { ttl: 60_000 })
 */
export function memoryStorage(options: MemoryStorageOptions = {}): StorageDriver {
  const store = new Entries(options)
  return {
    atomic: true,
    listable: true,
    minTtl: 0,
    get: (key) => toStored(store.live(key)),
    write: (key, value, writeOptions) => write(store, { key, value }, writeOptions),
    list: (prefix, listOptions) => list(store, prefix, listOptions),
    increment: (key, by, writeOptions) => increment(store, { key, by }, writeOptions?.ttl),
    close: () => store.clear(),
  }
}

interface Entry {
  readonly value: string
  /** Grows with every write, so that the order of the map is the order of the versions. */
  readonly version: number
  /** Infinity for never. */
  readonly expiresAt: number
}

function toStored(entry: Entry | undefined): Stored | undefined {
  if (entry === undefined) return undefined
  const { value, version, expiresAt } = entry
  return {
    value,
    version: String(version),
    expiresAt: expiresAt === Number.POSITIVE_INFINITY ? undefined : expiresAt,
  }
}

function write(
  store: Entries,
  { key, value }: { readonly key: string; readonly value: string | undefined },
  options: WriteOptions = {},
): Version | undefined {
  if (options.if !== undefined) {
    const current = store.live(key)
    if (options.if !== (current === undefined ? absent : String(current.version))) return undefined
  }
  if (value === undefined) {
    store.delete(key)
    return absent
  }
  return String(store.set(key, value, store.deadline(options.ttl)))
}

function increment(
  store: Entries,
  { key, by }: { readonly key: string; readonly by: number },
  ttl: number | undefined,
): number {
  const current = store.live(key)
  const before = current === undefined ? 0 : decodeCount(key, current.value)
  const sum = before + by
  store.set(key, String(sum), current?.expiresAt ?? store.deadline(ttl))
  return sum
}

/** How many keys a page has unless the caller says. */
const pageSize = 1000

/** Pages follow the versions: what is written meanwhile moves to the end, so that nothing else is missed. */
function list(store: Entries, prefix: string, { cursor, limit = pageSize }: ListOptions = {}): KeyPage {
  const after = cursor === undefined ? 0 : Number(cursor)
  const keys: string[] = []
  let last = after
  for (const [key, { version, expiresAt }] of store) {
    if (version <= after || expiresAt <= store.now() || !key.startsWith(prefix)) continue
    if (keys.length >= limit) return { keys, cursor: String(last) }
    keys.push(key)
    last = version
  }
  return { keys, cursor: undefined }
}

interface Deadline {
  readonly key: string
  readonly version: number
  readonly expiresAt: number
}

/** A map whose entries expire: when they are asked for, and as new ones come. There is no timer. */
class Entries {
  readonly now: () => number
  readonly #maxEntries: number
  readonly #maxCharacters: number
  readonly #entries: Map<string, Entry> = new Map()
  /** A binary heap, the next to expire first. Holds deadlines of entries that are gone, until it is rebuilt. */
  #deadlines: Deadline[] = []
  #characters = 0
  #versions = 0

  constructor(options: MemoryStorageOptions) {
    this.now = options.now ?? Date.now
    this.#maxEntries = options.maxEntries ?? 100_000
    this.#maxCharacters = options.maxCharacters ?? 32 * 1024 * 1024
  }

  [Symbol.iterator](): IterableIterator<[string, Entry]> {
    return this.#entries.entries()
  }

  live(key: string): Entry | undefined {
    const entry = this.#entries.get(key)
    if (entry === undefined || entry.expiresAt > this.now()) return entry
    this.delete(key)
    return undefined
  }

  deadline(ttl: number | undefined): number {
    return ttl === undefined ? Number.POSITIVE_INFINITY : this.now() + ttl
  }

  set(key: string, value: string, expiresAt: number): number {
    this.#expire()
    this.#assertRoom(key, value)
    this.delete(key)
    const version = ++this.#versions
    this.#entries.set(key, { value, version, expiresAt })
    this.#characters += key.length + value.length
    if (expiresAt !== Number.POSITIVE_INFINITY) this.#push({ key, version, expiresAt })
    return version
  }

  delete(key: string): void {
    const entry = this.#entries.get(key)
    if (entry === undefined) return
    this.#entries.delete(key)
    this.#characters -= key.length + entry.value.length
  }

  clear(): void {
    this.#entries.clear()
    this.#deadlines = []
    this.#characters = 0
  }

  #assertRoom(key: string, value: string): void {
    const before = this.#entries.get(key)
    const entries = this.#entries.size + (before === undefined ? 1 : 0)
    if (entries > this.#maxEntries)
      throw new StorageFull(`${this.#maxEntries} ${this.#maxEntries === 1 ? "entry" : "entries"}`)
    const freed = before === undefined ? 0 : key.length + before.value.length
    if (this.#characters - freed + key.length + value.length > this.#maxCharacters) {
      throw new StorageFull(`${this.#characters} of ${this.#maxCharacters} characters`)
    }
  }

  /** Every deadline is handled once, so writes pay for the expiry of those before them and no more. */
  #expire(): void {
    const now = this.now()
    for (
      let next = this.#deadlines[0];
      next !== undefined && next.expiresAt <= now;
      next = this.#deadlines[0]
    ) {
      this.#pop()
      if (this.#entries.get(next.key)?.version === next.version) this.delete(next.key)
    }
  }

  #push(deadline: Deadline): void {
    // Half of them belong to entries that were overwritten or deleted: start again with the rest.
    if (this.#deadlines.length > 2 * this.#entries.size + 64) this.#rebuild()
    else siftUp(this.#deadlines, deadline)
  }

  #rebuild(): void {
    const live: Deadline[] = []
    for (const [key, { version, expiresAt }] of this.#entries) {
      if (expiresAt !== Number.POSITIVE_INFINITY) live.push({ key, version, expiresAt })
    }
    // A sorted array is a heap.
    this.#deadlines = live.sort((a, b) => a.expiresAt - b.expiresAt)
  }

  #pop(): void {
    const last = this.#deadlines.pop()
    if (last !== undefined && this.#deadlines.length > 0) siftDown(this.#deadlines, last)
  }
}

function siftUp(heap: Deadline[], added: Deadline): void {
  let at = heap.length
  while (at > 0) {
    const above = (at - 1) >> 1
    const parent = heap[above]
    if (parent === undefined || parent.expiresAt <= added.expiresAt) break
    heap[at] = parent
    at = above
  }
  heap[at] = added
}

/** Puts `moved` where the first was. */
function siftDown(heap: Deadline[], moved: Deadline): void {
  let at = 0
  for (;;) {
    const left = heap[2 * at + 1]
    const right = heap[2 * at + 2]
    const child =
      right !== undefined && left !== undefined && right.expiresAt < left.expiresAt ? 2 * at + 2 : 2 * at + 1
    const smaller = heap[child]
    if (smaller === undefined || smaller.expiresAt >= moved.expiresAt) break
    heap[at] = smaller
    at = child
  }
  heap[at] = moved
}
