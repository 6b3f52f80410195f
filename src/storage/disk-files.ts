import type * as nodeFiles from "node:fs/promises"
import { dirname } from "node:path"

/** What is used of `node:fs/promises`. */
export type FileSystem = Pick<
  typeof nodeFiles,
  "mkdir" | "open" | "readdir" | "rename" | "rm" | "rmdir" | "stat" | "unlink"
>

/** How much is read at once, so that nobody need ask first how long a file is. Most are shorter. */
const usualBytes = 4096

/** Tells an error of the system by its code. */
export function hasCode(error: unknown, ...codes: readonly string[]): boolean {
  return error instanceof Error && "code" in error && codes.some((code) => code === error.code)
}

/** Files and folders that only the user of this process may see, written through to the disk where that is wanted. */
export class DiskFiles {
  readonly #system: FileSystem
  readonly #isSynced: boolean

  constructor(system: FileSystem, isSynced: boolean) {
    this.#system = system
    this.#isSynced = isSynced
  }

  /** Makes a folder, and those above it. Returns the first one that was not there. */
  makeFolder(path: string): Promise<string | undefined> {
    return this.#system.mkdir(path, { recursive: true, mode: 0o700 })
  }

  /** Makes a folder that is still there after a loss of power. */
  async makeLastingFolder(path: string): Promise<void> {
    const first = await this.makeFolder(path)
    if (first === undefined) return
    for (let made = path; made.length >= first.length; made = dirname(made)) await this.sync(dirname(made))
  }

  /**
   * Writes a file that is not there yet, through to the disk like its place in its folder. What cannot be written whole
   * takes no room.
   *
   * @returns Whether it did: `false` where its folder is gone.
   */
  async write(path: string, bytes: Buffer): Promise<boolean> {
    const file = await orNothing(this.#system.open(path, "wx", 0o600))
    if (file === undefined) return false
    try {
      await file.writeFile(bytes)
      // At the same time, so that the disk is waited for once.
      if (this.#isSynced) await Promise.all([file.sync(), this.sync(dirname(path))])
      return true
    } catch (error) {
      await this.tidyFile(path)
      throw error
    } finally {
      await file.close()
    }
  }

  /** Reads a file, or its first bytes; `undefined` where there is none. */
  async read(path: string, most?: number): Promise<Buffer | undefined> {
    return orNothing(this.#read(path, most))
  }

  async #read(path: string, most: number | undefined): Promise<Buffer> {
    const file = await this.#system.open(path)
    try {
      const { buffer, bytesRead } = await file.read({ buffer: Buffer.alloc(most ?? usualBytes) })
      const start = buffer.subarray(0, bytesRead)
      if (most !== undefined || bytesRead < usualBytes) return start
      return Buffer.concat([start, await file.readFile()])
    } finally {
      await file.close()
    }
  }

  /** Lists a folder; `undefined` where there is none. */
  names(path: string): Promise<string[] | undefined> {
    return orNothing(this.#system.readdir(path))
  }

  /**
   * Renames a folder. Of all who rename it, one does; and it takes no place where something is.
   *
   * @param evidence What nobody else would have made: where it is, the rename was done. The answer of a network file
   * system can be lost, and its second attempt fails.
   * @returns Whether it was done.
   */
  async rename(from: string, to: string, evidence: string = to): Promise<boolean> {
    try {
      await this.#system.rename(from, to)
      return true
    } catch (error) {
      if (!hasCode(error, "ENOENT", "ENOTEMPTY", "EEXIST")) throw error
      return (await orNothing(this.#system.stat(evidence))) !== undefined
    }
  }

  /** Writes through to the disk what a folder has. One that is gone has nothing: somebody else moved it. */
  async sync(path: string): Promise<void> {
    // Windows opens no folders, and needs no such thing.
    if (!this.#isSynced || process.platform === "win32") return
    const folder = await orNothing(this.#system.open(path))
    try {
      await folder?.sync()
    } finally {
      await folder?.close()
    }
  }

  /** Removes a file, if it can be: what is left over is in nobody's way. */
  async tidyFile(path: string): Promise<void> {
    await this.#system.unlink(path).catch(ignore)
  }

  /** Removes a folder without content, if it is one. */
  async tidyFolder(path: string): Promise<void> {
    await this.#system.rmdir(path).catch(ignore)
  }

  /** Removes a folder with its content, if it can be. */
  async tidyTree(path: string): Promise<void> {
    await this.#system.rm(path, { recursive: true, force: true }).catch(ignore)
  }
}

async function orNothing<T>(reading: Promise<T>): Promise<T | undefined> {
  try {
    return await reading
  } catch (error) {
    if (hasCode(error, "ENOENT")) return undefined
    throw error
  }
}

function ignore(): void {
  // Whatever stays is removed by a later sweep.
}
