import { describe, expect, it } from "vitest"
import { memoryStorage } from "../../src/storage/memory.ts"
import type { StorageDriver } from "../../src/storage/storage.ts"
import { runStorageCase, storageCases } from "../../src/testing/contract/storage.ts"
import { runStorageWork } from "../../src/testing/contract/storage-work.ts"
import { storageContract } from "./storage.ts"
import type { StorageSubject } from "./storage-case.ts"
import { type Change, mistakes, unchanged } from "./storage-mistakes.ts"

/** A good driver, changed by a mistake; and what others see of it, by another. */
function subject(change: Change = unchanged, changePeer: Change = unchanged): StorageSubject {
  let now = 1_000_000
  const memory = memoryStorage({ now: () => now })
  const driver = { ...memory, ...change(memory) }
  return {
    driver,
    peer: { ...driver, ...changePeer(driver) },
    otherProcess: (work) => runStorageWork(driver, work),
    advance(ms) {
      now += ms
    },
  }
}

/** A storage that cannot do anything but what all can. */
function plain({ list: _list, increment: _increment, ...driver }: StorageDriver): StorageDriver {
  return { ...driver, atomic: false, listable: false }
}

storageContract(
  () => {
    const { driver, advance } = subject()
    return { driver: plain(driver), advance }
  },
  { level: "plain" },
)

describe("the cases about several processes", () => {
  storageContract(subject, { level: "atomic" })
})

describe("the storage contract", () => {
  async function failedCases(change: Change, changePeer?: Change): Promise<readonly string[]> {
    const cases = storageCases("atomic")
    const runs = cases.map((entry) => runStorageCase(entry, () => subject(change, changePeer)))
    const outcomes = await Promise.allSettled(runs)
    return cases.flatMap(({ name }, at) => (outcomes[at]?.status === "rejected" ? [name] : []))
  }

  const rows = mistakes.map(([what, change, changePeer]) => ({ what, change, changePeer }))

  it.each(rows)("catches a driver that $what", async ({ change, changePeer }) => {
    const failed = await failedCases(change, changePeer)
    expect(failed).not.toEqual([])
    // Not because nothing works at all.
    expect(failed.length).toBeLessThan(storageCases("atomic").length / 2)
  })

  it("has no case that catches nothing", { timeout: 60_000 }, async () => {
    const failed = await Promise.all(rows.map(({ change, changePeer }) => failedCases(change, changePeer)))
    const names = storageCases("atomic").map(({ name }) => name)
    expect(names.filter((name) => !failed.flat().includes(name))).toEqual([])
  })

  it("has cases of different names", () => {
    const names = storageCases("atomic").map(({ name }) => name)
    expect(new Set(names).size).toBe(names.length)
  })

  it.each(["list", "increment", "otherProcess"] as const)(
    "passes over cases that need `%s`",
    async (needs) => {
      const about = storageCases("atomic").filter((entry) => entry.needs === needs)
      expect(about).not.toEqual([])
      const { driver, advance } = subject()
      const ran = await Promise.all(
        about.map((entry) => runStorageCase(entry, () => ({ driver: plain(driver), advance }))),
      )
      expect(ran).not.toContain(true)
    },
  )

  it("cleans up after a case that failed", async () => {
    let ended = 0
    const failing = { name: "fails", run: () => Promise.reject(new TypeError("on purpose")) }
    const run = runStorageCase(failing, () => ({ ...subject(), end: () => void ended++ }))
    await expect(run).rejects.toThrow("on purpose")
    expect(ended).toBe(1)
  })

  it("gives others the time they take to see a write", async () => {
    const waited: number[] = []
    const shows = storageCases("plain").find(({ name }) => name === "shows to others what was written")
    const late = () => ({ ...subject(), staleMs: 500, advance: (ms: number) => void waited.push(ms) })
    await runStorageCase(shows ?? failing, late)
    expect(waited).toEqual([500, 500, 500])
  })

  it("asks a storage for no larger value than it takes", async () => {
    const { driver, advance } = subject()
    const small = (text: string | undefined) => (text ?? "").length <= 1000 || expect.fail("too large")
    const bounded: StorageDriver = {
      ...driver,
      write: (key, value, options) => (small(value) ? driver.write(key, value, options) : undefined),
    }
    for (const entry of storageCases("plain").filter(({ name }) => /large text/.test(name)))
      await runStorageCase(entry, () => ({ driver: bounded, advance, maxValueBytes: 1000 }))
  })
})

const failing = { name: "is not there", run: () => Promise.reject(new TypeError("there is no such case")) }
