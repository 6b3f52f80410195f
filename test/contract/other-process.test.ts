import { describe, expect, it } from "vitest"
import { memoryStorage } from "../../src/storage/memory.ts"
import type { StorageDriver } from "../../src/storage/storage.ts"
import { runStorageCase, storageCases } from "../../src/testing/contract/storage.ts"
import type { StorageCase } from "../../src/testing/contract/storage-case.ts"
import { workElsewhere } from "./other-process.ts"

const cases = storageCases("atomic").filter(({ needs }) => needs === "otherProcess")

function run(entry: StorageCase, driver: StorageDriver): Promise<boolean> {
  return runStorageCase(entry, () => ({
    driver,
    otherProcess: (work) => workElsewhere(driver, work),
    advance: () => undefined,
  }))
}

describe("the cases about several processes, with two processes", () => {
  it.each(cases)("$name", { timeout: 60_000 }, async (entry) => {
    expect(await run(entry, memoryStorage())).toBe(true)
  })

  it("notice a storage that checks a condition and writes later", { timeout: 60_000 }, async () => {
    const memory = memoryStorage()
    const broken: StorageDriver = {
      ...memory,
      async write(key, value, { if: condition, ...options } = {}) {
        const stored = await memory.get(key)
        if (condition !== undefined && condition !== (stored?.version ?? "absent")) return undefined
        // As long as a network takes.
        await new Promise((resolve) => setTimeout(resolve, 5))
        return memory.write(key, value, options)
      },
    }
    const claims = cases.find(({ name }) => name === "lets one of several processes claim a key")
    await expect(run(claims as StorageCase, broken)).rejects.toThrow()
  })
})
