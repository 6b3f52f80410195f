import type { ServerLog } from "../server/server-log.ts"
import { createLru } from "../shared/lru.ts"
import { randomText } from "../shared/random-text.ts"
import { textDigest } from "../shared/text-digest.ts"
import type { Implementation } from "../spec/index.ts"
import type { StorageDriver } from "../storage/storage.ts"
import { isFresh, restore, write } from "./cache-kept.ts"
import type { Place, Subject } from "./cache-place.ts"
import type { Change, Look, ResultStore } from "./cache-store.ts"

/** What results are kept in, and of which server. */
export interface StorageOptions {
  readonly open: () => Promise<StorageDriver>
  readonly info: Implementation
  readonly log: ServerLog
  readonly now: () => number
  /** The longest life of a result, in milliseconds. */
  readonly longestMs: number
}

/** The most changes that wait to be written; beyond, all that there is counts as changed. */
const maxWaiting = 1000

/**
 * How much longer than any result a mark lives: clocks differ, and what ran when it was changed may run on for long. That is
 * kept under the mark before, which would hold again once this one is forgotten.
 */
const marginMs = 3_600_000

const unreadable: Look = { kept: undefined, mark: undefined }

/**
 * Keeps results in a storage, under digests. What is out of date is not deleted, since nobody can list it: a mark is
 * changed that a result must have been made under. So it holds in all processes, also for what runs at the time, and
 * for those that were down.
 */
export function keepInStorage({ open, info, log, now, longestMs }: StorageOptions): ResultStore {
  const server = JSON.stringify([info.name, info.version])
  /** The marks that are to be changed, each with its new value. */
  const waiting = new Map<string, string>()
  /** Digests of marks, which are few. */
  const digests = createLru<string, string>({ max: 1000 })
  let opening: Promise<StorageDriver> | undefined
  let writing: Promise<void> | undefined
  let isFailing = false

  function driver(): Promise<StorageDriver> {
    opening ??= open().catch((error) => {
      opening = undefined
      throw error
    })
    return opening
  }

  /** One line for an outage, and not one for each call. */
  function failed(error: unknown): void {
    if (!isFailing) log({ level: "warning", message: "The storage of the response cache fails", error })
    isFailing = true
  }

  /** Digests of what names a server too: others may have the same storage, and an older version of it other results. */
  function resultKey({ key }: Place): Promise<string> {
    return textDigest(`result${server}${key}`)
  }

  async function markKey(name: string): Promise<string> {
    const known = digests.get(name)
    if (known !== undefined) return known
    const digest = await textDigest(`mark${server}${name}`)
    digests.set(name, digest)
    return digest
  }

  async function writeMarks(): Promise<void> {
    const storage = await driver()
    for (const [name, mark] of [...waiting]) {
      await storage.write(await markKey(name), mark, { ttl: longestMs + marginMs })
      if (waiting.get(name) === mark) waiting.delete(name)
    }
  }

  /** Writes all marks that wait, also those that come meanwhile. */
  async function flush(): Promise<void> {
    while (waiting.size > 0) {
      writing ??= writeMarks().finally(() => {
        writing = undefined
      })
      await writing
    }
  }

  async function look(place: Place): Promise<Look> {
    await flush()
    const [storage, key, marks] = await Promise.all([driver(), resultKey(place), marksOf(place)])
    const [stored, ...found] = await Promise.all([key, ...marks].map(async (each) => storage.get(each)))
    isFailing = false
    const mark = found.map((each) => each?.value ?? "").join()
    const kept = stored && restore(stored.value, mark)
    return { kept: kept && isFresh(kept, now()) ? kept : undefined, mark }
  }

  function marksOf(place: Place): Promise<readonly string[]> {
    return Promise.all(markNames(place).map(markKey))
  }

  return {
    look: (place) =>
      look(place).catch((error) => {
        failed(error)
        return unreadable
      }),
    async put(place, kept, mark) {
      try {
        const storage = await driver()
        await storage.write(await resultKey(place), write(kept, mark), {
          ttl: kept.until - kept.at,
        })
        return true
      } catch (error) {
        failed(error)
        return false
      }
    },
    drop(change) {
      const names = waiting.size < maxWaiting ? changedMarks(change) : subjects.flatMap(wholeMarks)
      if (waiting.size >= maxWaiting) waiting.clear()
      for (const name of names) waiting.set(name, randomText(12))
      return flush().catch((error) => {
        failed(error)
        throw error
      })
    },
    close() {
      // What is kept is for others, and for later.
    },
  }
}

const subjects: readonly Subject[] = ["tool", "resource", "prompt"]

/** The marks that a result is kept under. */
function markNames({ subject, target }: Place): readonly string[] {
  return target === undefined ? [`lists ${subject}`] : [`calls ${subject}`, `call ${subject} ${target}`]
}

function wholeMarks(subject: Subject): readonly string[] {
  return [`lists ${subject}`, `calls ${subject}`]
}

function changedMarks({ subject, only }: Change): readonly string[] {
  if (only === undefined) return wholeMarks(subject)
  return only === "lists" ? [`lists ${subject}`] : [`call ${subject} ${only.target}`]
}
