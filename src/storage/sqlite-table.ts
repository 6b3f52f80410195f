import { SqliteFailed } from "../errors/storage-local.ts"
import type { SqliteDatabase, SqliteStatement } from "./sqlite-database.ts"

/** What is done with a table. */
export interface SqliteStatements {
  readonly get: SqliteStatement
  readonly put: SqliteStatement
  readonly putNew: SqliteStatement
  readonly replace: SqliteStatement
  readonly delete: SqliteStatement
  readonly deleteVersion: SqliteStatement
  readonly listFrom: SqliteStatement
  readonly listAfter: SqliteStatement
  readonly sweep: SqliteStatement
}

/** The form of the table. It stands in the table, under a key that no entry has. */
const form = "1"

/**
 * Makes the table where it is not there.
 *
 * @throws {SqliteFailed} It is of another version of this library.
 */
export function makeTable(
  database: SqliteDatabase,
  { table, subject }: { readonly table: string; readonly subject: string },
): void {
  // Not `WITHOUT ROWID`: values may be large, and would make the tree of the keys deep.
  database.exec(
    `CREATE TABLE IF NOT EXISTS "${table}" (key TEXT NOT NULL PRIMARY KEY, value TEXT NOT NULL, version TEXT NOT NULL, expires_at INTEGER);
     CREATE INDEX IF NOT EXISTS "${table}_expires_at" ON "${table}" (expires_at) WHERE expires_at IS NOT NULL`,
  )
  const select = database.prepare(`SELECT value FROM "${table}" WHERE key = ''`)
  // `as`: the statement says which columns a row has.
  const found = (select.get() ?? undefined) as { readonly value: string } | undefined
  if (found === undefined) {
    database
      .prepare(`INSERT OR IGNORE INTO "${table}" (key, value, version) VALUES ('', ?, 'form')`)
      .run(form)
  } else if (found.value !== form) {
    throw new SqliteFailed(subject, `its table \`${table}\` has the form ${found.value}, and not ${form}`, {
      fix: "Use the version of `fleetmcp` that made it, or name another `table`.",
    })
  }
}

/** Prepares the statements of a table. Each change is one of them, which SQLite does whole or not at all. */
export function prepareStatements(database: SqliteDatabase, table: string): SqliteStatements {
  const live = "(expires_at IS NULL OR expires_at > ?)"
  const put = `INSERT INTO "${table}" (value, version, expires_at, key) VALUES (?, ?, ?, ?) ON CONFLICT (key)
    DO UPDATE SET value = excluded.value, version = excluded.version, expires_at = excluded.expires_at`
  const list = (comparison: string) =>
    database.prepare(
      `SELECT key FROM "${table}" WHERE key ${comparison} ? AND version <> 'form' AND ${live} ORDER BY key LIMIT ?`,
    )
  return {
    get: database.prepare(`SELECT value, version, expires_at FROM "${table}" WHERE key = ?`),
    put: database.prepare(put),
    putNew: database.prepare(`${put} WHERE "${table}".expires_at <= ?`),
    replace: database.prepare(
      `UPDATE "${table}" SET value = ?, version = ?, expires_at = ? WHERE key = ? AND version = ? AND ${live}`,
    ),
    delete: database.prepare(`DELETE FROM "${table}" WHERE key = ?`),
    deleteVersion: database.prepare(`DELETE FROM "${table}" WHERE key = ? AND version = ? AND ${live}`),
    listFrom: list(">="),
    listAfter: list(">"),
    sweep: database.prepare(
      `DELETE FROM "${table}" WHERE rowid IN (SELECT rowid FROM "${table}" WHERE expires_at <= ? LIMIT ?)`,
    ),
  }
}
