import type { PostgresPool } from "./postgres-pool.ts"

/** With `_expires_at` behind it, the longest name has the 63 bytes that PostgreSQL allows. */
const names = /^(?:[a-z_][a-z0-9_]{0,62}\.)?[a-z_][a-z0-9_]{0,51}$/

/** Tells whether a text is the name of a table that means the same quoted and unquoted, with its schema or without. */
export function isTableName(name: unknown): boolean {
  return typeof name === "string" && names.test(name)
}

/** Quotes a name that {@link isTableName} has checked. */
export function quoteTable(name: string): string {
  return `"${name.replace(".", '"."')}"`
}

/** Makes the table unless it is there. Who makes it himself does as `docs/storage.md` says, which is the same. */
export async function createTable(pool: PostgresPool, name: string): Promise<void> {
  const table = quoteTable(name)
  // Asked first: who may only use the table may not say CREATE, not even IF NOT EXISTS.
  const { rows } = await pool.query("SELECT to_regclass($1)::text AS found", [table])
  if (rows[0]?.found != null) return
  const index = `"${name.replace(/^.*\./, "")}_expires_at"`
  // One text is one transaction. Without the lock, two that find no table would both make it, and one would fail.
  await pool.query(`SELECT pg_advisory_xact_lock(hashtext('fleetmcp ${name}'));
CREATE TABLE IF NOT EXISTS ${table} (
  key text COLLATE "C" PRIMARY KEY,
  value text NOT NULL,
  version text NOT NULL,
  expires_at timestamptz
);
CREATE INDEX IF NOT EXISTS ${index} ON ${table} (expires_at) WHERE expires_at IS NOT NULL;`)
}
