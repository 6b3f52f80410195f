import { assertOptions, type KnownOptions } from "../components/options.ts"
import { StorageFull } from "../errors/storage.ts"
import { deadlineOf } from "./deadline.ts"
import {
  absent,
  addCount,
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

const known: KnownOptions = { kinds: { maxEntries: "count", maxCharacters: "count", now: "function" } }

/**
 * Makes a storage in the memory of this process: atomic, bounded, gone with the process. When it is full, and
 * nothing in it has expired, it refuses new entries: what was acknowledged is never forgotten before its time,
 * since a forgotten lock or one-use token would be worse than a refusal.
 *
 * @param options `maxEntries`, `maxCharacters` and `now`.
 * @throws {UnknownOption} FLEET-09: an option does not exist.
 * @throws {InvalidOption} An option has a value that cannot be meant.
 * @throws {StorageFull} by `write` and `increment`
 * @example
 * const storage = memoryStorage({ maxEntries: 1000 })
 * await storage.write("greeting", "hello", { ttl: 60_000 })
 */
export function memoryStorage(options: MemoryStorageOptions = {}): StorageDriver {
  assertOptions("`memoryStorage()`", options, known)
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

/** What a key holds, from when it comes until it is gone. */
interface Entry {
  readonly key: string
  /** Grows with every key that comes, so that the order of the map is the order of the places. */
  readonly place: number
  value: string
  version: Version
  /** Infinity for never. */
  expiresAt: number
  /** When it is looked at whether it has expired, which may be long before; Infinity for never. */
  due: number
}

function toStored(entry: Entry | undefined): Stored | undefined {
  if (entry === undefined) return undefined
  const { value, version, expiresAt } = entry
  return { value, version, expiresAt: expiresAt === Number.POSITIVE_INFINITY ? undefined : expiresAt }
}

function write(
  store: Entries,
  { key, value }: { readonly key: string; readonly value: string | undefined },
  options: WriteOptions = {},
): Version | undefined {
  const now = store.now()
  if (options.if !== undefined && options.if !== (store.live(key, now)?.version ?? absent)) return undefined
  if (value === undefined) {
    store.delete(key)
    return absent
  }
  return store.set({ key, value, expiresAt: endOf(now, options.ttl) }, now)
}

function increment(
  store: Entries,
  { key, by }: { readonly key: string; readonly by: number },
  ttl: number | undefined,
): number {
  const now = store.now()
  const current = store.live(key, now)
  const sum = addCount(key, current?.value, by)
  const expiresAt = current?.expiresAt ?? endOf(now, ttl)
  store.set({ key, value: String(sum), expiresAt }, now)
  return sum
}

function endOf(now: number, ttl: number | undefined): number {
  return deadlineOf(now, ttl) ?? Number.POSITIVE_INFINITY
}

/** How many keys a page has unless the caller says. */
const pageSize = 1000

/** Pages follow the places, which keys have for as long as they are there. */
function list(store: Entries, prefix: string, { cursor, limit = pageSize }: ListOptions = {}): KeyPage {
  const after = cursor === undefined ? 0 : Number(cursor)
  const now = store.now()
  const keys: string[] = []
  let last = after
  for (const { key, place, expiresAt } of store) {
    if (place <= after || expiresAt <= now || !key.startsWith(prefix)) continue
    if (keys.length >= limit) return { keys, cursor: String(last) }
    keys.push(key)
    last = place
  }
  return { keys, cursor: undefined }
}

interface Deadline {
  readonly entry: Entry
  /** As the entry has it, unless an earlier one was set since. */
  readonly due: number
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
  #places = 0
  #versions = 0

  constructor(options: MemoryStorageOptions) {
    this.now = options.now ?? Date.now
    this.#maxEntries = options.maxEntries ?? 100_000
    this.#maxCharacters = options.maxCharacters ?? 32 * 1024 * 1024
  }

  [Symbol.iterator](): IterableIterator<Entry> {
    return this.#entries.values()
  }

  live(key: string, now?: number): Entry | undefined {
    const entry = this.#entries.get(key)
    if (entry === undefined || entry.expiresAt > (now ?? this.now())) return entry
    this.delete(key)
    return undefined
  }

  set({ key, value, expiresAt }: Pick<Entry, "key" | "value" | "expiresAt">, now: number): Version {
    this.#expire(now)
    const before = this.#entries.get(key)
    const grown = value.length + (before === undefined ? key.length : -before.value.length)
    this.#assertRoom(before === undefined ? 1 : 0, grown)
    this.#characters += grown
    const entry = before ?? this.#add(key)
    entry.value = value
    entry.version = String(++this.#versions)
    entry.expiresAt = expiresAt
    this.#watch(entry)
    return entry.version
  }

  #add(key: string): Entry {
    const never = Number.POSITIVE_INFINITY
    const entry = { key, place: ++this.#places, value: "", version: absent, expiresAt: never, due: never }
    this.#entries.set(key, entry)
    return entry
  }

  delete(key: string): void {
    const entry = this.#entries.get(key)
    if (entry === undefined) return
    this.#entries.delete(key)
    this.#characters -= key.length + entry.value.length
    // Its deadline may refer to it for a long time yet.
    entry.value = ""
  }

  clear(): void {
    this.#entries.clear()
    this.#deadlines = []
    this.#characters = 0
  }

  #assertRoom(entries: number, characters: number): void {
    if (this.#entries.size + entries > this.#maxEntries)
      throw new StorageFull(`${this.#maxEntries} ${this.#maxEntries === 1 ? "entry" : "entries"}`)
    if (this.#characters + characters > this.#maxCharacters)
      throw new StorageFull(`${this.#characters} of ${this.#maxCharacters} characters`)
  }

  /** Every deadline is handled once, so writes pay for the expiry of those before them and no more. */
  #expire(now: number): void {
    for (let next = this.#deadlines[0]; next !== undefined && next.due <= now; next = this.#deadlines[0]) {
      this.#pop()
      const { entry, due } = next
      if (entry.due !== due || this.#entries.get(entry.key) !== entry) continue
      entry.due = Number.POSITIVE_INFINITY
      if (entry.expiresAt <= now) this.delete(entry.key)
      else this.#watch(entry)
    }
  }

  /** Sees to it that an entry is looked at no later than it expires. One that lives longer than before is already. */
  #watch(entry: Entry): void {
    if (entry.expiresAt >= entry.due) return
    entry.due = entry.expiresAt
    // Half of them belong to entries that are gone or were given less time: start again with the rest.
    if (this.#deadlines.length > 2 * this.#entries.size + 64) this.#rebuild()
    else siftUp(this.#deadlines, { entry, due: entry.due })
  }

  #rebuild(): void {
    const live: Deadline[] = []
    for (const entry of this) {
      entry.due = entry.expiresAt
      if (entry.due !== Number.POSITIVE_INFINITY) live.push({ entry, due: entry.due })
    }
    // A sorted array is a heap.
    this.#deadlines = live.sort((a, b) => a.due - b.due)
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
    if (parent === undefined || parent.due <= added.due) break
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
    const child = right !== undefined && left !== undefined && right.due < left.due ? 2 * at + 2 : 2 * at + 1
    const smaller = heap[child]
    if (smaller === undefined || smaller.due >= moved.due) break
    heap[at] = smaller
    at = child
  }
  heap[at] = moved
}
