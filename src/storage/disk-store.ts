import { setTimeout as pause } from "node:timers/promises"
import { StorageContention } from "../errors/storage.ts"
import { DamagedEntry } from "../errors/storage-local.ts"
import { createGate } from "../shared/gate.ts"
import { deadlineOf } from "./deadline.ts"
import {
  decodeEntry,
  decodeKey,
  digestOf,
  encodeEntry,
  expiryOf,
  headBytes,
  isLive,
  isName,
  newName,
} from "./disk-entry.ts"
import { DiskFiles, type FileSystem } from "./disk-files.ts"
import { assertAtomic, toStorageError } from "./disk-folder.ts"
import { type Content, contentPath, DiskHomes } from "./disk-home.ts"
import { DiskSweep } from "./disk-sweep.ts"
import { DiskTree } from "./disk-tree.ts"
import {
  absent,
  type KeyPage,
  type ListOptions,
  type Stored,
  type Version,
  type WriteOptions,
} from "./storage.ts"

/** What a storage in a folder is made of. */
export interface DiskStoreParts {
  /** An absolute path. */
  readonly folder: string
  /** Whether what was written outlasts a loss of power. */
  readonly isSynced: boolean
  readonly now: () => number
  readonly system: FileSystem
}

/** How many operations use the file system at once: each may have a file and two folders open. */
const mostAtOnce = 32

/** How often a write is tried that others overtake each time. */
const maxAttempts = 100

/** How many keys a page has unless the caller says. */
const pageSize = 1000

/** How many homes are looked at for one page, and how many of them at once. */
const mostVisited = 4096
const visitedAtOnce = 8

/** The storage in a folder. */
export class DiskStore {
  readonly #parts: DiskStoreParts
  readonly #tree: DiskTree
  readonly #homes: DiskHomes
  readonly #sweep: DiskSweep
  readonly #gate: ReturnType<typeof createGate> = createGate(mostAtOnce)
  #opening: Promise<void> | undefined

  constructor(parts: DiskStoreParts) {
    const { folder, isSynced, now, system } = parts
    this.#parts = parts
    const files = new DiskFiles(system, isSynced)
    this.#tree = new DiskTree(files, folder, now)
    this.#homes = new DiskHomes(files, () => this.#tree.newDraft())
    this.#sweep = new DiskSweep(this.#tree, this.#homes, now)
  }

  get(key: string): Promise<Stored | undefined> {
    return this.#run(async () => {
      const home = this.#homeOf(key)
      const content = await this.#homes.read(home)
      if (content === undefined || !this.#isLive(content.version)) return undefined
      const { version, bytes } = content
      const value = decodeEntry(bytes, key)
      if (value === undefined) throw new DamagedEntry(contentPath(home, version), "its checksum does not fit")
      return { value, version, expiresAt: expiryOf(version) }
    })
  }

  async write(
    key: string,
    value: string | undefined,
    { if: condition, ttl }: WriteOptions = {},
  ): Promise<Version | undefined> {
    const expiresAt = deadlineOf(this.#parts.now(), ttl)
    const next =
      value === undefined ? undefined : { version: newName(expiresAt), bytes: encodeEntry(key, value) }
    const isDone = await this.#run(() =>
      condition === undefined || condition === absent
        ? this.#insist(key, next, condition === absent)
        : this.#replace(key, condition, next),
    )
    if (isDone) this.#sweep.afterWrite()
    return isDone ? (next?.version ?? absent) : undefined
  }

  list(prefix: string, { cursor = "", limit = pageSize }: ListOptions = {}): Promise<KeyPage> {
    return this.#run(async () => {
      const keys: string[] = []
      let visited = 0
      for await (const digests of this.#tree.digestsAfter(cursor)) {
        for (let at = 0; at < digests.length; ) {
          const some = digests.slice(at, at + Math.min(visitedAtOnce, Math.max(limit - keys.length, 1)))
          const found = await Promise.all(some.map((digest) => this.#keyOf(digest)))
          keys.push(...found.flatMap((each) => (each?.startsWith(prefix) ? [each] : [])))
          at += some.length
          visited += some.length
          if (keys.length >= limit || visited >= mostVisited) return { keys, cursor: some.at(-1) }
        }
      }
      return { keys, cursor: undefined }
    })
  }

  /** Resolves when nothing goes on any more. */
  async close(): Promise<void> {
    await this.#sweep.close()
    await this.#homes.settle()
  }

  /** Writes whatever the key holds, or only where that is nothing. */
  async #insist(key: string, next: Content | undefined, isNew: boolean): Promise<boolean> {
    const home = this.#homeOf(key)
    for (let attempts = 0; attempts < maxAttempts; attempts++) {
      const isSeen = attempts === 0 && !isNew
      const current = await (isSeen ? this.#homes.last(home) : this.#homes.find(home))
      if (isNew && current !== undefined && this.#isLive(current)) return false
      if (await this.#homes.change(home, current, next)) return true
      // Whoever was overtaken waits for a random time, so that the same do not meet again.
      await pause(Math.random() * Math.min(attempts, 20))
    }
    throw new StorageContention(key, maxAttempts)
  }

  /** Writes where the key holds a version that has not expired. */
  async #replace(key: string, version: Version, next: Content | undefined): Promise<boolean> {
    // Versions come from callers; this one becomes part of a path.
    return isName(version) && this.#isLive(version) && this.#homes.change(this.#homeOf(key), version, next)
  }

  /** Reads the key of a home; `undefined` where it holds nothing. */
  async #keyOf(digest: string): Promise<string | undefined> {
    const home = this.#tree.homeOf(digest)
    let path = home
    // The first bytes hold every key but those that are longer than the contract has them.
    for (const most of [headBytes, undefined]) {
      const content = await this.#homes.read(home, most)
      if (content === undefined || !this.#isLive(content.version)) return undefined
      const key = decodeKey(content.bytes, digest)
      if (key !== undefined) return key
      path = contentPath(home, content.version)
    }
    throw new DamagedEntry(path, "it is of another key")
  }

  #homeOf(key: string): string {
    return this.#tree.homeOf(digestOf(key))
  }

  #isLive(version: Version): boolean {
    return isLive(version, this.#parts.now())
  }

  async #run<T>(work: () => Promise<T>): Promise<T> {
    try {
      this.#opening ??= this.#open()
      await this.#opening
      return await this.#gate(work)
    } catch (error) {
      throw toStorageError(this.#parts.folder, error)
    }
  }

  async #open(): Promise<void> {
    const { folder, system } = this.#parts
    try {
      await this.#tree.make()
      // What is tried need not outlast anything.
      await assertAtomic(folder, new DiskFiles(system, false), this.#tree)
    } catch (error) {
      // Somebody may mend the folder.
      this.#opening = undefined
      throw error
    }
  }
}
