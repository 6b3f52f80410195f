import type { StorageDriver, StorageParts } from "../storage/storage.ts"

/** The storage of a server, in parts. That in memory is loaded by the first who has something to remember. */
export class LazyStorage implements StorageParts {
  readonly #given: StorageDriver | undefined
  #loading: Promise<(name: string) => StorageDriver> | undefined

  /** @param given Where everything is remembered. Default: a storage in the memory of this process. */
  constructor(given: StorageDriver | undefined) {
    this.#given = given
  }

  async part(name: string): Promise<StorageDriver> {
    this.#loading ??= import("./storage-parts.ts").then(({ partsOf }) => partsOf(this.#given))
    return (await this.#loading)(name)
  }
}
