import { assertOptions, type KnownOptions } from "../components/options.ts"
import { StorageThrottled } from "../errors/cloud-storage.ts"
import { CorruptValue } from "../errors/storage.ts"
import { StorageUnavailable } from "../errors/storage-backends.ts"
import { assertFits } from "./byte-limit.ts"
import type { ObjectAnswer, ObjectQuestion } from "./cloudflare-object.ts"
import { toLife } from "./deadline.ts"
import { listShards, shardOf } from "./shard.ts"
import type { KeyPage, StorageDriver, Stored, Version } from "./storage.ts"

/** A binding of Durable Objects, as far as it is used. */
export interface DurableObjects {
  /** Gets the object of a name. */
  getByName(name: string): {
    /** Asks the object. */
    fetch(
      url: string,
      init: { readonly method: string; readonly body: string },
    ): Promise<{ readonly ok: boolean; json(): Promise<unknown>; text(): Promise<string> }>
  }
}

/** The clock of a storage in Durable Objects. */
export interface DurableObjectStorageOptions {
  /** Milliseconds since 1970, for tests. Default: the clocks of the objects. */
  readonly now?: (() => number) | undefined
}

const known: KnownOptions = { kinds: { now: "function" } }

/**
 * Makes a storage in Durable Objects: atomic, consistent everywhere. Its keys are spread over 16 objects of the class
 * `FleetStorageObject`, which your Worker exports and binds.
 *
 * @param objects The binding, such as `env.FLEET_STORAGE`, or a jurisdiction of it.
 * @param options `now`.
 * @throws {UnknownOption} FLEET-09: an option does not exist.
 * @throws {InvalidOption} An option has a value that cannot be meant.
 * @throws {ValueTooLarge} by `write`: the value takes more than 2 MB
 * @throws {StorageThrottled} by its methods, as the next: an object has more to do than it can
 * @throws {StorageUnavailable} An object failed or was not reached, or is of another class.
 * @see https://developers.cloudflare.com/durable-objects/
 * @example
 * const storage = durableObjectStorage(env.FLEET_STORAGE)
 */
export function durableObjectStorage(
  objects: DurableObjects,
  options: DurableObjectStorageOptions = {},
): StorageDriver {
  assertOptions("`durableObjectStorage()`", options, known)
  const askOne = (shard: number, question: ObjectQuestion) =>
    ask(objects, shard, { ...question, now: options.now?.() })
  return {
    atomic: true,
    listable: true,
    minTtl: 0,
    async get(key) {
      // `as`, here and below: what the method of `ObjectEntries` returns, as JSON keeps it.
      const stored = (await askOne(shardOf(key), { method: "get", key })) as Stored | undefined
      return stored === undefined ? undefined : { ...stored, expiresAt: stored.expiresAt }
    },
    async write(key, value, writeOptions = {}) {
      if (value !== undefined) assertFits(key, value, { of: "A Durable Object", bytes: maxBytes })
      const options = { ...writeOptions, ttl: toLife(writeOptions.ttl) }
      const question = { method: "write", key, value, options } as const
      return (await askOne(shardOf(key), question)) as Version | undefined
    },
    list: (prefix, listOptions) =>
      listShards(async (shard, cursor, limit) => {
        const question = { method: "list", prefix, options: { cursor, limit } } as const
        const { keys, cursor: last } = (await askOne(shard, question)) as KeyPage
        return { keys, last }
      }, listOptions),
    async increment(key, by, { ttl } = {}) {
      const question = { method: "increment", key, by, options: { ttl: toLife(ttl) } } as const
      return (await askOne(shardOf(key), question)) as number
    },
  }
}

/** What SQLite takes for a row in a Durable Object, without the other columns. */
const maxBytes = 2_000_000 - 1024

const subject = "A Durable Object of the storage"

async function ask(objects: DurableObjects, shard: number, question: ObjectQuestion): Promise<unknown> {
  const { result, isCorrupt } = await post(objects, shard, JSON.stringify(question))
  if (isCorrupt) throw new CorruptValue("key" in question ? question.key : "", "a whole number")
  return result
}

async function post(objects: DurableObjects, shard: number, body: string): Promise<ObjectAnswer> {
  try {
    // A stub belongs to the request in which it was made: it cannot be kept.
    const object = objects.getByName(`fleetmcp-${shard}`)
    const answer = await object.fetch("https://fleetmcp.invalid", { method: "POST", body })
    // `as`: `FleetStorageObject` answers so; another class is found out by its status.
    if (answer.ok) return (await answer.json()) as ObjectAnswer
    throw new StorageUnavailable(subject, await answer.text())
  } catch (error) {
    if (error instanceof StorageUnavailable) throw error
    // How Workers mark that an object has more to do than it can.
    const isOverloaded = error instanceof Error && "overloaded" in error && error.overloaded === true
    throw isOverloaded
      ? new StorageThrottled(subject, error)
      : new StorageUnavailable(subject, String(error), error)
  }
}
