import { clip } from "../shared/clip.ts"
import { FleetError, type FleetErrorOptions } from "./fleet-error.ts"

/** The folder of a storage cannot be read or written, or its file system lacks what a storage needs. */
export class StorageFolderUnusable extends FleetError {
  readonly code = "STORAGE_FOLDER_UNUSABLE"
  constructor(folder: string, problem: string, options: FleetErrorOptions) {
    super(`The folder \`${folder}\` cannot be used as a storage: ${clip(problem, 300)}.`, options)
  }
}

/** A file of a storage is not as it was written. */
export class DamagedEntry extends FleetError {
  readonly code = "DAMAGED_ENTRY"
  /** The file. */
  readonly path: string
  constructor(path: string, problem: string) {
    super(`The file \`${path}\` of a storage is damaged: ${problem}.`, {
      fix: "Bring it back from a backup, or delete the folder it lies in: then the key holds nothing.",
    })
    this.path = path
  }
}

/** A database of SQLite cannot be opened, read or written. */
export class SqliteFailed extends FleetError {
  readonly code = "SQLITE_FAILED"
  constructor(subject: string, problem: string, options: FleetErrorOptions) {
    super(`${subject} cannot be used as a storage: ${clip(problem, 300)}.`, options)
  }
}

/** This version of Node has no SQLite of its own. */
export class MissingSqlite extends FleetError {
  readonly code = "FLEET-14"
  constructor(runtime: string) {
    super(`\`sqliteStorage({ path })\` needs the module \`node:sqlite\`, which ${runtime} does not have.`, {
      fix: "Use Node 22.13 or newer; or open the file with `better-sqlite3`, and give it as `database`.",
    })
  }
}
