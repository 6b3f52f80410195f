import type { StorageDriver } from "../../storage/storage.ts"
import type { StorageWork } from "./storage-work.ts"

/** A storage under test, made anew and empty for each case. */
export interface StorageSubject {
  /** The driver that is tested. */
  readonly driver: StorageDriver
  /** Lets time pass for the storage: moves its clock, which begins at the time of day, or waits where it has its own. */
  readonly advance: (ms: number) => void | Promise<void>
  /** The same data through another connection. Default: `driver`. */
  readonly peer?: StorageDriver
  /**
   * Does work in another process on the same data: starts one that opens the storage, calls `runStorageWork()` and
   * hands back its result. Two are asked at once. Default: cases about several processes are passed over.
   */
  readonly otherProcess?: (work: StorageWork) => Promise<readonly string[]>
  /** For how many milliseconds others may see what was there before. Default 0: they see a write at once. */
  readonly staleMs?: number
  /** The most bytes of a value that the storage takes. Default: 1 MiB and more. */
  readonly maxValueBytes?: number
  /** Cleans up after the case. */
  readonly end?: () => void | Promise<void>
}

/** One behaviour that drivers share. */
export interface StorageCase {
  /** What a driver does, as the end of a sentence. */
  readonly name: string
  /** The optional part of a driver or subject that it is about; without it the case is passed over. */
  readonly needs?: "list" | "increment" | "otherProcess"
  /** Rejects, with an `AssertionError` of Node's, where the driver does otherwise. */
  readonly run: (subject: StorageSubject) => Promise<void>
}

/** A life that any storage can keep apart from none. */
export function lifeOf({ minTtl }: StorageDriver): number {
  return Math.max(minTtl, 1000)
}

/** Waits until all see what was written. */
export async function settle({ advance, staleMs = 0 }: StorageSubject): Promise<void> {
  if (staleMs > 0) await advance(staleMs)
}
