import type { StorageDriver, StorageParts } from "../storage/storage.ts"
import type { GivenStorage } from "./storage-parts.ts"

/** The storage of a server, in parts. That in memory is loaded by the first who has something to remember. */
export class LazyStorage implements StorageParts {
  readonly #given: GivenStorage
  #loading: Promise<(name: string) => StorageDriver> | undefined

  constructor(given: GivenStorage) {
    this.#given = given
  }

  async part(name: string): Promise<StorageDriver> {
    this.#loading ??= import("./storage-parts.ts").then(({ partsOf }) => partsOf(this.#given))
    return (await this.#loading)(name)
  }
}
