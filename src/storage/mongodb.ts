import { assertOptions, type KnownOptions } from "../components/options.ts"
import { type MongoCollection, openCollection } from "./mongodb-collection.ts"
import { MongoEntries } from "./mongodb-entries.ts"
import { assertSource, clientOf, connectionString, serverName } from "./server-options.ts"
import type { Server } from "./server-storage.ts"
import type { StorageDriver } from "./storage.ts"

export type { MongoCollection } from "./mongodb-collection.ts"

/** Which MongoDB, and which collection of it. */
export type MongoStorageOptions = {
  /** Whether the index by which MongoDB deletes what has expired is made at the first write. Default `true`. */
  readonly migrate?: boolean
  /** Milliseconds that MongoDB has for an answer. Default 5,000. */
  readonly timeout?: number
  /** Milliseconds since 1970. Default `Date.now`. */
  readonly now?: () => number
} & (
  | {
      /** A `Collection` of the package `mongodb`. Its client stays its owner's: `close()` leaves it open. */
      readonly collection: MongoCollection
      readonly url?: undefined
      readonly name?: undefined
    }
  | {
      /** Where to open a client: `mongodb://user:password@host:27017/database`, or `mongodb+srv:`. */
      readonly url: string
      /** The collection in the database of the `url`. Default `fleetmcp_storage`. */
      readonly name?: string
      readonly collection?: undefined
    }
)

const knownOptions: KnownOptions = {
  kinds: {
    collection: clientOf("a collection of `mongodb`", ["findOne", "find", "updateOne", "deleteOne"]),
    url: connectionString("mongodb", "mongodb+srv"),
    name: "string",
    migrate: "boolean",
    timeout: "ms",
    now: "function",
  },
  foreign: {
    client: "Use `collection`.",
    db: "Use `collection`.",
    connectionString: "Use `url`.",
    timeoutMs: "Use `timeout`.",
  },
}

/**
 * Makes a storage in a collection of MongoDB, 4.4 or later: atomic, by one change of one document for each write. What has
 * expired is told by the clocks of the processes, which therefore have to agree.
 *
 * @param options `collection` or `url`; `name`, `migrate`, `timeout` and `now`.
 * @throws {UnknownOption} FLEET-09
 * @throws {InvalidOption} A value is none for its option, or there is not one of `collection` and `url`.
 * @throws {StorageUnavailable} by its methods: MongoDB did not answer
 * @throws {StorageRefused} by its methods: MongoDB answered with an error
 * @throws {MissingStorageClient} by its methods: there is only a `url`, and `mongodb` is not installed
 * @see https://www.mongodb.com/docs/manual/core/write-operations-atomicity/
 * @example
 * const storage = mongoStorage({ url: "mongodb://localhost:27017/app" })
 * await storage.write("greeting", "hello", { ttl: 60_000 })
 */
export function mongoStorage(options: MongoStorageOptions): StorageDriver {
  assertOptions("`mongoStorage()`", options, knownOptions)
  assertSource("`mongoStorage()`", options, ["collection", "url"])
  const { collection, url, name = "fleetmcp_storage", timeout = 5000 } = options
  const { migrate = true, now = Date.now } = options
  const server = serverName("MongoDB", url)
  const source =
    collection === undefined ? openCollection(server, { url, name, timeout }) : { use: () => collection }
  const mongo: Server<MongoCollection> = { name: server, timeout, source, isRefusal }
  const entries = new MongoEntries(mongo, { migrate, now })
  return {
    atomic: true,
    listable: true,
    minTtl: 1,
    get: (key) => entries.get(key),
    write: (key, value, writeOptions = {}) =>
      value === undefined ? entries.remove(key, writeOptions) : entries.put(key, value, writeOptions),
    list: (prefix, listOptions) => entries.list(prefix, listOptions),
    close: () => source.close?.(),
  }
}

/** What the package says of errors that pass by themselves, such as those of a node that ends or gives up being the first. */
const passing = ["RetryableWriteError", "TransientTransactionError", "ResetPool", "InterruptInUseConnections"]

function isRefusal(error: unknown): boolean {
  if (!(error instanceof Error) || error.name !== "MongoServerError") return false
  const labels: unknown = Reflect.get(error, "errorLabels")
  return !(Array.isArray(labels) && labels.some((label) => passing.includes(label)))
}
