import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { assertSource, clientOf, connectionString, serverName } from "./server-options.ts"

const redis = connectionString("redis", "rediss")

describe("a connection string", () => {
  it.each([
    "redis://localhost",
    "redis://localhost:6379/0",
    "rediss://user:p%40ss@redis.example.com:6380?family=6",
    "redis://:password@[::1]:6379",
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
