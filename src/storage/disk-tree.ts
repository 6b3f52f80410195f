import { join } from "node:path"
import { isLive, isName, newName } from "./disk-entry.ts"
import type { DiskFiles } from "./disk-files.ts"

/** Milliseconds after which a draft is taken to be that of a process that was killed. */
const draftLife = 10 * 60_000

/** How many old drafts are removed at once. */
const mostDrafts = 100

/**
 * Where a storage in a folder keeps what. The number stands for the form of all below.
 *
 *     <folder>/v1/entries/<2 characters of the digest>/<the others>   the home of a key
 *     <folder>/v1/drafts/<name>                                       what is being made, or removed
 */
export class DiskTree {
  readonly #files: DiskFiles
  readonly #entries: string
  readonly #drafts: string
  readonly #now: () => number

  constructor(files: DiskFiles, folder: string, now: () => number) {
    this.#files = files
    this.#entries = join(folder, "v1", "entries")
    this.#drafts = join(folder, "v1", "drafts")
    this.#now = now
  }

  async make(): Promise<void> {
    await this.#files.makeLastingFolder(this.#entries)
    await this.#files.makeLastingFolder(this.#drafts)
  }

  /** Says where the home of a key is. */
  homeOf(digest: string): string {
    return join(this.#entries, digest.slice(0, 2), digest.slice(2))
  }

  /** Goes through the digests of all homes in order, those of a folder at a time, beginning after one. */
  async *digestsAfter(digest: string): AsyncGenerator<readonly string[]> {
    const shards = (await this.#files.names(this.#entries)) ?? []
    for (const shard of shards.sort()) {
      if (shard < digest.slice(0, 2)) continue
      const names = (await this.#files.names(join(this.#entries, shard))) ?? []
      yield names
        .map((name) => shard + name)
        .filter((each) => digestForm.test(each) && each > digest)
        .sort()
    }
  }

  /** Names a folder that nobody has, and that is removed after a while. */
  newDraft(): string {
    return join(this.#drafts, newName(this.#now() + draftLife))
  }

  /** Removes drafts that are older than any that a living process makes. */
  async removeDrafts(): Promise<void> {
    const names = (await this.#files.names(this.#drafts)) ?? []
    const old = names.filter((name) => isName(name) && !isLive(name, this.#now()))
    for (const name of old.slice(0, mostDrafts)) {
      const trash = this.newDraft()
      // Moved first: whoever made it and slept since must find it whole, or not at all.
      if (await this.#files.rename(join(this.#drafts, name), trash)) await this.#files.tidyTree(trash)
    }
  }
}

const digestForm = /^[\da-f]{64}$/
