/**
 * `node:sqlite` against `sqliteStorage()`, which opens it: bare, two prepared statements over the same table, in a
 * database that is set alike, to outlast a loss of power.
 */
import { randomUUID } from "node:crypto"
import { join } from "node:path"
import { DatabaseSync } from "node:sqlite"
import { DIST } from "../lib/dist.mjs"
import { newFolder } from "./folder.mjs"

const { sqliteStorage } = await import(`${DIST}storage/sqlite.js`)

export const open = () => ({
  raw: statements(new DatabaseSync(join(newFolder(), "raw.db"))),
  driver: sqliteStorage({ path: join(newFolder(), "ours.db") }),
})

function statements(database) {
  database.exec(`PRAGMA busy_timeout = 5000; PRAGMA synchronous = FULL; PRAGMA journal_mode = WAL;
    CREATE TABLE entries (key TEXT NOT NULL PRIMARY KEY, value TEXT NOT NULL, version TEXT NOT NULL, expires_at INTEGER);
    CREATE INDEX expiry ON entries (expires_at) WHERE expires_at IS NOT NULL`)
  const select = database.prepare("SELECT value, version, expires_at AS expiresAt FROM entries WHERE key = ?")
  const upsert = database.prepare(`INSERT INTO entries VALUES (?, ?, ?, ?) ON CONFLICT (key)
    DO UPDATE SET value = excluded.value, version = excluded.version, expires_at = excluded.expires_at`)
  return {
    get(key) {
      const row = select.get(key)
      return row === undefined || row.expiresAt > Date.now() ? row : undefined
    },
    set(key, value, ttl) {
      const version = randomUUID()
      upsert.run(key, value, version, Date.now() + ttl)
      return version
    },
  }
}
