import { CorruptValue } from "../errors/storage.ts"
import { toLife } from "./deadline.ts"
import type { PostgresPool } from "./postgres-pool.ts"
import { createTable, quoteTable } from "./postgres-schema.ts"
import { type Statements, statementsFor } from "./postgres-statements.ts"
import { ask, newVersion, once, pageSize, type Server, toExpiry } from "./server-storage.ts"
import {
  absent,
  decodeCount,
  type KeyPage,
  type ListOptions,
  type Stored,
  type Version,
  type WriteOptions,
} from "./storage.ts"

/** Follows a prefix where keys with it end: no key has room for as many of the last character. */
const afterAll: string = /* @__PURE__ */ "\u{10ffff}".repeat(129)

/** A table whose rows are the entries of a storage. */
export class PostgresTable {
  readonly #server: Server<PostgresPool>
  readonly #sql: Statements
  /** Resolves when the table is there. */
  readonly #prepare: () => Promise<void>

  /** @param table Its name, and whether it is made at the first use. */
  constructor(
    server: Server<PostgresPool>,
    { name, migrate }: { readonly name: string; readonly migrate: boolean },
  ) {
    this.#server = server
    this.#sql = statementsFor(quoteTable(name))
    this.#prepare = once(async () => {
      if (migrate) await ask(server, (pool) => createTable(pool, name))
    })
  }

  async get(key: string): Promise<Stored | undefined> {
    const [row] = await this.#query(this.#sql.get, [key])
    if (row === undefined) return undefined
    const { value, version, seconds } = row
    const left = seconds === null ? undefined : Number(seconds) * 1000
    if (left !== undefined && left <= 0) return undefined
    return { value: String(value), version: String(version), expiresAt: toExpiry(left) }
  }

  async put(key: string, value: string, { if: condition, ttl }: WriteOptions): Promise<Version | undefined> {
    const version = newVersion()
    const values = [key, value, version, toLife(ttl)]
    const { put, putIfAbsent, putIfVersion } = this.#sql
    const [written] =
      condition === undefined || condition === absent
        ? await this.#query(condition === undefined ? put : putIfAbsent, values)
        : await this.#query(putIfVersion, [...values, condition])
    return written && version
  }

  async remove(key: string, { if: condition }: WriteOptions): Promise<Version | undefined> {
    const { remove, removeIfVersion } = this.#sql
    if (condition === absent) return (await this.get(key)) === undefined ? absent : undefined
    if (condition !== undefined) {
      return (await this.#query(removeIfVersion, [key, condition])).length === 1 ? absent : undefined
    }
    await this.#query(remove, [key])
    return absent
  }

  async increment(key: string, by: number, ttl: number | undefined): Promise<number> {
    const [row] = await this.#query(this.#sql.increment, [key, String(by), newVersion(), toLife(ttl)])
    if (row === undefined) throw new CorruptValue(key, "a whole number")
    return decodeCount(key, String(row.value))
  }

  async list(prefix: string, { cursor = "", limit = pageSize }: ListOptions = {}): Promise<KeyPage> {
    const rows = await this.#query(this.#sql.list, [prefix, prefix + afterAll, cursor, limit])
    const keys = rows.map(({ key }) => String(key))
    return { keys, cursor: keys.length < limit ? undefined : keys.at(-1) }
  }

  /** Deletes some of what has expired, and returns how many rows. */
  async sweep(): Promise<number> {
    return (await this.#query(this.#sql.sweep, [])).length
  }

  #query(text: string, values: unknown[]): Promise<readonly Row[]> {
    return ask(this.#server, async (pool) => {
      await this.#prepare()
      return (await pool.query(text, values)).rows
    })
  }
}

type Row = { readonly [column: string]: unknown }
