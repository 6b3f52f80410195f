import assert from "node:assert/strict"
import { sleep } from "../../shared/sleep.ts"
import { createAtomic } from "../../storage/atomic.ts"
import { absent, type StorageDriver } from "../../storage/storage.ts"

/** What a process does to a storage while others do the same. It is JSON. */
export interface StorageWork {
  /** What is done in each round. */
  readonly task: "write" | "claim" | "take" | "push" | "add"
  /** The name of this process. */
  readonly worker: string
  /** The names of all processes: none begins before all are there. */
  readonly workers: readonly string[]
  /** How often it is done. */
  readonly rounds: number
}

/**
 * Does the part of one process in a case about several. The program that `otherProcess` of a subject starts opens
 * the storage and calls this.
 *
 * @param driver The storage, as this process opened it.
 * @param work What `otherProcess` was given.
 * @returns What this process got: hand it back to the one that asked.
 * @example
 * import { memoryStorage } from "fleetmcp/storage"
 * import { runStorageWork } from "fleetmcp/testing/contract"
 *
 * process.on("message", async (work: never) => process.send?.(await runStorageWork(memoryStorage(), work)))
 */
export async function runStorageWork(driver: StorageDriver, work: StorageWork): Promise<readonly string[]> {
  await meet(driver, work)
  const got: string[] = []
  for (let round = 0; round < work.rounds; round++) {
    const gain = await tasks[work.task](driver, `${work.task}-${round}`, work.worker)
    if (gain !== undefined) got.push(gain)
  }
  return got
}

type Task = (driver: StorageDriver, key: string, worker: string) => Promise<string | undefined>

const tasks: { readonly [name in StorageWork["task"]]: Task } = {
  async write(driver, key, worker) {
    await driver.write(`${key}-${worker}`, worker)
    return undefined
  },
  async claim(driver, key, worker) {
    const version = await driver.write(key, worker, { if: absent })
    return version === undefined ? undefined : key
  },
  async take(driver, key) {
    return (await createAtomic(driver).take(key)) === undefined ? undefined : key
  },
  async push(driver, key, worker) {
    // What earlier updates left: a list of texts.
    const push = (list: unknown) => [...((list ?? []) as readonly string[]), `${key}-${worker}`]
    await createAtomic(driver).update("list", push)
    return undefined
  },
  async add(driver) {
    return String(await createAtomic(driver).increment("count"))
  },
}

/** How long the others are waited for: as long as a slow machine takes to start a process. */
const patience = { attempts: 3000, ms: 10 }

/** Processes start at different times, and would hardly meet if each began at once. */
async function meet(driver: StorageDriver, { worker, workers }: StorageWork): Promise<void> {
  await driver.write(`here-${worker}`, "yes")
  for (const other of workers) {
    for (let attempts = 0; (await driver.get(`here-${other}`)) === undefined; attempts++) {
      assert.ok(attempts < patience.attempts, `\`${other}\` did not come`)
      await sleep(patience.ms)
    }
  }
}
