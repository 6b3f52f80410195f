import assert from "node:assert/strict"
import { sleep } from "../../shared/sleep.ts"
import { type Atomic, createAtomic } from "../../storage/atomic.ts"
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
 * const storage = memoryStorage() // opened as other processes open it
 * process.on("message", async (work: StorageWork) => process.send?.(await runStorageWork(storage, work)))
 */
export async function runStorageWork(driver: StorageDriver, work: StorageWork): Promise<readonly string[]> {
  const task = tasksOf(driver, work.worker)[work.task]
  const got: string[] = []
  for (let start = 0; start < work.rounds; start += together) {
    await meet(driver, work, start)
    const rounds = Array.from({ length: Math.min(together, work.rounds - start) }, (_, at) => start + at)
    const gains = await Promise.all(rounds.map((round) => task(`${work.task}-${round}`)))
    got.push(...gains.filter((gain) => gain !== undefined))
  }
  return got
}

/** How many rounds are done at once, so that those of several processes get between each other. */
const together = 10

type Tasks = { readonly [name in StorageWork["task"]]: (key: string) => Promise<string | undefined> }

function tasksOf(driver: StorageDriver, worker: string): Tasks {
  let made: Atomic | undefined
  // When it is needed: a storage that is not atomic has none.
  function atomic(): Atomic {
    made ??= createAtomic(driver)
    return made
  }

  return {
    async write(key) {
      await driver.write(`${key}-${worker}`, worker)
      return undefined
    },
    async claim(key) {
      const version = await driver.write(key, worker, { if: absent })
      return version === undefined ? undefined : key
    },
    async take(key) {
      return (await atomic().take(key)) === undefined ? undefined : key
    },
    async push(key) {
      // What earlier updates left: a list of texts.
      const push = (list: unknown) => [...((list ?? []) as readonly string[]), `${key}-${worker}`]
      await atomic().update("list", push)
      return undefined
    },
    add: async () => String(await atomic().increment("count")),
  }
}

/** How long the others are waited for, in milliseconds: as long as a slow machine takes to start a process. */
const patience = 30_000

/** Lets the processes begin together: they start at different times, and one may be done before another is there. */
async function meet(driver: StorageDriver, { worker, workers }: StorageWork, start: number): Promise<void> {
  const end = performance.now() + patience
  await driver.write(`here-${start}-${worker}`, "yes")
  for (const other of workers) {
    while ((await driver.get(`here-${start}-${other}`)) === undefined) {
      assert.ok(performance.now() < end, `\`${other}\` did not come`)
      await sleep(1)
    }
  }
}
