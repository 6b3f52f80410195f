import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { mongoStorage } from "./mongodb.ts"
import { postgresStorage } from "./postgres.ts"
import { redisStorage } from "./redis.ts"
import { assertSource, clientOf, connectionString, serverName } from "./server-options.ts"
import type { StorageDriver } from "./storage.ts"

const redis = connectionString("redis", "rediss")

describe("a connection string", () => {
  it.each([
    "redis://localhost",
    "redis://localhost:6379/0",
    "rediss://user:p%40ss@redis.example.com:6380?family=6",
    "redis://:password@[::1]:6379",
    "redis://one:6379,two_2",
    "redis://me:secret@%2Frun%2Fredis",
    "redis:///0?path=/run/redis",
  ])("may be %s", (url) => {
    expect(redis.holds(url)).toBe(true)
  })

  it.each([
    "",
    "localhost:6379",
    "http://localhost",
    "redis:localhost",
    "redis://local host",
    "redis://:p@ss@localhost",
    "redis://:p/ss@localhost",
    "redis://:p?ss@localhost",
    "redis://:p#ss@localhost",
    "redis://:p%ss@localhost",
    "redis://localhost:port",
    "redis://one,two:65536",
    "redis://[::1",
    undefined,
    42,
    new URL("redis://localhost"),
  ])("is none where it is %s", (value) => {
    expect(redis.holds(value)).toBe(false)
  })

  it("names several hosts as it has them", () => {
    expect(serverName("MongoDB", "mongodb://me:secret@one:27017,two:27017/app")).toBe(
      "MongoDB at `one:27017,two:27017`",
    )
  })

  it("names no host where there is none", () => {
    expect(serverName("PostgreSQL", "postgres:///app?host=/run")).toBe("PostgreSQL")
    expect(serverName("PostgreSQL", undefined)).toBe("PostgreSQL")
  })

  it("shows nothing of a password, however it is written", () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), (user, password) => {
        const url = `redis://${user}:${password}@host`
        if (redis.holds(url)) expect(serverName("Redis", url)).toBe("Redis at `host`")
      }),
    )
  })
})

describe("a client", () => {
  it("is known by its methods, wherever they are", () => {
    class Base {
      query(): void {
        // Only its name counts.
      }
    }
    const test = clientOf("a pool", ["query"])
    expect(test.holds(new (class extends Base {})())).toBe(true)
    expect(test.holds({ query: "SELECT 1" })).toBe(false)
    expect(test.holds(null)).toBe(false)
    expect(test.holds("query")).toBe(false)
  })
})

describe("a source", () => {
  it.each([{}, { client: {}, url: "" }])("is one of two, and not %j", (options) => {
    expect(() => assertSource("`storage()`", options, ["client", "url"])).toThrow(
      "Give either `client` or `url`.",
    )
  })

  it("is one of two", () => {
    expect(() => assertSource("`storage()`", { client: {}, url: undefined }, ["client", "url"])).not.toThrow()
  })
})

interface Driver {
  readonly make: (options: never) => StorageDriver
  /** What its options for an address and for an open client are called. */
  readonly url: string
  readonly client: string
  readonly scheme: string
  /** What a client must be. */
  readonly expected: string
}

const drivers: readonly Driver[] = [
  {
    make: redisStorage,
    url: "url",
    client: "client",
    scheme: "redis",
    expected:
      "a client of `ioredis`, which has `set()` and `del()` and `eval()` and `evalsha()` and `scan()`",
  },
  {
    make: postgresStorage,
    url: "connectionString",
    client: "pool",
    scheme: "postgres",
    expected: "a pool of `pg`, which has `query()`",
  },
  {
    make: mongoStorage,
    url: "url",
    client: "collection",
    scheme: "mongodb",
    expected:
      "a collection of `mongodb`, which has `findOne()` and `find()` and `updateOne()` and `deleteOne()`",
  },
]

describe.each(drivers)("$make.name()", ({ make, url, client, scheme, expected }) => {
  // `as`: what JavaScript might give.
  const open = (options: object) => make(options as never)

  it("says that nothing listens, and where, but not the password", async () => {
    const driver = open({ [url]: `${scheme}://me:secret@127.0.0.1:1/0`, timeout: 2000 })
    const error = await Promise.resolve(driver.get("key")).catch((thrown: Error) => thrown)
    expect(error).toMatchObject({ code: "STORAGE_UNAVAILABLE", cause: expect.anything() })
    expect(String(error)).toContain("`127.0.0.1:1`")
    expect(String(error)).not.toContain("secret")
    await driver.close?.()
  })

  it("opens nothing before it is used", async () => {
    await open({ [url]: `${scheme}://localhost` }).close?.()
  })

  it.each([
    [{}, `Give either \`${client}\` or \`${url}\``],
    [{ [url]: "http://me:secret@localhost" }, `Give a URL such as \`${scheme}://user:password@localhost\``],
    [{ [url]: `${scheme}://me:hush@whist@localhost` }, "of another kind"],
    [{ [url]: `${scheme}://me:secret@localhost:port/0` }, "of another kind"],
    [{ [url]: `${scheme}://me:secret@localhost:99999/0` }, "of another kind"],
    [{ [url]: `${scheme}://me:secret%@localhost` }, "of another kind"],
    [{ [url]: `${scheme}://localhost`, timeout: 0 }, "`timeout`"],
    [{ [url]: `${scheme}://localhost`, prefex: "a" }, "`prefex`"],
    [{ [client]: { get: () => undefined, password: "secret" } }, `Give ${expected}.`],
  ])("refuses the options %j without showing a password", (options, words) => {
    expect(() => open(options)).toThrow(words)
    expect(() => open(options)).not.toThrow(/secret|hush|whist/)
  })
})
