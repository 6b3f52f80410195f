import { type BridgeOptions, bridge } from "./bridge.ts"
import type { StorageDriver } from "./storage.ts"

/** A storage of `keyv`, as far as it is used. */
export interface KeyvStore {
  /** Reads a value, with what is kept beside it. */
  getRaw(key: string): Promise<{ readonly value?: unknown } | undefined>
  /** Writes a text, for some milliseconds; 0 for ever. */
  set(key: string, value: string, ttl: number): Promise<boolean>
  /** Deletes a value. */
  delete(key: string): Promise<boolean>
  /** Hears of errors. */
  on(event: "error", listener: (error: unknown) => void): unknown
  /** Hears of them no longer. */
  off(event: "error", listener: (error: unknown) => void): unknown
  /** Goes through all keys, where its backend can. */
  readonly iterator?:
    | ((namespace?: string) => AsyncIterable<readonly [key: string, value: unknown]>)
    | undefined
}

/**
 * Makes a storage of one of `keyv`, whatever its backend: not atomic, so that what must never be done twice refuses it
 * (FLEET-16). It can list where its backend can; a list reads all keys, and each value of the page twice.
 *
 * @param keyv What `new Keyv()` made; it stays yours. Its `namespace` keeps it apart from your own keys.
 * @param options `now`.
 * @throws {UnknownOption} FLEET-09: an option does not exist.
 * @throws {InvalidOption} An option has a value that cannot be meant.
 * @throws {StorageUnavailable} by its methods: `keyv` or its backend failed
 * @throws {CorruptValue} by `get` and `list`: something else wrote there
 * @see https://keyv.org/
 * @example
 * import { Keyv } from "keyv"
 *
 * const storage = keyvStorage(new Keyv({ namespace: "mcp" }))
 */
export function keyvStorage(keyv: KeyvStore, options: BridgeOptions = {}): StorageDriver {
  // Many errors of a backend are events alone, and look like a key that holds nothing.
  let failures = 0
  let last: unknown
  const hear = (error: unknown) => {
    failures++
    last = error
  }
  keyv.on("error", hear)
  async function heard<T>(work: () => Promise<T>): Promise<T> {
    const before = failures
    const result = await work()
    if (failures > before) throw last
    return result
  }

  const { iterator } = keyv
  const backend = {
    title: "`keyv`",
    factory: "keyvStorage",
    // `get` keeps what the backend throws to itself.
    read: async (name: string) => (await heard(() => keyv.getRaw(name)))?.value,
    async write(name: string, text: string, ttl: number | undefined) {
      // 0, as none would be the default of this `keyv`.
      if (!(await heard(() => keyv.set(name, text, ttl ?? 0)))) throw new TypeError("`set` returned `false`")
    },
    remove: (name: string) => heard(() => keyv.delete(name)),
    names: iterator === undefined ? undefined : () => namesOf(iterator.call(keyv)),
  }
  return { ...bridge(backend, options), close: () => void keyv.off("error", hear) }
}

async function* namesOf(
  entries: AsyncIterable<readonly [key: string, value: unknown]>,
): AsyncIterable<string> {
  for await (const [name] of entries) yield name
}

export type { BridgeOptions }
