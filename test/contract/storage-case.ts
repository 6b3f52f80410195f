import type { StorageDriver } from "../../src/storage/storage.ts"

/** A storage under test, made anew and empty for each case. */
export interface StorageSubject {
  readonly driver: StorageDriver
  /** Lets time pass for the storage: moves its clock, or waits where it has its own. */
  readonly advance: (ms: number) => void | Promise<void>
  /** The same data seen by another process or connection. Default: `driver`. */
  readonly peer?: StorageDriver
  /** Cleans up after the case. */
  readonly end?: () => void | Promise<void>
}

/** One behaviour that drivers share. */
export interface StorageCase {
  readonly name: string
  /** The optional part of a driver that it is about. */
  readonly needs?: "list" | "increment"
  readonly run: (subject: StorageSubject) => Promise<void>
}
