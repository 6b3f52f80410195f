import { digestOf, isLive, newName } from "./disk-entry.ts"
import type { DiskHomes } from "./disk-home.ts"
import type { DiskTree } from "./disk-tree.ts"

/** After so many writes, so many homes are looked at: each of them once while as much is written as there is. */
const sweepSize = 256

/** Removes what has expired and what killed processes left, a little at a time, between writes. There is no timer. */
export class DiskSweep {
  readonly #tree: DiskTree
  readonly #homes: DiskHomes
  readonly #now: () => number
  #writes = 0
  #running: Promise<void> | undefined
  /** Where it goes on. It begins anywhere, so that processes that end soon do not all look at the same homes. */
  #last: string = digestOf(newName(undefined))

  constructor(tree: DiskTree, homes: DiskHomes, now: () => number) {
    this.#tree = tree
    this.#homes = homes
    this.#now = now
  }

  afterWrite(): void {
    if (this.#writes++ % sweepSize > 0 || this.#running !== undefined) return
    this.#running = this.#run()
      // The next one tries again; whoever needs what cannot be read or written is told then.
      .catch(() => undefined)
      .finally(() => {
        this.#running = undefined
      })
  }

  /** Resolves when it does nothing any more. */
  async close(): Promise<void> {
    await this.#running
  }

  async #run(): Promise<void> {
    await this.#tree.removeDrafts()
    let left = sweepSize
    for await (const digests of this.#tree.digestsAfter(this.#last)) {
      for (const digest of digests.slice(0, left)) {
        await this.#tidy(this.#tree.homeOf(digest))
        this.#last = digest
      }
      left -= digests.length
      if (left <= 0) return
    }
    this.#last = ""
  }

  async #tidy(home: string): Promise<void> {
    const version = await this.#homes.find(home)
    if (version === undefined) await this.#homes.tidy(home)
    else if (!isLive(version, this.#now())) await this.#homes.change(home, version, undefined)
  }
}
