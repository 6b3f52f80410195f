import { assertOptions, type KnownOptions, type OptionKind } from "../components/options.ts"
import { SqliteFailed } from "../errors/storage-local.ts"
import { findSqlite, type OwnDatabase, type SqliteDatabase } from "./sqlite-database.ts"
import { SqliteStore } from "./sqlite-store.ts"
import type { StorageDriver } from "./storage.ts"

export type { SqliteDatabase, SqliteStatement, SqliteValue } from "./sqlite-database.ts"

/** How a storage lies in any database. */
interface SqliteTableOptions {
  /** The table, which is made where it is not there: letters, digits and `_`. Default `fleetmcp_storage`. */
  readonly table?: string
  /** Milliseconds since 1970. Default `Date.now`. */
  readonly now?: () => number
}

/** A storage that opens a file itself, by `node:sqlite`. */
export interface SqliteFileOptions extends SqliteTableOptions {
  /** The file, which is made where it is not there; or `:memory:`. */
  readonly path: string
  /**
   * What outlasts what once a write was acknowledged: `process` outlasts the end of the process, however it comes;
   * `power` outlasts a loss of power, too, and waits for the disk with every write. Default `power`.
   */
  readonly durability?: "power" | "process"
  /** Milliseconds that a write waits for another process, during which this one does nothing else. Default 5,000. */
  readonly timeout?: number
  /** Not with a `path`. */
  readonly database?: undefined
}

/** A storage in a database that somebody else opens and closes. */
export interface SqliteDatabaseOptions extends SqliteTableOptions {
  /** The open database. */
  readonly database: SqliteDatabase
  /** Not with a `database`. */
  readonly path?: undefined
}

/** Where a storage in SQLite lies. */
export type SqliteStorageOptions = SqliteFileOptions | SqliteDatabaseOptions

/**
 * Makes a storage in a table of SQLite: atomic, for all processes of this machine that use the file. A file is opened by
 * `node:sqlite`, at the first use; a database that is open, of `better-sqlite3` for one, stays its owner's.
 *
 * @param options `path` or `database`, and how it is used.
 * @throws {InvalidOption} The methods throw the errors below.
 * @throws {MissingSqlite} FLEET-14: this Node has no `node:sqlite`.
 * @throws {SqliteFailed} The database cannot be opened, read or written.
 * @throws {StorageFull} The disk is full.
 * @see https://www.sqlite.org/wal.html
 * @example
 * const storage = sqliteStorage({ path: "data.db" })
 * await storage.write("greeting", "hello", { ttl: 60_000 })
 */
export function sqliteStorage(options: SqliteStorageOptions): StorageDriver {
  assertOptions("`sqliteStorage()`", options, options.database === undefined ? ofFile : ofDatabase)
  return options.database === undefined ? openFile(options) : useDatabase(options)
}

const ofTable: { readonly [Option in keyof SqliteTableOptions]-?: OptionKind } = {
  table: {
    holds: (value) => typeof value === "string" && /^(?!sqlite_)[a-z_]\w{0,62}$/i.test(value),
    expected: "1 to 63 letters, digits and `_`, which do not begin with a digit or `sqlite_`",
  },
  now: "function",
}

const ofFile: KnownOptions = {
  kinds: { path: "string", durability: ["power", "process"], timeout: "size", ...ofTable },
  required: ["path"],
  foreign: { database: "Give a `path` or an open `database`." },
}

const ofDatabase: KnownOptions = {
  kinds: {
    database: {
      holds: (value) => typeof value === "object" && value !== null && "prepare" in value && "exec" in value,
      expected: "an open database, such as a `Database` of `better-sqlite3`",
    },
    ...ofTable,
  },
  foreign: {
    path: "Give a `path` or an open `database`.",
    durability: "Set it where the database is opened, by `PRAGMA synchronous`.",
    timeout: "Set it where the database is opened.",
  },
}

function openFile({
  path,
  durability = "power",
  timeout = 5000,
  ...options
}: SqliteFileOptions): StorageDriver {
  const open = findSqlite()
  const subject = `The database \`${path}\``
  let database: OwnDatabase | undefined
  let isClosed = false
  const store = createStore(subject, options, () => {
    if (isClosed)
      throw new SqliteFailed(subject, "it is closed", { fix: "Close it when nothing uses it any more." })
    database ??= open({ path, isSynced: durability === "power", timeout })
    return database
  })
  return {
    ...toDriver(store),
    close() {
      isClosed = true
      store.close()
      database?.close()
      database = undefined
    },
  }
}

function useDatabase({ database, ...options }: SqliteDatabaseOptions): StorageDriver {
  return toDriver(createStore("The `database`", options, () => database))
}

function createStore(
  subject: string,
  { table = "fleetmcp_storage", now = Date.now }: SqliteTableOptions,
  open: () => SqliteDatabase,
): SqliteStore {
  return new SqliteStore({ subject, table, now, open })
}

function toDriver(store: SqliteStore): StorageDriver {
  return {
    atomic: true,
    listable: true,
    minTtl: 0,
    get: (key) => store.get(key),
    write: (key, value, options) => store.write(key, value, options),
    list: (prefix, options) => store.list(prefix, options),
    increment: (key, by, options) => store.increment(key, by, options),
  }
}
