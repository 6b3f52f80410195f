import assert from "node:assert/strict"
import type { StorageCase, StorageSubject } from "./storage-case.ts"
import { conditionCases } from "./storage-conditions.ts"
import { countCases } from "./storage-counts.ts"
import { listCases } from "./storage-lists.ts"
import { lifeCases } from "./storage-lives.ts"
import { atomicProcessCases, processCases } from "./storage-processes.ts"
import { valueCases } from "./storage-values.ts"

/** What a driver promises: to keep texts, or also that of several conditional writes at most one succeeds. */
export type StorageLevel = "plain" | "atomic"

/** Makes a storage under test. */
export type MakeStorage = () => StorageSubject | Promise<StorageSubject>

/**
 * Lists the cases of a level, those about parts that a driver may lack included.
 *
 * @param level What the driver declares: `atomic` for one whose `atomic` is `true`.
 * @example
 * for (const { name } of storageCases("plain")) console.log(name)
 */
export function storageCases(level: StorageLevel): readonly StorageCase[] {
  const plain = [declares(level), ...valueCases, ...lifeCases, ...listCases, ...countCases, ...processCases]
  return level === "plain" ? plain : [...plain, ...conditionCases, ...atomicProcessCases]
}

function declares(level: StorageLevel): StorageCase {
  return {
    name: `declares that it is ${level}`,
    async run({ driver }) {
      assert.equal(driver.atomic, level === "atomic")
      assert.equal(driver.listable, driver.list !== undefined)
      assert.ok(driver.minTtl >= 0)
      assert.ok(driver.maxTtl === undefined || driver.maxTtl > driver.minTtl)
    },
  }
}

/**
 * Runs one case against a new storage, and cleans up after it.
 *
 * @param entry One of `storageCases()`.
 * @param make Makes an empty storage.
 * @returns Whether the case ran: `false` where the driver has not what it is about.
 * @throws {Error} What the driver did wrong: an `AssertionError` of `node:assert`, or what the driver threw.
 * @example
 * for (const each of storageCases("atomic")) {
 *   let now = Date.now()
 *   const advance = (ms: number) => void (now += ms)
 *   await runStorageCase(each, () => ({ driver: memoryStorage({ now: () => now }), advance }))
 * }
 */
export async function runStorageCase(entry: StorageCase, make: MakeStorage): Promise<boolean> {
  const subject = await make()
  try {
    if (!hasWhatItNeeds(entry, subject)) return false
    await entry.run(subject)
    return true
  } finally {
    await subject.end?.()
  }
}

function hasWhatItNeeds({ needs }: StorageCase, { driver, otherProcess }: StorageSubject): boolean {
  if (needs === undefined) return true
  return (needs === "otherProcess" ? otherProcess : driver[needs]) !== undefined
}

/** At which level a driver is tested, and with which test runner. */
export interface StorageContractOptions {
  /** What the driver declares. */
  readonly level: StorageLevel
  /** `describe` of `node:test`, Vitest, Jest or another test runner. */
  readonly describe: (name: string, body: () => void) => unknown
  /** Its `it` or `test`; runners that know none pay no heed to the time-out in milliseconds. */
  readonly it: (name: string, run: () => Promise<void>, timeoutMs: number) => unknown
}

/** Storages that have clocks of their own take seconds to forget. */
const timeoutMs = 60_000

/**
 * Makes the whole test of a driver: one test for each case of its level.
 *
 * @param make Makes an empty storage for each case.
 * @param options `level`, and `describe` and `it` of the test runner.
 * @example
 * import { describe, it } from "node:test"
 *
 * storageContract(
 *   () => {
 *     let now = Date.now()
 *     return { driver: memoryStorage({ now: () => now }), advance: (ms) => void (now += ms) }
 *   },
 *   { level: "atomic", describe, it },
 * )
 */
export function storageContract(make: MakeStorage, { level, describe, it }: StorageContractOptions): void {
  describe(`the storage contract, ${level}`, () => {
    for (const entry of storageCases(level)) {
      it(
        entry.name,
        async () => {
          await runStorageCase(entry, make)
        },
        timeoutMs,
      )
    }
  })
}
