import type { Redis } from "ioredis"
import { loadClient, opened, type Source } from "./server-storage.ts"

/** The part of a client of `ioredis` that a storage uses: a `Redis` or a `Cluster`. */
export interface RedisClient {
  /** Makes a key hold a text. */
  readonly set: {
    (key: string, text: string): Promise<unknown>
    (key: string, text: string, life: "PX", ms: number): Promise<unknown>
  }
  /** Deletes a key. */
  readonly del: (key: string) => Promise<unknown>
  /** Runs a script by its text. */
  readonly eval: (script: string, keys: number, ...args: string[]) => Promise<unknown>
  /** Runs a script by the SHA-1 of its text. */
  readonly evalsha: (digest: string, keys: number, ...args: string[]) => Promise<unknown>
  /** Lists some keys. */
  readonly scan: (
    cursor: string,
    match: "MATCH",
    pattern: string,
    count: "COUNT",
    size: number,
  ) => Promise<[cursor: string, keys: string[]]>
  /** Gives the nodes of a cluster. Default: there is no cluster. */
  readonly nodes?: (role: "master") => readonly RedisClient[]
  /** What the client was made with. */
  readonly options?: {
    readonly keyPrefix?: string | undefined
    readonly host?: string | undefined
    readonly port?: number | undefined
  }
}

/** Opens a connection by a URL when there is none: at the first request, and at the next one after it was lost. */
export function openRedis(name: string, url: string, timeout: number): Source<RedisClient> {
  return opened({
    name,
    open: () => connect(url, timeout),
    isUsable: ({ status }) => status === "ready",
    close: (client) => client.disconnect(),
  })
}

async function connect(url: string, timeout: number): Promise<Redis> {
  const needed = { subpath: "fleetmcp/storage/redis", name: "ioredis" }
  const { Redis } = await loadClient(needed, () => import("ioredis"))
  // Without retries, what cannot be done now is told at once, and nothing is done later, or twice.
  const client = new Redis(url, { lazyConnect: true, retryStrategy: null, connectTimeout: timeout })
  let problem: unknown
  client.on("error", (error) => {
    problem = error
  })
  // A server that took the connection may never say a word: then others wait for it no longer than for an answer.
  const timer = setTimeout(() => client.disconnect(), timeout)
  try {
    await client.connect()
  } catch (error) {
    client.disconnect()
    // What `connect` says is that there is no connection, and not why.
    throw problem ?? error
  } finally {
    clearTimeout(timer)
  }
  return client
}
