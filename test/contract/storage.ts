import assert from "node:assert/strict"
import { describe, it } from "vitest"
import { absent } from "../../src/storage/storage.ts"
import { atomicCases } from "./storage-atomic.ts"
import type { StorageCase, StorageSubject } from "./storage-case.ts"
import { plainCases } from "./storage-plain.ts"

/** What a driver promises: to keep texts, or also that of several conditional writes at most one succeeds. */
export type StorageLevel = "plain" | "atomic"

/** Lists the cases of a level, without those about parts that a driver does not have. */
export function storageCases(level: StorageLevel): readonly StorageCase[] {
  const declares: StorageCase = {
    name: `declares that it is ${level}`,
    async run({ driver }) {
      assert.equal(driver.atomic, level === "atomic")
      assert.equal(driver.listable, driver.list !== undefined)
      assert.ok(driver.minTtl >= 0)
      assert.equal(absent, "absent")
    },
  }
  return [declares, ...plainCases, ...(level === "atomic" ? atomicCases : [])]
}

/** Runs one case against a new storage. Returns whether the driver has what the case is about. */
export async function runStorageCase(
  entry: StorageCase,
  make: () => StorageSubject | Promise<StorageSubject>,
): Promise<boolean> {
  const subject = await make()
  try {
    if (entry.needs !== undefined && subject.driver[entry.needs] === undefined) return false
    await entry.run(subject)
    return true
  } finally {
    await subject.end?.()
  }
}

/** The whole test of a driver: `storageContract(() => redisStorage({ client }), { level: "atomic" })`. */
export function storageContract(
  make: () => StorageSubject | Promise<StorageSubject>,
  { level }: { readonly level: StorageLevel },
): void {
  describe(`the storage contract, ${level}`, () => {
    for (const entry of storageCases(level)) {
      it(entry.name, async () => {
        await runStorageCase(entry, make)
      })
    }
  })
}
