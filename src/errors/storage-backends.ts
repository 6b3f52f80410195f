import { clip } from "../shared/clip.ts"
import { FleetError } from "./fleet-error.ts"

/** The server of a storage cannot be reached, or did not answer in time. */
export class StorageUnavailable extends FleetError {
  readonly code = "STORAGE_UNAVAILABLE"
  /** `server` names it, such as "Redis at `127.0.0.1:6379`". */
  constructor(server: string, problem: string, cause?: unknown) {
    super(`${server} is not available: ${clip(problem, 300)}.`, {
      fix: "Start it, or mend its address or the network; the storage goes on by itself when it is back. A write that failed so may have been carried out all the same.",
      cause,
    })
  }
}

/** The server of a storage answered with an error that will come again, such as a right that is missing. */
export class StorageRefused extends FleetError {
  readonly code = "STORAGE_REFUSED"
  /** `server` names it, such as "Redis at `127.0.0.1:6379`". */
  constructor(server: string, problem: string, cause?: unknown) {
    super(`${server} refused what it was asked: ${clip(problem, 300)}.`, {
      fix: "Give its user the rights that `docs/storage.md` lists, and the storage a place of its own.",
      cause,
    })
  }
}

/** The package that speaks with the server of a storage is not installed. */
export class MissingStorageClient extends FleetError {
  readonly code = "MISSING_STORAGE_CLIENT"
  constructor(subpath: string, name: string, cause: unknown) {
    super(`\`${subpath}\` needs the package \`${name}\` to open a connection, and it cannot be loaded.`, {
      fix: `Run \`npm install ${name}\`, or give a client that is open already.`,
      cause,
    })
  }
}
