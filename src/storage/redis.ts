import { assertOptions, type KnownOptions } from "../components/options.ts"
import { CorruptValue } from "../errors/storage.ts"
import { toLife } from "./deadline.ts"
import { openRedis, type RedisClient } from "./redis-client.ts"
import { add, read, replace, toStored, write } from "./redis-entry.ts"
import { listRedis } from "./redis-list.ts"
import { assertSource, clientOf, connectionString, serverName } from "./server-options.ts"
import { ask, newVersion, type Server } from "./server-storage.ts"
import { absent, type StorageDriver } from "./storage.ts"

export type { RedisClient } from "./redis-client.ts"

/** Which Redis, and which keys of it. */
export type RedisStorageOptions = {
  /** What all keys in Redis start with. Default `fleetmcp:`. */
  readonly prefix?: string
  /** Milliseconds that Redis has for an answer. Default 5,000. */
  readonly timeout?: number
} & (
  | {
      /** A `Redis` or `Cluster` of the package `ioredis`. It stays its owner's: `close()` leaves it open. */
      readonly client: RedisClient
      readonly url?: undefined
    }
  | {
      /** Where to open a connection: `redis://user:password@host:6379/0`, or `rediss:` for TLS. */
      readonly url: string
      readonly client?: undefined
    }
)

const knownOptions: KnownOptions = {
  kinds: {
    client: clientOf("a client of `ioredis`", ["set", "del", "eval", "evalsha", "scan"]),
    url: connectionString("redis", "rediss"),
    prefix: "string",
    timeout: "ms",
  },
  foreign: { keyPrefix: "Use `prefix`.", connectionString: "Use `url`.", timeoutMs: "Use `timeout`." },
}

/**
 * Makes a storage in Redis, 6 or later: atomic, by commands and scripts of one key each, so that a cluster can run them.
 *
 * @param options `client` or `url`; `prefix` and `timeout`.
 * @throws {UnknownOption} FLEET-09
 * @throws {InvalidOption} A value is none for its option, or there is not one of `client` and `url`.
 * @throws {StorageUnavailable} by its methods: Redis did not answer
 * @throws {StorageRefused} by its methods: Redis answered with an error
 * @throws {MissingStorageClient} by its methods: there is only a `url`, and `ioredis` is not installed
 * @see https://redis.io/docs/latest/develop/programmability/eval-intro/
 * @example
 * const storage = redisStorage({ url: "redis://localhost:6379" })
 * await storage.write("greeting", "hello", { ttl: 60_000 })
 */
export function redisStorage(options: RedisStorageOptions): StorageDriver {
  assertOptions("`redisStorage()`", options, knownOptions)
  assertSource("`redisStorage()`", options, ["client", "url"])
  const { client, url, prefix = "fleetmcp:", timeout = 5000 } = options
  const name = serverName("Redis", url)
  const source = client === undefined ? openRedis(name, url, timeout) : { use: () => client }
  const redis: Server<RedisClient> = { name, timeout, source, isRefusal }
  return {
    atomic: true,
    listable: true,
    minTtl: 1,
    get: (key) => ask(redis, async (open) => toStored(key, await read.run(open, prefix + key))),
    async write(key, value, { if: condition, ttl } = {}) {
      const version = value === undefined ? absent : newVersion()
      const entry = value === undefined ? undefined : version + value
      if (condition === undefined) {
        await ask(redis, (open) => write(open, { key: prefix + key, entry, life: toLife(ttl) }))
        return version
      }
      const args = [entry ?? "", toLifeText(ttl), condition]
      const isWritten = await ask(redis, (open) => replace.run(open, prefix + key, args))
      // A client may give numbers as texts.
      return Number(isWritten) === 1 ? version : undefined
    },
    list: (wanted, listOptions) =>
      ask(redis, (open) => listRedis(open, { space: prefix, prefix: wanted }, listOptions)),
    async increment(key, by, { ttl } = {}) {
      const args = [String(by), newVersion(), toLifeText(ttl)]
      const sum = await ask(redis, (open) => add.run(open, prefix + key, args))
      if (sum === null) throw new CorruptValue(key, "a whole number")
      return Number(sum)
    },
    close: () => source.close?.(),
  }
}

/** What passes by itself: when the server has started or has room again, or the cluster has settled. */
const passing = /^(LOADING|BUSY|READONLY|MASTERDOWN|CLUSTERDOWN|TRYAGAIN|NOREPLICAS|OOM|MISCONF)\b/

function isRefusal(error: unknown): boolean {
  return error instanceof Error && error.name === "ReplyError" && !passing.test(error.message)
}

/** Scripts have no `undefined`. */
function toLifeText(ttl: number | undefined): string {
  return String(toLife(ttl) ?? "")
}
