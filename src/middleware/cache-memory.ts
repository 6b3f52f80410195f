import { utf8Length } from "../shared/utf8-length.ts"
import { isFresh, type Kept } from "./cache-kept.ts"
import type { Place } from "./cache-place.ts"
import type { AllCounts } from "./cache-statistics.ts"
import { type Change, concerns, type Look, type ResultStore } from "./cache-store.ts"

/** Bounds of what is kept in memory. */
export interface MemoryOptions {
  readonly maxEntries: number
  readonly maxBytes: number
  readonly now: () => number
  readonly counts: AllCounts
}

interface Entry {
  readonly place: Place
  readonly kept: Kept
  readonly bytes: number
}

/** Keeps results in memory; what was not used for the longest time goes first. */
export function keepInMemory({ maxEntries, maxBytes, now, counts }: MemoryOptions): ResultStore {
  // A Map iterates in order of insertion; what is used is inserted anew, so the first is the oldest.
  const entries = new Map<string, Entry>()
  /** Which keys there are of a name or URI, so that a change of one is not a search through all. */
  const byTarget = new Map<string, Set<string>>()
  const nothing: Look = { kept: undefined, mark: "" }
  let bytes = 0

  function add(entry: Entry): void {
    const { place } = entry
    entries.set(place.key, entry)
    count(entry, 1)
    const target = targetOf(place)
    const keys = byTarget.get(target)
    if (keys === undefined) byTarget.set(target, new Set([place.key]))
    else keys.add(place.key)
  }

  function remove(entry: Entry): void {
    const { place } = entry
    entries.delete(place.key)
    count(entry, -1)
    const target = targetOf(place)
    const keys = byTarget.get(target)
    keys?.delete(place.key)
    if (keys?.size === 0) byTarget.delete(target)
  }

  function count(entry: Entry, sign: 1 | -1): void {
    bytes += sign * entry.bytes
    const own = counts[entry.place.method]
    if (own === undefined) return
    own.entries += sign
    own.bytes += sign * entry.bytes
  }

  function makeRoom(): void {
    for (const oldest of entries.values()) {
      if (entries.size <= maxEntries && bytes <= maxBytes) return
      remove(oldest)
      const own = counts[oldest.place.method]
      if (own !== undefined && isFresh(oldest.kept, now())) own.evictions++
    }
  }

  /** Those that a change may concern. */
  function near({ subject, only }: Change): Iterable<Entry> {
    if (typeof only !== "object") return entries.values()
    const keys = byTarget.get(`${subject} ${only.target}`) ?? []
    return [...keys].flatMap((key) => entries.get(key) ?? [])
  }

  return {
    look({ key }) {
      const entry = entries.get(key)
      if (entry === undefined) return nothing
      if (!isFresh(entry.kept, now())) {
        remove(entry)
        return nothing
      }
      entries.delete(key)
      entries.set(key, entry)
      return { kept: entry.kept, mark: "" }
    },
    put(place, kept) {
      const before = entries.get(place.key)
      if (before !== undefined) remove(before)
      const size = utf8Length(kept.json) + utf8Length(place.key)
      if (size > maxBytes) return false
      add({ place, kept, bytes: size })
      makeRoom()
      return true
    },
    drop(change) {
      for (const entry of near(change)) if (concerns(change, entry.place)) remove(entry)
    },
    close() {
      for (const entry of entries.values()) remove(entry)
    },
  }
}

function targetOf({ subject, target }: Place): string {
  return target === undefined ? subject : `${subject} ${target}`
}
