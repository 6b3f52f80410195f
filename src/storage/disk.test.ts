import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { describe } from "vitest"
import { storageContract } from "../../test/contract/storage.ts"
import type { StorageSubject } from "../../test/contract/storage-case.ts"
import { storageModel } from "../../test/contract/storage-model.ts"
import { type DiskStorageOptions, diskStorage } from "./disk.ts"

storageContract(createSubject, { level: "atomic" })

function createSubject(options: Partial<DiskStorageOptions> = {}): StorageSubject {
  const folder = mkdtempSync(join(tmpdir(), "fleetmcp-disk-"))
  let now = 0
  const open = () => diskStorage({ folder, durability: "process", now: () => now, ...options })
  const driver = open()
  const peer = open()
  return {
    driver,
    peer,
    advance(ms) {
      now += ms
    },
    async end() {
      await driver.close?.()
      await peer.close?.()
      rmSync(folder, { recursive: true })
    },
  }
}

describe("diskStorage, by property", () => {
  storageModel(createSubject, 50)
})
