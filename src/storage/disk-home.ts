import { dirname, join } from "node:path"
import { StorageContention } from "../errors/storage.ts"
import { DamagedEntry } from "../errors/storage-local.ts"
import { createLru, type Lru } from "../shared/lru.ts"
import { isName } from "./disk-entry.ts"
import type { DiskFiles } from "./disk-files.ts"
import type { Version } from "./storage.ts"

/** What a home holds. */
export interface Content {
  readonly version: Version
  readonly bytes: Buffer
}

/**
 * How a key is kept. Its home is a folder. While it holds something there is one folder in it, whose name is the
 * version, and in that a file of the same name:
 *
 *     <home>/<version>/<version>
 *
 * Every change is the renaming of a folder, which of all who try it one does, and which is done or not done:
 *
 * - to replace, the next file is put beside the current one, then `<home>/<version>` becomes `<home>/<next>`
 * - to create, a draft of the whole home is made elsewhere and becomes `<home>`, which must not be there, or be empty
 * - to delete, `<home>/<version>` is moved out
 *
 * Names are never used twice, so a writer never takes for what it saw what has become of it since, however long it
 * slept in between. Who is killed leaves files that no folder is named after: they are never read.
 */
export class DiskHomes {
  readonly #files: DiskFiles
  readonly #newDraft: () => string
  readonly #tidying: Set<Promise<void>> = new Set()
  /** The versions seen last, so that reading need not look for them. */
  readonly #seen: Lru<string, Version> = createLru({ max: 1000 })

  /** @param newDraft Says where something can be made, or is removed from sooner or later. */
  constructor(files: DiskFiles, newDraft: () => string) {
    this.#files = files
    this.#newDraft = newDraft
  }

  /** Finds the version of a home, whether it has expired or not; `undefined` for none. */
  async find(home: string): Promise<Version | undefined> {
    let names = await this.#files.names(home)
    // A home is empty only while what it had is moved out. Elsewhere than on Linux a listing may miss an entry that is
    // renamed meanwhile, but hardly twice.
    if (names?.some(isName) === false) names = await this.#files.names(home)
    const version = names?.find(isName)
    this.#note(home, version)
    return version
  }

  /** Says which version was seen last. Others may have changed it since: then it can be neither read nor changed. */
  async last(home: string): Promise<Version | undefined> {
    return this.#seen.get(home) ?? this.find(home)
  }

  /**
   * Reads what a home holds; `undefined` for nothing.
   *
   * @param most How many bytes are enough. Default: all.
   */
  async read(home: string, most?: number): Promise<Content | undefined> {
    let version = await this.last(home)
    for (let attempts = 0; attempts < maxAttempts && version !== undefined; attempts++) {
      const path = contentPath(home, version)
      const bytes = await this.#files.read(path, most)
      if (bytes !== undefined) return { version, bytes }
      const next = await this.find(home)
      if (next === version) throw new DamagedEntry(path, "it is missing")
      version = next
    }
    if (version === undefined) return undefined
    throw new StorageContention(home, maxAttempts)
  }

  /**
   * Makes a home hold something else than it holds.
   *
   * @param from The version it holds; `undefined` for nothing.
   * @param to What it will hold; `undefined` for nothing.
   * @returns Whether it did: `false` where it holds another version.
   */
  async change(home: string, from: Version | undefined, to: Content | undefined): Promise<boolean> {
    const isDone = await this.#apply(home, from, to)
    if (isDone) this.#note(home, to?.version)
    return isDone
  }

  async #apply(home: string, from: Version | undefined, to: Content | undefined): Promise<boolean> {
    if (from === undefined) return to === undefined || this.#create(home, to)
    return to === undefined ? this.#remove(home, from) : this.#replace(home, from, to)
  }

  /** Lets what only tidies up go on once the change is told: whoever changes the key next sees it done or does it too. */
  #afterwards(...tidying: readonly Promise<void>[]): void {
    for (const each of tidying) {
      this.#tidying.add(each)
      each.then(() => this.#tidying.delete(each))
    }
  }

  /** Resolves when nothing is tidied up any more. */
  async settle(): Promise<void> {
    await Promise.all(this.#tidying)
  }

  #note(home: string, version: Version | undefined): void {
    if (version === undefined) this.#seen.delete(home)
    else this.#seen.set(home, version)
  }

  /** Removes a home that was left empty. */
  async tidy(home: string): Promise<void> {
    await this.#files.tidyFolder(home)
  }

  async #create(home: string, content: Content): Promise<boolean> {
    const draft = this.#newDraft()
    let isDone = false
    try {
      await this.#draw(draft, content)
      await this.#files.makeLastingFolder(dirname(home))
      isDone = await this.#files.rename(draft, home, join(home, content.version))
    } finally {
      if (!isDone) await this.#files.tidyTree(draft)
    }
    if (isDone) await this.#files.sync(dirname(home))
    else await this.#removeStrangers(home)
    return isDone
  }

  async #draw(draft: string, { version, bytes }: Content): Promise<void> {
    await this.#files.makeFolder(join(draft, version))
    await Promise.all([this.#files.write(contentPath(draft, version), bytes), this.#files.sync(draft)])
  }

  async #replace(home: string, from: Version, { version, bytes }: Content): Promise<boolean> {
    const current = join(home, from)
    const [names = [], isWritten] = await Promise.all([
      this.#files.names(current),
      this.#files.write(join(current, version), bytes),
    ])
    if (!isWritten) return false
    if (await this.#files.rename(current, join(home, version))) {
      await this.#files.sync(home)
      // What was there before will be of use to nobody; what comes later may be another's next.
      const leftovers = names.filter((name) => name !== version)
      this.#afterwards(...leftovers.map((name) => this.#files.tidyFile(join(home, version, name))))
      return true
    }
    const winner = await this.find(home)
    if (winner !== undefined) await this.#files.tidyFile(join(home, winner, version))
    return false
  }

  async #remove(home: string, version: Version): Promise<boolean> {
    const trash = this.#newDraft()
    if (!(await this.#files.rename(join(home, version), trash))) return false
    await this.#files.sync(home)
    this.#afterwards(this.#files.tidyTree(trash), this.#files.tidyFolder(home))
    return true
  }

  /** Removes files that others left among the folders, as desktops do: they would keep a home from being made. */
  async #removeStrangers(home: string): Promise<void> {
    const names = (await this.#files.names(home)) ?? []
    const strangers = names.filter((name) => !isName(name))
    await Promise.all(strangers.map((name) => this.#files.tidyFile(join(home, name))))
  }
}

/** How often something is read that others replace each time. */
const maxAttempts = 100

/** Says where the content of a version is. */
export function contentPath(home: string, version: Version): string {
  return join(home, version, version)
}
