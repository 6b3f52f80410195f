import { readFileSync } from "node:fs"
import { Pool } from "pg"
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from "vitest"
import { postgresService } from "../../scripts/services/postgres.ts"
import type { Service } from "../../scripts/services/service.ts"
import { type PostgresStorageOptions, postgresStorage } from "../../src/storage/postgres.ts"
import type { StorageDriver } from "../../src/storage/storage.ts"
import { drivers } from "../contract/drivers.ts"
import { driverContract } from "../contract/storage.ts"
import { serverSuite } from "./server-suite.ts"

let service: Service
beforeAll(async () => {
  service = await postgresService()
})
afterAll(() => service.stop())

const table = "fleetmcp_storage"

driverContract(drivers.postgresStorage, async () => {
  const connect = () => new Pool({ connectionString: service.url })
  const [pool, other] = [connect(), connect()]
  const driver = postgresStorage({ pool })
  // So that there is a table in any case.
  await driver.get("key")
  return {
    driver,
    peer: postgresStorage({ pool: other }),
    async advance(ms) {
      // Takes time off the lives of all rows, instead of waiting.
      await pool.query(
        `UPDATE ${table} SET expires_at = expires_at - $1::float8 * interval '1 millisecond'`,
        [ms],
      )
    },
    async end() {
      await pool.query(`TRUNCATE ${table}`)
      await Promise.all([pool.end(), other.end()])
    },
  }
})

serverSuite({
  kind: "PostgreSQL",
  service: () => service,
  given(url, timeout) {
    const pool = new Pool({ connectionString: url })
    // Its owner hears of connections that are lost while they have no work.
    pool.on("error", () => undefined)
    return {
      driver: postgresStorage({ pool, timeout }),
      isOpen: async () => (await pool.query("SELECT 1")).rows.length === 1,
      end: () => pool.end(),
    }
  },
  async hang(url) {
    const pool = new Pool({ connectionString: url })
    const client = await pool.connect()
    await client.query("BEGIN")
    await client.query(`LOCK TABLE ${table} IN ACCESS EXCLUSIVE MODE`)
    return async () => {
      await client.query("COMMIT")
      client.release()
      await pool.end()
    }
  },
})

describe("a storage on PostgreSQL", () => {
  function storage(options: Omit<PostgresStorageOptions, "pool" | "connectionString"> = {}): StorageDriver {
    const driver = postgresStorage({ connectionString: service.url, ...options })
    onTestFinished(() => driver.close?.())
    return driver
  }

  async function rows<Row extends object>(text: string, values: unknown[] = []): Promise<readonly Row[]> {
    const pool = new Pool({ connectionString: service.url })
    try {
      return (await pool.query<Row>(text, values)).rows
    } finally {
      await pool.end()
    }
  }

  it("makes its table once, though many need it at once", async () => {
    const drivers = Array.from({ length: 12 }, () => storage({ table: "raced" }))
    await Promise.all(drivers.map((driver, at) => driver.write(`key-${at}`, "value")))
    expect(await rows("SELECT key FROM raced")).toHaveLength(12)
  })

  it("makes its table in a schema", async () => {
    await rows("CREATE SCHEMA app")
    await storage({ table: "app.entries" }).write("key", "value")
    expect(await rows("SELECT key, value FROM app.entries")).toEqual([{ key: "key", value: "value" }])
  })

  it("makes no table where it may not", async () => {
    const driver = storage({ table: "by_hand", migrate: false })
    await expect(driver.get("key")).rejects.toMatchObject({ code: "STORAGE_REFUSED" })
    expect(await rows("SELECT 1 FROM pg_tables WHERE tablename = 'by_hand'")).toEqual([])
  })

  it("takes a table that was made as the page says", async () => {
    const [, sql = ""] = /```sql\n(.*?)```/s.exec(readFileSync("docs/storage.md", "utf8")) ?? []
    await rows(sql.replaceAll("fleetmcp_storage", "by_page"))
    const driver = storage({ table: "by_page", migrate: false })
    await driver.write("key", "value", { ttl: 60_000 })
    expect((await driver.get("key"))?.value).toBe("value")
    const made = "SELECT replace(indexdef, $1, 'it') AS text FROM pg_indexes WHERE tablename = $1 ORDER BY 1"
    expect(await rows(made, ["by_page"])).toEqual(await rows(made, ["fleetmcp_storage"]))
  })

  it("needs no right to make tables where there is one", async () => {
    await storage({ table: "granted" }).write("key", "value")
    await rows("CREATE USER guest PASSWORD 'guest'")
    await rows("GRANT SELECT, INSERT, UPDATE, DELETE ON granted TO guest")
    const url = new URL(service.url)
    url.username = url.password = "guest"
    const driver = postgresStorage({ connectionString: url.href, table: "granted" })
    onTestFinished(() => driver.close?.())
    expect((await driver.get("key"))?.value).toBe("value")
    expect(await driver.write("key", "other")).toBeDefined()
    const other = postgresStorage({ connectionString: url.href, table: "not_granted" })
    onTestFinished(() => other.close?.())
    await expect(other.get("key")).rejects.toMatchObject({ code: "STORAGE_REFUSED" })
  })

  it("deletes what has expired as writes come, a bounded part at a time", async () => {
    const driver = storage({ table: "swept", sweepMs: 0 })
    await driver.write("kept", "value", { ttl: 60_000 })
    await rows(`INSERT INTO swept SELECT 'old-' || n, 'value', 'version', now() - interval '1 hour'
      FROM generate_series(1, 2500) AS n`)
    await driver.write("first", "value")
    await expect.poll(() => rows("SELECT 1 FROM swept")).toHaveLength(1502)
    await driver.write("second", "value")
    await expect.poll(() => rows("SELECT 1 FROM swept")).toHaveLength(503)
  })

  it("lists in the order of bytes, whatever comes after a prefix", async () => {
    const driver = storage({ table: "ordered" })
    const keys = ["a", "a\u{10ffff}", `a${"\u{10ffff}".repeat(127)}`, "aZ", "a_", "b", "A"]
    for (const key of keys) await driver.write(key, "value")
    const found = await driver.list?.("a")
    expect(found?.keys).toEqual(["a", "aZ", "a_", "a\u{10ffff}", `a${"\u{10ffff}".repeat(127)}`])
  })

  it("uses the index of keys for a list", async () => {
    await rows(
      `INSERT INTO ordered SELECT 'many-' || n, 'value', 'version' FROM generate_series(1, 20000) AS n`,
    )
    await rows("ANALYZE ordered")
    const plan = await rows<{ "QUERY PLAN": string }>(
      `EXPLAIN SELECT key FROM ordered WHERE key COLLATE "C" >= 'many-1' AND key COLLATE "C" < 'many-2'
      AND key COLLATE "C" > 'many-15' ORDER BY key COLLATE "C" LIMIT 10`,
    )
    expect(plan.map((row) => row["QUERY PLAN"]).join("\n")).toContain("ordered_pkey")
  })
})
