import type { AuditWriter } from "./audit-writer.ts"

/** How records of several writers fare. */
interface Counts {
  readonly written: number
  readonly lost: number
  readonly queued: number
}

/** The writers of all servers that one `audit()` was given to. */
export interface Writers {
  /** Adds one. What it returns is called when its server closes. */
  add(writer: AuditWriter): () => void
  /** Those of the servers that run, and of the last that were closed. */
  all(): readonly AuditWriter[]
  counts(): Counts
}

/** How many are kept of servers that were closed: their last records may be asked for. */
const mostClosed = 100

export function createWriters(): Writers {
  const open = new Set<AuditWriter>()
  const closed = new Set<AuditWriter>()
  const past = { written: 0, lost: 0 }

  function close(writer: AuditWriter): void {
    if (!open.delete(writer)) return
    closed.add(writer)
    const [oldest] = closed
    if (oldest === undefined || closed.size <= mostClosed) return
    closed.delete(oldest)
    past.written += oldest.counts.written
    past.lost += oldest.counts.lost
  }

  const all = () => [...closed, ...open]
  return {
    add(writer) {
      open.add(writer)
      return () => close(writer)
    },
    all,
    counts() {
      const sum: { -readonly [name in keyof Counts]: number } = { ...past, queued: 0 }
      for (const { counts } of all()) {
        sum.written += counts.written
        sum.lost += counts.lost
        sum.queued += counts.queued
      }
      return sum
    },
  }
}
