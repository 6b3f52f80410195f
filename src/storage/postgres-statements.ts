/** What a storage says to its table. The clock is the server's: those of the processes need not agree. */
export interface Statements {
  readonly get: string
  readonly put: string
  readonly putIfAbsent: string
  readonly putIfVersion: string
  readonly remove: string
  readonly removeIfVersion: string
  readonly increment: string
  readonly list: string
  readonly sweep: string
}

/** The most rows that one sweep deletes. */
export const sweepSize = 1000

/**
 * Words the statements for a table.
 *
 * @param table Its name, quoted.
 */
export function statementsFor(table: string): Statements {
  const isLive = "(expires_at IS NULL OR expires_at > now())"
  const deadline = "now() + $4::float8 * interval '1 millisecond'"
  const insert = `INSERT INTO ${table} AS held (key, value, version, expires_at) VALUES ($1, $2, $3, ${deadline})`
  const replace = `ON CONFLICT (key) DO UPDATE SET
    value = excluded.value, version = excluded.version, expires_at = excluded.expires_at`
  // Compared byte by byte, in whatever order the database has text.
  const key = `key COLLATE "C"`
  return {
    // What has expired comes too: it is told by what is left of its life, and the server has less to plan.
    get: `SELECT value, version, extract(epoch FROM expires_at - now()) AS seconds FROM ${table} WHERE key = $1`,
    put: `${insert} ${replace} RETURNING 1`,
    putIfAbsent: `${insert} ${replace} WHERE held.expires_at <= now() RETURNING 1`,
    putIfVersion: `UPDATE ${table} SET value = $2, version = $3, expires_at = ${deadline}
      WHERE key = $1 AND version = $5 AND ${isLive} RETURNING 1`,
    remove: `DELETE FROM ${table} WHERE key = $1`,
    removeIfVersion: `DELETE FROM ${table} WHERE key = $1 AND version = $2 AND ${isLive} RETURNING 1`,
    increment: `${insert} ON CONFLICT (key) DO UPDATE SET
        version = excluded.version,
        value = CASE WHEN held.expires_at <= now() THEN excluded.value
          ELSE (held.value::bigint + excluded.value::bigint)::text END,
        expires_at = CASE WHEN held.expires_at <= now() THEN excluded.expires_at ELSE held.expires_at END
      WHERE CASE WHEN held.expires_at <= now() THEN true
        WHEN held.value ~ '^-?[0-9]{1,16}$'
          THEN abs(held.value::bigint + excluded.value::bigint) <= ${Number.MAX_SAFE_INTEGER}
        ELSE false END
      RETURNING value`,
    list: `SELECT key FROM ${table} WHERE ${key} >= $1 AND ${key} < $2 AND ${key} > $3 AND ${isLive}
      ORDER BY ${key} LIMIT $4`,
    // What was written anew meanwhile is looked at again once it is locked, and stays.
    sweep: `DELETE FROM ${table} WHERE key IN (
        SELECT key FROM ${table} WHERE expires_at <= now()
        ORDER BY expires_at LIMIT ${sweepSize} FOR UPDATE SKIP LOCKED
      ) RETURNING 1`,
  }
}
