import { mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import Database from "libsql"
import { afterAll, describe, expect, it, onTestFinished, vi } from "vitest"
import { drivers } from "../../test/contract/drivers.ts"
import { driverContract } from "../../test/contract/storage.ts"
import type { StorageSubject } from "../../test/contract/storage-case.ts"
import { storageModel } from "../../test/contract/storage-model.ts"
import { InvalidOption, UnknownOption } from "../errors/server.ts"
import { StorageFull } from "../errors/storage.ts"
import { SqliteFailed } from "../errors/storage-local.ts"
import { sqliteStorage } from "./sqlite.ts"
import { absent, type StorageDriver } from "./storage.ts"

const folder = mkdtempSync(join(tmpdir(), "fleetmcp-sqlite-"))
let files = 0
afterAll(() => rmSync(folder, { recursive: true }))

const newPath = () => join(folder, `${files++}.db`)

/** A database of a package with the interface of better-sqlite3, which has binaries for every Node. */
function openDatabase(path: string = newPath()): Database.Database {
  const database = new Database(path)
  database.exec("PRAGMA journal_mode = WAL; PRAGMA synchronous = OFF")
  return database
}

function databaseSubject(): StorageSubject {
  let now = 0
  const path = newPath()
  const [database, other] = [openDatabase(path), openDatabase(path)]
  return {
    driver: sqliteStorage({ database, now: () => now }),
    peer: sqliteStorage({ database: other, now: () => now }),
    advance(ms) {
      now += ms
    },
    end() {
      database.close()
      other.close()
    },
  }
}

function fileSubject(): StorageSubject {
  let now = 0
  const options = { path: newPath(), durability: "process", now: () => now } as const
  const [driver, peer] = [sqliteStorage(options), sqliteStorage(options)]
  return {
    driver,
    peer,
    advance(ms) {
      now += ms
    },
    async end() {
      await driver.close?.()
      await peer.close?.()
    },
  }
}

/** An open database for one test. */
function forTest(path?: string): Database.Database {
  const database = openDatabase(path)
  onTestFinished(() => void database.close())
  return database
}

function failureOf(work: () => unknown): SqliteFailed {
  try {
    work()
  } catch (error) {
    expect(error).toBeInstanceOf(SqliteFailed)
    return error as SqliteFailed // the line above
  }
  return expect.fail("nothing failed")
}

describe("sqliteStorage of an open database", () => {
  driverContract(drivers.sqliteStorage, databaseSubject)
  storageModel(databaseSubject, 50)
})

// Whether this Node has it decides what the driver must do: both are tested, on one Node or another.
if (process.getBuiltinModule("node:sqlite") === undefined) {
  describe("sqliteStorage of a file, without node:sqlite", () => {
    it("says which Node it is, and what to do", () => {
      expect(() => sqliteStorage({ path: newPath() })).toThrow(
        `needs the module \`node:sqlite\`, which Node ${process.versions.node} does not have. Use Node 22.13 or newer`,
      )
    })
  })
} else {
  describe("sqliteStorage of a file", () => {
    driverContract(drivers.sqliteStorage, fileSubject)
    storageModel(fileSubject, 50)
    describeFiles()
  })
}

function describeFiles(): void {
  const open = (path: string, options: { readonly timeout?: number } = {}): StorageDriver => {
    const driver = sqliteStorage({ path, durability: "process", ...options })
    onTestFinished(async () => driver.close?.())
    return driver
  }

  it("does nothing before it is used", () => {
    const path = newPath()
    open(path)
    expect(() => statSync(path)).toThrow("ENOENT")
  })

  it("makes its files for its own user alone", () => {
    const path = newPath()
    open(path).write("key", "value")
    for (const file of [path, `${path}-wal`]) expect(statSync(file).mode & 0o777).toBe(0o600)
  })

  it("takes no locks away from another storage of the same file in this process", () => {
    const path = newPath()
    open(path).write("key", "value")
    const closing = vi.spyOn(process.getBuiltinModule("node:fs"), "closeSync")
    onTestFinished(() => closing.mockRestore())
    // To close a file gives up all locks that the process has on it: another one might then delete the log.
    expect(open(path).get("key")).toMatchObject({ value: "value" })
    expect(closing).not.toHaveBeenCalled()
  })

  it("keeps what was written when it is closed", async () => {
    const path = newPath()
    const driver = open(path)
    driver.write("key", "value")
    await driver.close?.()
    expect(open(path).get("key")).toMatchObject({ value: "value" })
  })

  it("refuses to go on when it is closed", async () => {
    const driver = open(newPath())
    driver.write("key", "value")
    await driver.close?.()
    expect(failureOf(() => driver.get("key")).message).toContain("it is closed")
    await driver.close?.()
  })

  it("says which file it cannot open", () => {
    const inFolder = failureOf(() => open(join(folder, "none/data.db")).get("key"))
    expect(inFolder.message).toContain("none/data.db")
    expect(inFolder.fix).toContain("Name a file in a folder that is there")
    const path = newPath()
    mkdirSync(path)
    expect(failureOf(() => open(path).get("key")).code).toBe("SQLITE_FAILED")
  })

  it("says that a file is no database", () => {
    const path = newPath()
    writeFileSync(path, "no database at all, but long enough to be one".repeat(100))
    expect(failureOf(() => open(path).get("key")).fix).toContain("that is a database of SQLite")
  })

  it("waits for others no longer than it may", () => {
    const path = newPath()
    const driver = open(path, { timeout: 1 })
    driver.write("key", "value")
    const other = open(path)
    other.get("key")
    const { DatabaseSync } = process.getBuiltinModule("node:sqlite") as never as {
      readonly DatabaseSync: new (path: string) => { exec(sql: string): void; close(): void }
    } // the types of Node 20 lack it
    const blocking = new DatabaseSync(path)
    onTestFinished(() => blocking.close())
    blocking.exec("BEGIN IMMEDIATE")
    expect(failureOf(() => driver.write("key", "other")).fix).toContain("raise `timeout`")
    expect(driver.get("key")).toMatchObject({ value: "value" })
  })
}

describe("sqliteStorage", () => {
  it("refuses a Node without SQLite when it is made, and not a database that is open", () => {
    const spy = vi.spyOn(process, "getBuiltinModule").mockReturnValue(undefined)
    onTestFinished(() => spy.mockRestore())
    expect(() => sqliteStorage({ path: newPath() })).toThrow("`better-sqlite3`")
    expect(sqliteStorage({ database: forTest() }).get("key")).toBeUndefined()
  })

  it("refuses options that it does not have", () => {
    const database = forTest()
    expect(() => sqliteStorage({} as never)).toThrow(InvalidOption)
    expect(() => sqliteStorage({ path: "x", file: "x" } as never)).toThrow(UnknownOption)
    expect(() => sqliteStorage({ path: "x", database } as never)).toThrow(
      "Give a `path` or an open `database`.",
    )
    expect(() => sqliteStorage({ database, timeout: 1 } as never)).toThrow("where the database is opened")
    expect(() => sqliteStorage({ database: {} as never })).toThrow("an open database")
  })

  it.each(["", "sqlite_x", "1x", 'x"; DROP TABLE y; --', "x".repeat(64)])(
    "refuses %j for a table",
    (table) => {
      expect(() => sqliteStorage({ database: forTest(), table })).toThrow(InvalidOption)
    },
  )

  it("keeps its tables apart, and whatever else is in the database", () => {
    const database = forTest()
    database.exec("CREATE TABLE mine (x); INSERT INTO mine VALUES (1)")
    const [a, b] = ["a", "b"].map((table) => sqliteStorage({ database, table }))
    a?.write("key", "of a")
    b?.write("key", "of b")
    expect(a?.get("key")).toMatchObject({ value: "of a" })
    expect(database.prepare("SELECT x FROM mine").get()).toMatchObject({ x: 1 })
  })

  it("leaves a database that it was given to its owner", () => {
    const driver = sqliteStorage({ database: forTest() })
    expect(driver.close).toBeUndefined()
  })

  it("refuses a table of another form", () => {
    const database = forTest()
    sqliteStorage({ database }).write("key", "value")
    database.exec("UPDATE fleetmcp_storage SET value = '2' WHERE key = ''")
    const { message } = failureOf(() => sqliteStorage({ database }).get("key"))
    expect(message).toContain("its table `fleetmcp_storage` has the form 2, and not 1")
  })

  it("refuses a table that is somebody else's", () => {
    const database = forTest()
    database.exec("CREATE TABLE users (key TEXT PRIMARY KEY, name TEXT)")
    expect(failureOf(() => sqliteStorage({ database, table: "users" }).get("key")).fix).toContain("`table`")
    expect(database.prepare("SELECT count(*) AS n FROM users").get()).toMatchObject({ n: 0 })
  })

  it("says when a database was closed", () => {
    const database = openDatabase()
    database.close()
    const driver = sqliteStorage({ database })
    expect(failureOf(() => driver.get("key")).fix).toContain("an open database")
  })

  it("says that others hold the database, and changes nothing", () => {
    const path = newPath()
    const database = forTest(path)
    database.exec("PRAGMA busy_timeout = 0")
    const driver = sqliteStorage({ database })
    const version = driver.write("key", "value")
    forTest(path).exec("BEGIN IMMEDIATE")
    expect(failureOf(() => driver.write("key", "other")).message).toContain("locked")
    expect(driver.get("key")).toMatchObject({ value: "value", version })
  })

  it("says that the disk is full, and keeps what was there", () => {
    const database = forTest()
    const driver = sqliteStorage({ database })
    driver.write("key", "value")
    const { page_count: pages } = database.prepare("PRAGMA page_count").get() as {
      readonly page_count: number
    }
    database.exec(`PRAGMA max_page_count = ${pages}`)
    expect(() => driver.write("large", "x".repeat(100_000))).toThrow(StorageFull)
    expect(driver.get("key")).toMatchObject({ value: "value" })
    expect(driver.get("large")).toBeUndefined()
  })

  it("removes what has expired as others write, and nothing else", () => {
    let now = 0
    const database = forTest()
    const driver = sqliteStorage({ database, now: () => now })
    for (let at = 0; at < 300; at++) driver.write(`gone-${at}`, "value", { ttl: 10 })
    driver.write("later", "value", { ttl: 1000 })
    now = 100
    for (let at = 0; at < 300; at++) driver.write("key", "value")
    const rows = database.prepare("SELECT key FROM fleetmcp_storage WHERE key > ''").all()
    expect(rows).toEqual([expect.objectContaining({ key: "key" }), expect.objectContaining({ key: "later" })])
  })

  it("reads times from a database whose owner has big integers", () => {
    const database = forTest()
    database.defaultSafeIntegers(true)
    const driver = sqliteStorage({ database, now: () => 1_700_000_000_000 })
    driver.write("key", "value", { ttl: 1 })
    expect(driver.get("key")).toMatchObject({ expiresAt: 1_700_000_000_001 })
    expect(driver.write("key", "other", { if: absent })).toBeUndefined()
  })

  it("takes `null` for no row, as the SQLite of Bun has it", () => {
    const database = forTest()
    const driver = sqliteStorage({
      database: {
        exec: (sql) => database.exec(sql),
        prepare(sql) {
          const statement = database.prepare(sql)
          return {
            get: (...values) => statement.get(...values) ?? null,
            all: (...values) => statement.all(...values),
            run: (...values) => statement.run(...values),
          }
        },
      },
    })
    expect(driver.get("key")).toBeUndefined()
    driver.write("key", "value")
    expect(driver.get("key")).toMatchObject({ value: "value" })
  })
})
