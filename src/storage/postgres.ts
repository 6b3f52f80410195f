import { assertOptions, type KnownOptions } from "../components/options.ts"
import { openPool, type PostgresPool } from "./postgres-pool.ts"
import { isTableName } from "./postgres-schema.ts"
import { Sweep } from "./postgres-sweep.ts"
import { PostgresTable } from "./postgres-table.ts"
import { assertSource, clientOf, connectionString, serverName } from "./server-options.ts"
import type { Server } from "./server-storage.ts"
import type { StorageDriver } from "./storage.ts"

export type { PostgresPool } from "./postgres-pool.ts"

/** Which PostgreSQL, and which table of it. */
export type PostgresStorageOptions = {
  /** The table, with its schema or without: `a-z 0-9 _`. Default `fleetmcp_storage`. */
  readonly table?: string
  /** Whether the table is made at the first use where it is not there. Default `true`. */
  readonly migrate?: boolean
  /** Milliseconds between deletions of what has expired, which writes start. Default 60,000. */
  readonly sweepMs?: number
  /** Milliseconds that PostgreSQL has for an answer. Default 5,000. */
  readonly timeout?: number
} & (
  | {
      /** A `Pool` of the package `pg`. It stays its owner's: `close()` leaves it open. */
      readonly pool: PostgresPool
      readonly connectionString?: undefined
    }
  | {
      /** Where to open connections: `postgres://user:password@host:5432/database`. */
      readonly connectionString: string
      readonly pool?: undefined
    }
)

const knownOptions: KnownOptions = {
  kinds: {
    pool: clientOf("a pool of `pg`", ["query"]),
    connectionString: connectionString("postgres", "postgresql"),
    table: {
      holds: isTableName,
      expected: "a name of at most 52 of `a-z`, `0-9` and `_`, with or without a schema and `.` before it",
    },
    migrate: "boolean",
    sweepMs: "graceMs",
    timeout: "ms",
  },
  foreign: {
    client: "Use `pool`.",
    url: "Use `connectionString`.",
    tableName: "Use `table`.",
    timeoutMs: "Use `timeout`.",
  },
}

/**
 * Makes a storage in a table of PostgreSQL, 11 or later: atomic, by one statement for each write.
 *
 * @param options `pool` or `connectionString`; `table`, `migrate`, `sweepMs` and `timeout`.
 * @throws {UnknownOption} FLEET-09
 * @throws {InvalidOption} A value is none for its option, or there is not one of `pool` and `connectionString`.
 * @throws {StorageUnavailable} by its methods: PostgreSQL did not answer
 * @throws {StorageRefused} by its methods: PostgreSQL answered with an error
 * @throws {MissingStorageClient} by its methods: there is only a `connectionString`, and `pg` is not installed
 * @see https://www.postgresql.org/docs/current/sql-insert.html#SQL-ON-CONFLICT
 * @example
 * const storage = postgresStorage({ connectionString: "postgres://localhost/app" })
 * await storage.write("greeting", "hello", { ttl: 60_000 })
 */
export function postgresStorage(options: PostgresStorageOptions): StorageDriver {
  assertOptions("`postgresStorage()`", options, knownOptions)
  assertSource("`postgresStorage()`", options, ["pool", "connectionString"])
  const { pool, connectionString, table = "fleetmcp_storage", migrate = true } = options
  const { sweepMs = 60_000, timeout = 5000 } = options
  const name = serverName("PostgreSQL", connectionString)
  const source = pool === undefined ? openPool(name, connectionString, timeout) : { use: () => pool }
  const postgres: Server<PostgresPool> = { name, timeout, source, isRefusal }
  const rows = new PostgresTable(postgres, { name: table, migrate })
  const sweep = new Sweep(() => rows.sweep(), sweepMs)
  return {
    atomic: true,
    listable: true,
    minTtl: 1,
    get: (key) => rows.get(key),
    write(key, value, writeOptions = {}) {
      sweep.start()
      return value === undefined ? rows.remove(key, writeOptions) : rows.put(key, value, writeOptions)
    },
    list: (prefix, listOptions) => rows.list(prefix, listOptions),
    increment(key, by, writeOptions) {
      sweep.start()
      return rows.increment(key, by, writeOptions?.ttl)
    },
    async close() {
      await sweep.end()
      await source.close?.()
    },
  }
}

/** Classes of SQLSTATE that pass by themselves: connections, transactions in each other's way, resources, shutdown. */
const passing = /^(08|25|40|53|55|57|58)/

function isRefusal(error: unknown): boolean {
  if (!(error instanceof Error) || !("severity" in error) || !("code" in error)) return false
  return !passing.test(String(error.code))
}
