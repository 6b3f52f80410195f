/** `pg` against `postgresStorage()`: bare, one SELECT by key and one upsert over the same table, on a pool alike. */
import { randomUUID } from "node:crypto"
import pg from "pg"
import { DIST } from "../lib/dist.mjs"

const { postgresStorage } = await import(`${DIST}storage/postgres.js`)

export async function open(connectionString) {
  const pool = new pg.Pool({ connectionString })
  await pool.query(`DROP TABLE IF EXISTS raw; CREATE TABLE raw (key text COLLATE "C" PRIMARY KEY, value text NOT NULL,
    version text NOT NULL, expires_at timestamptz);
    CREATE INDEX ON raw (expires_at) WHERE expires_at IS NOT NULL`)
  return { raw: statements(pool), driver: postgresStorage({ pool: new pg.Pool({ connectionString }) }) }
}

const SELECT = "SELECT value, version, expires_at FROM raw WHERE key = $1 AND expires_at > now()"
const UPSERT = `INSERT INTO raw VALUES ($1, $2, $3, now() + $4 * interval '1 millisecond') ON CONFLICT (key)
  DO UPDATE SET value = excluded.value, version = excluded.version, expires_at = excluded.expires_at`

function statements(pool) {
  return {
    async get(key) {
      const { rows } = await pool.query(SELECT, [key])
      if (rows.length === 0) return undefined
      const [{ value, version, expires_at: expiresAt }] = rows
      return { value, version, expiresAt: expiresAt.getTime() }
    },
    async set(key, value, ttl) {
      const version = randomUUID()
      await pool.query(UPSERT, [key, value, version, ttl])
      return version
    },
  }
}
