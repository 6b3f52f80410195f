import * as system from "node:fs/promises"
import { resolve } from "node:path"
import { assertOptions } from "../components/options.ts"
import { DiskStore } from "./disk-store.ts"
import type { StorageDriver } from "./storage.ts"

/** Where a storage on disk lies, and how safe it is. */
export interface DiskStorageOptions {
  /** The folder. It is made, for the user of this process alone, where it is not there. */
  readonly folder: string
  /**
   * What outlasts what once a write was acknowledged: `process` outlasts the end of the process, however it comes;
   * `power` outlasts a loss of power, too, and waits for the disk with every write. Default `power`.
   */
  readonly durability?: "power" | "process"
  /** Milliseconds since 1970. Default `Date.now`. */
  readonly now?: () => number
}

/**
 * Makes a storage in a folder: atomic, for all processes of this machine that use it, and whole whenever one of them is
 * killed. Nothing is installed for it. Nothing is read or written before the first use.
 *
 * @param options `folder`, `durability` and `now`.
 * @throws {InvalidOption} The methods throw the errors below.
 * @throws {StorageFolderUnusable} The folder cannot be written, or its file system cannot rename folders in one step.
 * @throws {StorageFull} The disk is full.
 * @throws {DamagedEntry} A file is not as it was written.
 * @throws {StorageContention} Others changed the key each time.
 * @see https://pubs.opengroup.org/onlinepubs/9799919799/functions/rename.html
 * @example
 * const storage = diskStorage({ folder: "./data" })
 * await storage.write("greeting", "hello", { ttl: 60_000 })
 */
export function diskStorage(options: DiskStorageOptions): StorageDriver {
  assertOptions("`diskStorage()`", options, {
    kinds: { folder: "string", durability: ["power", "process"], now: "function" },
    required: ["folder"],
  })
  const { folder, durability = "power", now = Date.now } = options
  const store = new DiskStore({ folder: resolve(folder), isSynced: durability === "power", now, system })
  return {
    atomic: true,
    listable: true,
    minTtl: 0,
    get: (key) => store.get(key),
    write: (key, value, writeOptions) => store.write(key, value, writeOptions),
    list: (prefix, listOptions) => store.list(prefix, listOptions),
    close: () => store.close(),
  }
}
