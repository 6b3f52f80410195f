import { readFileSync } from "node:fs"
import { inspect } from "node:util"
import { Cluster, Redis } from "ioredis"
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from "vitest"
import { type RedisCluster, redisCluster, redisService } from "../../scripts/services/redis.ts"
import type { Service } from "../../scripts/services/service.ts"
import { redisStorage } from "../../src/storage/redis.ts"
import type { StorageDriver } from "../../src/storage/storage.ts"
import { drivers } from "../contract/drivers.ts"
import { driverContract, storageContract } from "../contract/storage.ts"
import type { StorageSubject } from "../contract/storage-case.ts"
import { serverSuite } from "./server-suite.ts"

let service: Service
let cluster: RedisCluster
beforeAll(async () => {
  ;[service, cluster] = await Promise.all([redisService(), redisCluster()])
})
afterAll(() => Promise.all([service.stop(), cluster.stop()]))

describe("on one server", () => {
  driverContract(drivers.redisStorage, () => subjectOver(() => new Redis(service.url)))
})

describe("on a cluster", () => {
  storageContract(() => subjectOver(() => new Cluster([...cluster.nodes])), { level: "atomic" })
})

describe("over a client with a prefix", () => {
  const make = () => subjectOver(() => new Redis(service.url, { keyPrefix: "of[the]client*" }))
  storageContract(make, { level: "atomic" })
})

serverSuite({
  kind: "Redis",
  service: () => service,
  given(url, timeout) {
    const client = new Redis(url)
    // Its owner hears of it.
    client.on("error", () => undefined)
    return {
      driver: redisStorage({ client, timeout }),
      isOpen: async () => (await client.ping()) === "PONG",
      end: async () => client.disconnect(),
    }
  },
})

describe("a storage on Redis", () => {
  function storage(options: { readonly prefix?: string } = {}): StorageDriver {
    const driver = redisStorage({ url: service.url, ...options })
    onTestFinished(() => driver.close?.())
    return driver
  }

  async function raw(): Promise<Redis> {
    const client = new Redis(service.url)
    onTestFinished(() => client.disconnect())
    await client.flushdb()
    return client
  }

  it("keeps its keys under a prefix, beside those of others", async () => {
    const client = await raw()
    await client.set("other", "not ours")
    await storage().write("ours", "value")
    await storage({ prefix: "app:" }).write("ours", "value")
    expect((await client.keys("*")).sort()).toEqual(["app:ours", "fleetmcp:ours", "other"])
    expect(await storage().list?.("")).toEqual({ keys: ["ours"], cursor: undefined })
  })

  it("runs its scripts where the server has forgotten them", async () => {
    const client = await raw()
    const driver = storage()
    await driver.write("key", "value")
    await client.script("FLUSH")
    expect((await driver.get("key"))?.value).toBe("value")
  })

  it("gives Redis the life of a value", async () => {
    const client = await raw()
    await storage().write("key", "value", { ttl: 5000 })
    const left = await client.pttl("fleetmcp:key")
    expect(left).toBeGreaterThan(4000)
    expect(left).toBeLessThanOrEqual(5000)
  })

  it("takes a write that arrives twice for one", async () => {
    const client = await raw()
    let isFirst = true
    const twice = {
      ...clientOf(client),
      async evalsha(...args: Parameters<Redis["evalsha"]>) {
        // As a client does that has lost its connection before the answer came.
        if (isFirst) await client.evalsha(...args)
        isFirst = false
        return client.evalsha(...args)
      },
    }
    await storage().write("warm", "value")
    const driver = redisStorage({ client: twice })
    expect(await driver.write("key", "value", { if: "absent" })).toBeDefined()
    expect(await driver.write("key", "value", { if: "absent" })).toBeUndefined()
  })

  it("takes numbers that its client gives as texts", async () => {
    const client = new Redis(service.url, { stringNumbers: true })
    onTestFinished(() => client.disconnect())
    const driver = redisStorage({ client })
    const version = await driver.write("key", "1", { ttl: 60_000 })
    expect(await driver.get("key")).toEqual({ value: "1", version, expiresAt: expect.any(Number) })
  })

  it("says that a Redis which is full may have room later", async () => {
    const client = await raw()
    await client.config("SET", "maxmemory", "1")
    onTestFinished(async () => void (await client.config("SET", "maxmemory", "0")))
    await expect(storage().write("key", "value")).rejects.toMatchObject({ code: "STORAGE_UNAVAILABLE" })
  })

  it("needs no more rights than the page says", async () => {
    const client = await raw()
    const [, names = ""] = /The user needs (.*?)\. /s.exec(readFileSync("docs/storage.md", "utf8")) ?? []
    const rights = [...names.matchAll(/`([A-Z]+)`/g)].map(([, name]) => `+${name}`)
    await client.call("ACL", "SETUSER", "guest", "on", ">guest", "~fleetmcp:*", ...rights)
    const url = new URL(service.url)
    url.username = url.password = "guest"
    const driver = redisStorage({ url: url.href })
    onTestFinished(() => driver.close?.())
    await driver.write("key", "1", { ttl: 60_000, if: "absent" })
    expect(await driver.increment?.("key", 1)).toBe(2)
    expect((await driver.list?.(""))?.keys).toEqual(["key"])
    await driver.write("key", undefined)
    expect(await driver.get("key")).toBeUndefined()
  })

  it("refuses a key that holds something else", async () => {
    const client = await raw()
    await client.rpush("fleetmcp:list", "item")
    await client.set("fleetmcp:short", "text")
    await expect(storage().get("list")).rejects.toMatchObject({ code: "STORAGE_REFUSED" })
    const writing = async () => storage().write("list", "secret", { if: "absent" })
    const failure = await writing().catch((error: unknown) => inspect(error, { depth: 10 }))
    expect(failure).toContain("STORAGE_REFUSED")
    expect(failure).not.toContain("secret")
    await expect(storage().get("short")).rejects.toMatchObject({ code: "CORRUPT_VALUE" })
  })

  it("adds as far as numbers are whole, and no further", async () => {
    const driver = storage()
    await driver.write("count", String(Number.MAX_SAFE_INTEGER - 1))
    expect(await driver.increment?.("count", 1)).toBe(Number.MAX_SAFE_INTEGER)
    await expect(driver.increment?.("count", 1)).rejects.toMatchObject({ code: "CORRUPT_VALUE" })
    expect((await driver.get("count"))?.value).toBe(String(Number.MAX_SAFE_INTEGER))
  })

  it("lists a few keys among very many", async () => {
    const client = await raw()
    const others = Array.from({ length: 5000 }, (_, at) => [`other-${at}`, "value"])
    await client.mset(...others.flat())
    const driver = storage()
    await driver.write("only", "value")
    let pages = 0
    const keys: string[] = []
    for (let cursor: string | undefined; pages === 0 || cursor !== undefined; pages++) {
      const page = await driver.list?.("", { cursor, limit: 10 })
      keys.push(...(page?.keys ?? []))
      cursor = page?.cursor
    }
    expect(new Set(keys)).toEqual(new Set(["only"]))
    expect(pages).toBeLessThan(50)
  })
})

/** Two connections to the same data, which is gone after the case. */
async function subjectOver(connect: () => Redis | Cluster): Promise<StorageSubject> {
  const [client, other] = [connect(), connect()]
  const servers = client instanceof Cluster ? await mastersOf(client) : [new Redis(service.url)]
  return {
    driver: redisStorage({ client }),
    peer: redisStorage({ client: other }),
    async advance(ms) {
      for (const server of servers) await age(server, ms)
    },
    async end() {
      for (const server of servers) {
        await server.flushall()
        if (!(client instanceof Cluster)) server.disconnect()
      }
      client.disconnect()
      other.disconnect()
    },
  }
}

/** Those of a cluster are known once it is connected. */
async function mastersOf(client: Cluster): Promise<readonly Redis[]> {
  await client.call("PING")
  return client.nodes("master")
}

/** Takes time off the lives of all keys, instead of waiting. */
async function age(server: Redis, ms: number): Promise<void> {
  for (const key of await server.keys("*")) {
    const left = await server.pttl(key)
    if (left >= 0) await server.pexpire(key, Math.round(left - ms))
  }
}

/** The methods that a storage uses, which a spread of a client would not have. */
function clientOf(client: Redis) {
  return {
    set: (key: string, text: string) => client.set(key, text),
    del: (key: string) => client.del(key),
    eval: (script: string, keys: number, ...args: string[]) => client.eval(script, keys, ...args),
    scan: client.scan.bind(client),
  }
}
