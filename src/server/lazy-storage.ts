import type { StorageDriver } from "../storage/storage.ts"

/** The storage of a server, in parts. That in memory is loaded by the first who has something to remember. */
export class LazyStorage {
  readonly #given: StorageDriver | undefined
  #loading: Promise<(name: string) => StorageDriver> | undefined

  /** @param given Where everything is remembered. Default: a storage in the memory of this process. */
  constructor(given: StorageDriver | undefined) {
    this.#given = given
  }

  /** Gives a part: what is kept in it never meets what others keep. */
  async part(name: string): Promise<StorageDriver> {
    this.#loading ??= import("./storage-parts.ts").then(({ partsOf }) => partsOf(this.#given))
    return (await this.#loading)(name)
  }
}
