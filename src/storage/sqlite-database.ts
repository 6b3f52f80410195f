import { FleetError } from "../errors/fleet-error.ts"
import { StorageFull } from "../errors/storage.ts"
import { MissingSqlite, SqliteFailed } from "../errors/storage-local.ts"

/** What is bound to a statement. */
export type SqliteValue = string | number | null

/** A prepared statement, as `node:sqlite` and `better-sqlite3` have it. */
export interface SqliteStatement {
  /** Returns the first row. */
  get(...values: SqliteValue[]): unknown
  /** Returns all rows. */
  all(...values: SqliteValue[]): unknown[]
  /** Changes rows and says how many. */
  run(...values: SqliteValue[]): { readonly changes: number | bigint }
}

/** An open database of SQLite: `DatabaseSync` of `node:sqlite`, or a `Database` of `better-sqlite3`. */
export interface SqliteDatabase {
  /** Prepares one statement. */
  prepare(sql: string): SqliteStatement
  /** Runs statements without results. */
  exec(sql: string): unknown
}

/** A database that was opened here. */
export interface OwnDatabase extends SqliteDatabase {
  close(): void
}

/** How a file is opened. */
export interface OpenOptions {
  readonly path: string
  /** Whether what was written outlasts a loss of power. */
  readonly isSynced: boolean
  /** Milliseconds that a statement waits for another process. */
  readonly timeout: number
}

/**
 * Finds what opens files, or refuses at once.
 *
 * @throws {MissingSqlite} FLEET-14
 */
export function findSqlite(): (options: OpenOptions) => OwnDatabase {
  // By name, so that neither a bundler nor an older Node looks for it. The types of the oldest Node do not know it.
  const sqlite = process.getBuiltinModule("node:sqlite") as
    | { readonly DatabaseSync: new (path: string) => OwnDatabase }
    | undefined
  if (sqlite === undefined) throw new MissingSqlite(`Node ${process.versions.node}`)
  return (options) => open(sqlite, options)
}

function open(
  { DatabaseSync }: { readonly DatabaseSync: new (path: string) => OwnDatabase },
  { path, isSynced, timeout }: OpenOptions,
): OwnDatabase {
  makePrivate(path)
  const database = new DatabaseSync(path)
  try {
    database.exec(`PRAGMA busy_timeout = ${timeout}; PRAGMA synchronous = ${isSynced ? "FULL" : "NORMAL"}`)
    useLog(database)
    return database
  } catch (error) {
    database.close()
    throw error
  }
}

/**
 * Makes a file that is not there for the user of this process alone: SQLite would let all others read it. One that is
 * there is not even opened: as soon as it is closed, the locks that this process has on it are gone, for all connections.
 *
 * @see https://www.sqlite.org/howtocorrupt.html#_posix_advisory_locks_canceled_by_a_separate_thread_doing_close_
 */
function makePrivate(path: string): void {
  if (path === ":memory:" || path.startsWith("file:")) return
  const { closeSync, openSync } = process.getBuiltinModule("node:fs")
  try {
    closeSync(openSync(path, "ax", 0o600))
  } catch {
    // It is there, or SQLite is about to say what it cannot open.
  }
}

/** Has changes written to a log first, so that readers and the writer do not wait for each other. */
function useLog(database: SqliteDatabase): void {
  for (let attempts = 1; ; attempts++) {
    try {
      database.exec("PRAGMA journal_mode = WAL")
      return
    } catch (error) {
      // SQLite does not wait by itself where several processes do this to a new file at the same time.
      if (resultOf(error) !== "BUSY" || attempts === 100) throw error
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 10)
    }
  }
}

/** The primary result codes that are told apart, as `node:sqlite` gives them. */
const results: { readonly [code: number]: string } = {
  5: "BUSY",
  6: "LOCKED",
  8: "READONLY",
  11: "CORRUPT",
  13: "FULL",
  14: "CANTOPEN",
  18: "TOOBIG",
  26: "NOTADB",
}

const remedies: { readonly [result: string]: string } = {
  BUSY: "Let others keep their transactions short, or raise `timeout`.",
  LOCKED: "Let others keep their transactions short, or raise `timeout`.",
  READONLY: "Let the user of this process write to the file and its folder.",
  CORRUPT: "Bring the file back from a backup, or name another.",
  CANTOPEN: "Name a file in a folder that is there and can be written to.",
  TOOBIG: "Store less under one key.",
  NOTADB: "Name a file that is a database of SQLite, or none yet.",
}

/**
 * @see https://www.sqlite.org/rescode.html
 */
function resultOf(error: unknown): string | undefined {
  if (!(error instanceof Error)) return undefined
  // Of extended codes the lowest byte is the primary one.
  if ("errcode" in error) return results[Number(error.errcode) & 0xff]
  return "code" in error ? /^SQLITE_([A-Z]+)/.exec(String(error.code))?.[1] : undefined
}

/** Says of an error which database it met, and what is to be done. */
export function toSqliteError(subject: string, error: unknown): unknown {
  if (error instanceof FleetError || !(error instanceof Error)) return error
  const result = resultOf(error)
  if (result === "FULL") return new StorageFull(`all that the disk of ${subject} can take`, error)
  const fix = remedies[result ?? ""] ?? "Give an open database, and a `table` that only this storage uses."
  return new SqliteFailed(subject, error.message, { fix, cause: error })
}
