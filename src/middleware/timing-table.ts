import { createHistogram, type Durations, type Histogram } from "./timing-histogram.ts"

/** Durations by name, of so many names. */
export interface Table {
  has(name: string): boolean
  /** Gives the histogram of a name, or of all that have no more room. */
  of(name: string): Histogram
  summary(): { readonly [name: string]: Durations }
  clear(): void
}

/** What all are under that have no more room. */
export const other = "(other)"

/** What is counted under no name of its own, since nobody knows whether there is such a thing: clients make names up. */
export const unknown = "(unknown)"

/** Makes a table of so many names, besides those of {@link other} and {@link unknown}. */
export function createTable(max: number): Table {
  const rows = new Map<string, Histogram>()
  let own = 0

  function of(name: string): Histogram {
    const found = rows.get(name)
    if (found !== undefined) return found
    const isOwn = name !== unknown && name !== other
    if (isOwn && own >= max) return of(other)
    if (isOwn) own++
    const made = createHistogram()
    rows.set(name, made)
    return made
  }

  return {
    of,
    has: (name) => rows.has(name),
    summary: () => Object.fromEntries([...rows].map(([name, row]) => [name, row.summary()])),
    clear() {
      rows.clear()
      own = 0
    },
  }
}
