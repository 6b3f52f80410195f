import { StorageContention } from "../errors/storage.ts"
import { deadlineOf } from "./deadline.ts"
import { type SqliteDatabase, toSqliteError } from "./sqlite-database.ts"
import { makeTable, prepareStatements, type SqliteStatements } from "./sqlite-table.ts"
import {
  absent,
  addCount,
  type KeyPage,
  type ListOptions,
  type Stored,
  type Version,
  type WriteOptions,
} from "./storage.ts"

/** What a storage in a database is made of. */
export interface SqliteStoreParts {
  /** Which database, for errors: "The database `data.db`". */
  readonly subject: string
  readonly table: string
  readonly now: () => number
  /** Opens the database, or returns the one that is open. */
  readonly open: () => SqliteDatabase
}

/** How many keys a page has unless the caller says. */
const pageSize = 1000

/** After so many writes, as many entries that have expired are removed, or twice as many. */
const sweepSize = 64

/** How often an addition is tried that others overtake each time. */
const maxAttempts = 100

interface Row {
  readonly value: string
  readonly version: string
  readonly expires_at: number | bigint | null
}

/** What a write writes. */
interface Entry {
  readonly key: string
  readonly value: string | undefined
  readonly expiresAt: number | undefined
}

/** On which version of a key something is done, and when. */
interface Condition {
  readonly version: Version | undefined
  readonly now: number
}

/** The storage in a table of a database. */
export class SqliteStore {
  readonly #parts: SqliteStoreParts
  #statements: SqliteStatements | undefined
  #writes = 0

  constructor(parts: SqliteStoreParts) {
    this.#parts = parts
  }

  get(key: string): Stored | undefined {
    return this.#run((statements) => read(statements, key, this.#parts.now()))
  }

  write(
    key: string,
    value: string | undefined,
    { if: version, ttl }: WriteOptions = {},
  ): Version | undefined {
    const now = this.#parts.now()
    return this.#change((statements) =>
      write(statements, { key, value, expiresAt: deadlineOf(now, ttl) }, { version, now }),
    )
  }

  increment(key: string, by: number, { ttl }: Pick<WriteOptions, "ttl"> = {}): number {
    const now = this.#parts.now()
    return this.#change((statements) => {
      for (let attempts = 0; attempts < maxAttempts; attempts++) {
        const stored = read(statements, key, now)
        const sum = addCount(key, stored?.value, by)
        const expiresAt = stored === undefined ? deadlineOf(now, ttl) : stored.expiresAt
        const condition = { version: stored?.version ?? absent, now }
        if (write(statements, { key, value: String(sum), expiresAt }, condition) !== undefined) return sum
      }
      throw new StorageContention(key, maxAttempts)
    })
  }

  list(prefix: string, { cursor, limit = pageSize }: ListOptions = {}): KeyPage {
    return this.#run(({ listFrom, listAfter }) => {
      const statement = cursor === undefined ? listFrom : listAfter
      // `as`: the statement says which columns a row has.
      const rows = statement.all(cursor ?? prefix, this.#parts.now(), limit) as { readonly key: string }[]
      // The keys that begin with a prefix stand beside each other, and first: nothing between has another beginning.
      const keys = rows.map(({ key }) => key).filter((key) => key.startsWith(prefix))
      return { keys, cursor: keys.length < limit ? undefined : keys.at(-1) }
    })
  }

  /** Forgets what was prepared, so that the database can be closed. */
  close(): void {
    this.#statements = undefined
  }

  #change<T>(work: (statements: SqliteStatements) => T): T {
    const result = this.#run(work)
    if (this.#writes++ % sweepSize === 0) this.#sweep()
    return result
  }

  #sweep(): void {
    try {
      this.#statements?.sweep.run(this.#parts.now(), 2 * sweepSize)
    } catch {
      // What was asked for is done. Another sweep comes, and whoever needs what does not work is told.
    }
  }

  #run<T>(work: (statements: SqliteStatements) => T): T {
    try {
      this.#statements ??= this.#prepare()
      return work(this.#statements)
    } catch (error) {
      throw toSqliteError(this.#parts.subject, error)
    }
  }

  #prepare(): SqliteStatements {
    const { table, subject, open } = this.#parts
    const database = open()
    makeTable(database, { table, subject })
    return prepareStatements(database, table)
  }
}

function read({ get }: SqliteStatements, key: string, now: number): Stored | undefined {
  // `as`: the statement says which columns a row has. Some databases say `null` for none.
  const row = get.get(key) as Row | undefined | null
  if (row === undefined || row === null) return undefined
  const expiresAt = row.expires_at === null ? undefined : Number(row.expires_at)
  if (expiresAt !== undefined && expiresAt <= now) return undefined
  return { value: row.value, version: row.version, expiresAt }
}

/** Does what a driver's `write` does. */
function write(statements: SqliteStatements, entry: Entry, condition: Condition): Version | undefined {
  const { key, value, expiresAt = null } = entry
  if (value === undefined) return remove(statements, key, condition) ? absent : undefined
  const version = crypto.randomUUID()
  return put(statements, [value, version, expiresAt, key], condition) ? version : undefined
}

function put(
  statements: SqliteStatements,
  values: readonly [value: string, version: Version, expiresAt: number | null, key: string],
  { version, now }: Condition,
): boolean {
  const { put, putNew, replace } = statements
  if (version === undefined) return isChanged(put.run(...values))
  return isChanged(version === absent ? putNew.run(...values, now) : replace.run(...values, version, now))
}

function remove(statements: SqliteStatements, key: string, { version, now }: Condition): boolean {
  if (version === absent) return read(statements, key, now) === undefined
  if (version !== undefined) return isChanged(statements.deleteVersion.run(key, version, now))
  statements.delete.run(key)
  return true
}

function isChanged({ changes }: { readonly changes: number | bigint }): boolean {
  return Number(changes) > 0
}
