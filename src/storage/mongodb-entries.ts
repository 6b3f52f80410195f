import { assertFits } from "./byte-limit.ts"
import { toLife } from "./deadline.ts"
import type { MongoCollection, MongoEntry } from "./mongodb-collection.ts"
import { ask, newVersion, once, pageSize, type Server } from "./server-storage.ts"
import {
  absent,
  type KeyPage,
  type ListOptions,
  type Stored,
  type Version,
  type WriteOptions,
} from "./storage.ts"

/** Read where it is written: another node may lag behind. */
const current: object = { readPreference: "primary" }

/** Acknowledged by so many nodes that no failover takes it back: what is used up would else be there again. */
const durable: object = { writeConcern: { w: "majority" } }

const duplicateKey = 11_000

/** What MongoDB takes for a document, without key, version and times. */
const maxBytes = 16 * 1024 * 1024 - 1024

/** Documents that are the entries of a storage. */
export class MongoEntries {
  readonly #server: Server<MongoCollection>
  readonly #now: () => number
  /** Resolves when there is an index by which MongoDB deletes what has expired. */
  readonly #prepare: () => Promise<void>

  /** @param options `migrate`: whether the index is made; `now`: the clock. */
  constructor(
    server: Server<MongoCollection>,
    { migrate, now }: { readonly migrate: boolean; readonly now: () => number },
  ) {
    this.#server = server
    this.#now = now
    this.#prepare = once(async () => {
      if (migrate)
        await ask(server, (collection) => collection.createIndex({ expiresAt: 1 }, { expireAfterSeconds: 0 }))
    })
  }

  async get(key: string): Promise<Stored | undefined> {
    // `as`: documents of this collection.
    const found = (await ask(this.#server, (collection) =>
      collection.findOne({ _id: key }, current),
    )) as MongoEntry | null
    // What has expired comes too, so that MongoDB has less to compare.
    const expiresAt = found?.expiresAt?.getTime()
    if (found === null || (expiresAt !== undefined && expiresAt <= this.#now())) return undefined
    return { value: found.value, version: found.version, expiresAt }
  }

  async put(key: string, value: string, { if: condition, ttl }: WriteOptions): Promise<Version | undefined> {
    assertFits(key, value, { of: "MongoDB", bytes: maxBytes })
    const version = newVersion()
    const life = toLife(ttl)
    const isWritten = await ask(this.#server, async (collection) => {
      await this.#prepare()
      const expiresAt = life === undefined ? null : new Date(this.#now() + life)
      return this.#set(collection, { key, condition }, { value, version, expiresAt })
    })
    return isWritten ? version : undefined
  }

  async remove(key: string, { if: condition }: WriteOptions): Promise<Version | undefined> {
    if (condition === absent) return (await this.get(key)) === undefined ? absent : undefined
    const filter = condition === undefined ? { _id: key } : this.#at(key, condition)
    const { deletedCount } = await ask(this.#server, (collection) => collection.deleteOne(filter, durable))
    return condition === undefined || deletedCount === 1 ? absent : undefined
  }

  async list(prefix: string, { cursor = "", limit = pageSize }: ListOptions = {}): Promise<KeyPage> {
    // MongoDB reads no more of the index than such a pattern can match.
    const matching = { $regex: `^${prefix.replace(/[\\^$.*+?()[\]{}|]/g, "\\$&")}` }
    const filter = { $and: [{ _id: matching }, { _id: { $gt: cursor } }, this.#live()] }
    const options = { ...current, projection: { _id: 1 }, sort: { _id: 1 }, limit }
    const found = await ask(this.#server, (collection) => collection.find(filter, options).toArray())
    // `as`: documents of this collection.
    const keys = found.map((entry) => (entry as Pick<MongoEntry, "_id">)._id)
    return { keys, cursor: keys.length < limit ? undefined : keys.at(-1) }
  }

  async #set(
    collection: MongoCollection,
    { key, condition }: { readonly key: string; readonly condition: Version | undefined },
    entry: Omit<MongoEntry, "_id">,
  ): Promise<boolean> {
    const change = { $set: entry }
    if (condition !== undefined && condition !== absent) {
      const { matchedCount } = await collection.updateOne(this.#at(key, condition), change, durable)
      return matchedCount === 1
    }
    const filter = condition === undefined ? { _id: key } : { _id: key, expiresAt: { $lte: this.#date() } }
    try {
      await collection.updateOne(filter, change, { ...durable, upsert: true })
      return true
    } catch (error) {
      // There is a document that has not expired, so that a second one should have been made.
      if (condition === absent && error instanceof Error && Reflect.get(error, "code") === duplicateKey)
        return false
      throw error
    }
  }

  /** What finds a key while it is at a version. */
  #at(key: string, version: Version): object {
    return { _id: key, version, ...this.#live() }
  }

  /** What finds entries that have not expired: MongoDB deletes those that have only once a minute. */
  #live(): object {
    return { $or: [{ expiresAt: null }, { expiresAt: { $gt: this.#date() } }] }
  }

  #date(): Date {
    return new Date(this.#now())
  }
}
