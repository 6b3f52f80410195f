import { chmodSync, mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import Database from "libsql"
import { afterAll, describe, expect, it } from "vitest"
import { storageContract } from "../../test/contract/storage.ts"
import type { StorageSubject } from "../../test/contract/storage-case.ts"
import { storageModel } from "../../test/contract/storage-model.ts"
import { isFleetError } from "../errors/any-fleet-error.ts"
import { CorruptValue, StorageFull } from "../errors/storage.ts"
import { MissingSqlite, SqliteFailed } from "../errors/storage-local.ts"
import { sqliteStorage } from "./sqlite.ts"
import { absent, type StorageDriver } from "./storage.ts"

const hasSqlite = process.getBuiltinModule("node:sqlite") !== undefined
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

describe("sqliteStorage of an open database", () => {
  storageContract(databaseSubject, { level: "atomic" })
  storageModel(databaseSubject, 50)
})
