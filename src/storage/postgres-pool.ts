import { loadClient, opened, type Source } from "./server-storage.ts"

/** The part of a `Pool` or `Client` of `pg` that a storage uses. */
export interface PostgresPool {
  /** Runs a statement, or several where there are no values. */
  readonly query: (
    text: string,
    values?: unknown[],
  ) => Promise<{ readonly rows: readonly { readonly [column: string]: unknown }[] }>
}

/** Opens a pool by a connection string when it is first needed. */
export function openPool(name: string, connectionString: string, timeout: number): Source<PostgresPool> {
  // A pool has other connections than the one that owes an answer.
  const { use, close } = opened({
    name,
    async open() {
      const needed = { subpath: "fleetmcp/storage/postgres", name: "pg" }
      const { Pool } = await loadClient(needed, () => import("pg"))
      const pool = new Pool({
        connectionString,
        connectionTimeoutMillis: timeout,
        // A connection that owes an answer is no good for the next statement: `pg` closes it then.
        query_timeout: timeout,
        // Connections without work keep no process.
        allowExitOnIdle: true,
      })
      // One that is lost while it has no work is replaced when it is needed; without a listener the process would end.
      return pool.on("error", () => undefined)
    },
    close: (pool) => pool.end(),
  })
  return { use, close }
}
