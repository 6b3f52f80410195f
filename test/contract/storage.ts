import assert from "node:assert/strict"
import { describe, it } from "vitest"
import { absent, type StorageDriver } from "../../src/storage/storage.ts"
import { atomicCases } from "./storage-atomic.ts"
import { plainCases } from "./storage-plain.ts"

/** A storage under test, made anew and empty for each case. */
export interface StorageSubject {
  readonly driver: StorageDriver
  /** Lets time pass for the storage: moves its clock, or waits where it has its own. */
  readonly advance: (ms: number) => void | Promise<void>
  /** The same data seen by another process or connection. Default: `driver`. */
  readonly peer?: StorageDriver
  /** Cleans up after the case. */
  readonly end?: () => void | Promise<void>
}

/** One behaviour that drivers share. */
export interface StorageCase {
  readonly name: string
  /** The optional part of a driver that it is about. */
  readonly needs?: "list" | "increment"
  readonly run: (subject: StorageSubject) => Promise<void>
}

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
