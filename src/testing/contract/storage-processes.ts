import assert from "node:assert/strict"
import { readJson, writeJson } from "../../storage/storage.ts"
import { type StorageCase, type StorageSubject, settle } from "./storage-case.ts"
import type { StorageWork } from "./storage-work.ts"

const rounds = 60
const workers = ["one", "two"] as const

/** What every driver does for several processes. */
export const processCases: readonly StorageCase[] = [
  {
    name: "keeps what several processes write at once",
    needs: "otherProcess",
    async run(subject) {
      await inProcesses(subject, "write")
      await settle(subject)
      const missing: string[] = []
      for (const worker of workers)
        for (const key of keysOf("write"))
          if ((await subject.driver.get(`${key}-${worker}`))?.value !== worker)
            missing.push(`${key}-${worker}`)
      assert.deepEqual(missing, [])
    },
  },
]

/** What only atomic drivers do for several processes. */
export const atomicProcessCases: readonly StorageCase[] = [
  {
    name: "lets one of several processes claim a key",
    needs: "otherProcess",
    async run(subject) {
      const won = await inProcesses(subject, "claim")
      assert.deepEqual(won.flat().toSorted(), keysOf("claim").toSorted())
    },
  },
  {
    name: "gives a value to one of several processes",
    needs: "otherProcess",
    async run(subject) {
      for (const key of keysOf("take")) await writeJson(subject.driver, { key, value: "once" })
      await settle(subject)
      const taken = await inProcesses(subject, "take")
      assert.deepEqual(taken.flat().toSorted(), keysOf("take").toSorted())
    },
  },
  {
    name: "loses no update of several processes",
    needs: "otherProcess",
    async run(subject) {
      await inProcesses(subject, "push")
      await settle(subject)
      // A list of texts, as the updates made it.
      const list = (await readJson(subject.driver, "list")) as readonly string[]
      const pushed = workers.flatMap((worker) => keysOf("push").map((key) => `${key}-${worker}`))
      assert.deepEqual(list.toSorted(), pushed.toSorted())
    },
  },
  {
    name: "loses no addition of several processes",
    needs: "otherProcess",
    async run(subject) {
      const sums = (await inProcesses(subject, "add")).flat().map(Number)
      assert.deepEqual(
        sums.toSorted((a, b) => a - b),
        Array.from({ length: rounds * workers.length }, (_, at) => at + 1),
      )
    },
  },
]

function keysOf(task: StorageWork["task"]): readonly string[] {
  return Array.from({ length: rounds }, (_, round) => `${task}-${round}`)
}

/** Has all processes do the same at the same time. Returns what each of them got. */
async function inProcesses(
  { otherProcess }: StorageSubject,
  task: StorageWork["task"],
): Promise<readonly (readonly string[])[]> {
  assert.ok(otherProcess, "the case runs only where there is `otherProcess`")
  return Promise.all(workers.map((worker) => otherProcess({ task, worker, workers, rounds })))
}
