import { deadlineOf } from "./deadline.ts"
import {
  absent,
  addCount,
  type KeyPage,
  type ListOptions,
  type Stored,
  type Version,
  type WriteOptions,
} from "./storage.ts"

/** The SQLite database of a Durable Object, as far as it is used. */
export interface ObjectSql {
  /** Runs a statement to its end. */
  exec(
    statement: string,
    ...values: readonly (string | number | null)[]
  ): { toArray(): readonly { readonly [column: string]: unknown }[] }
}

interface Row {
  readonly value: string
  readonly version: Version
  readonly expires_at: number | null
}

/** The entries of one Durable Object. No method waits for anything, so that each is done whole or not at all. */
export class ObjectEntries {
  readonly #sql: ObjectSql

  constructor(sql: ObjectSql) {
    this.#sql = sql
    sql.exec(
      "CREATE TABLE IF NOT EXISTS fleetmcp (key TEXT PRIMARY KEY, value TEXT NOT NULL, version TEXT NOT NULL, expires_at INTEGER)",
    )
    sql.exec(
      "CREATE INDEX IF NOT EXISTS fleetmcp_expiry ON fleetmcp (expires_at) WHERE expires_at IS NOT NULL",
    )
  }

  get(key: string, now: number): Stored | undefined {
    const [row] = this.#rows<Row>(
      `SELECT value, version, expires_at FROM fleetmcp WHERE key = ? AND ${isLive}`,
      key,
      now,
    )
    if (row === undefined) return undefined
    return { value: row.value, version: row.version, expiresAt: row.expires_at ?? undefined }
  }

  write(
    { key, value }: { readonly key: string; readonly value?: string | undefined },
    { if: condition, ttl }: WriteOptions,
    now: number,
  ): Version | undefined {
    if (condition !== undefined && condition !== (this.get(key, now)?.version ?? absent)) return undefined
    if (value !== undefined) return this.#set({ key, value, expiresAt: deadlineOf(now, ttl) })
    this.#sql.exec("DELETE FROM fleetmcp WHERE key = ?", key)
    return absent
  }

  increment(
    { key, by }: { readonly key: string; readonly by: number },
    { ttl }: Pick<WriteOptions, "ttl">,
    now: number,
  ): number {
    const before = this.get(key, now)
    const sum = addCount(key, before?.value, by)
    const expiresAt = before === undefined ? deadlineOf(now, ttl) : before.expiresAt
    this.#set({ key, value: String(sum), expiresAt })
    return sum
  }

  /** A cursor is the last key that was seen. */
  list(prefix: string, { cursor, limit = pageSize }: ListOptions, now: number): KeyPage {
    // Both ends are plain comparisons, so that no row outside of them is read, which would be paid for.
    const [start, end] = [cursor === undefined ? "key >= ?" : "key > ?", endOf(prefix)]
    const rows = this.#rows<{ readonly key: string }>(
      `SELECT key FROM fleetmcp WHERE ${start} ${end === undefined ? "" : "AND key < ?"} AND ${isLive} ORDER BY key LIMIT ?`,
      ...[cursor ?? prefix, ...(end === undefined ? [] : [end]), now, limit],
    )
    const keys = rows.map(({ key }) => key)
    return { keys, cursor: keys.length < limit ? undefined : keys.at(-1) }
  }

  /** Deletes some of what has expired; returns when the next does, or did. */
  clear(now: number): number | undefined {
    this.#sql.exec(
      "DELETE FROM fleetmcp WHERE key IN (SELECT key FROM fleetmcp WHERE expires_at <= ? LIMIT ?)",
      now,
      maxCleared,
    )
    const [row] = this.#rows<{ readonly next: number | null }>(
      "SELECT MIN(expires_at) AS next FROM fleetmcp WHERE expires_at IS NOT NULL",
    )
    return row?.next ?? undefined
  }

  #set(entry: {
    readonly key: string
    readonly value: string
    readonly expiresAt: number | undefined
  }): Version {
    const version = crypto.randomUUID()
    this.#sql.exec(
      "INSERT OR REPLACE INTO fleetmcp (key, value, version, expires_at) VALUES (?, ?, ?, ?)",
      entry.key,
      entry.value,
      version,
      entry.expiresAt ?? null,
    )
    return version
  }

  #rows<R>(statement: string, ...values: readonly (string | number | null)[]): readonly R[] {
    // `as`: the columns are those of the statement, and of the table made above.
    return this.#sql.exec(statement, ...values).toArray() as readonly R[]
  }
}

const isLive = "(expires_at IS NULL OR expires_at > ?)"

/** How many keys a page has unless the caller says. */
const pageSize = 1000
/** How many entries go at once, so that nobody waits for that. */
const maxCleared = 10_000

/** The first text after all that start with a prefix, in the order of SQLite; `undefined` where there is none. */
function endOf(prefix: string): string | undefined {
  const points = [...prefix]
  for (let last = points.pop(); last !== undefined; last = points.pop()) {
    const point = last.codePointAt(0) ?? 0
    // U+D800 to U+DFFF are halves of characters.
    if (point < 0x10ffff) return points.join("") + String.fromCodePoint(point === 0xd7ff ? 0xe000 : point + 1)
  }
  return undefined
}
