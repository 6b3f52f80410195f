import { type FSWatcher, watch } from "node:fs"
import { quietTimeout } from "../shared/quiet-timer.ts"
import type { FoundFolder } from "./folder-walk.ts"

/** What is done with what is seen. */
export interface FolderWatchOptions {
  /** Called when nothing has changed for a moment since something did. */
  readonly onChange: () => void
  /** Hears why a folder cannot be watched. */
  readonly onError: (folder: string, error: unknown) => void
}

/** Editors write a file in several steps. */
const QUIET_MS = 50

/**
 * Sees that something changed in folders, not what: whoever is told looks again. So it does not matter which events a
 * platform drops or doubles. Each folder is watched by itself, which all platforms do alike.
 */
export class FolderWatch {
  readonly #options: FolderWatchOptions
  readonly #watchers: Map<string, FSWatcher> = new Map()
  #cancel: () => void = () => undefined

  constructor(options: FolderWatchOptions) {
    this.#options = options
  }

  /** Watches these folders and no others. */
  update(folders: readonly FoundFolder[]): void {
    const wanted = new Map(
      folders.map((folder) => [`${folder.identity} ${folder.absolute}`, folder.absolute]),
    )
    for (const [key, watcher] of this.#watchers) {
      if (wanted.has(key)) continue
      watcher.close()
      this.#watchers.delete(key)
    }
    const added = [...wanted].filter(([key]) => !this.#watchers.has(key))
    for (const [key, absolute] of added) this.#add(key, absolute)
    // What changed after they were read and before they were watched was not seen.
    if (added.length > 0) this.#soon()
  }

  close(): void {
    this.#cancel()
    this.update([])
  }

  #add(key: string, absolute: string): void {
    try {
      const watcher = watch(absolute, { persistent: false }, () => this.#soon())
      this.#watchers.set(key, watcher)
      watcher.on("error", (error) => {
        watcher.close()
        this.#watchers.delete(key)
        this.#options.onError(absolute, error)
        this.#soon()
      })
    } catch (error) {
      this.#options.onError(absolute, error)
    }
  }

  #soon(): void {
    this.#cancel()
    this.#cancel = quietTimeout(this.#options.onChange, QUIET_MS)
  }
}
