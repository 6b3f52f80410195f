import { expect, it } from "vitest"
import { redisStorage } from "./redis.ts"

it("says that nothing listens, and where, but not the password", async () => {
  const driver = redisStorage({ url: "redis://me:secret@127.0.0.1:1/0", timeout: 2000 })
  const error = await Promise.resolve(driver.get("key")).catch((thrown: Error) => thrown)
  expect(error).toMatchObject({ code: "STORAGE_UNAVAILABLE", cause: expect.anything() })
  expect(String(error)).toContain("`127.0.0.1:1`")
  expect(String(error)).not.toContain("secret")
  await driver.close?.()
})

it("opens nothing before it is used", async () => {
  await redisStorage({ url: "redis://localhost" }).close?.()
})

it.each([
  [{}, "Give either"],
  [{ url: "http://me:secret@localhost" }, "Give a URL such as `redis://user:password@localhost`"],
  [{ url: "redis://me:hush@whist@localhost" }, "of another kind"],
  [{ url: "redis://localhost", timeout: 0 }, "`timeout`"],
  [{ url: "redis://localhost", prefex: "a" }, "`prefex`"],
])("refuses the options %j without showing a password", (options, words) => {
  // `as`: what JavaScript might give.
  const make = () => redisStorage(options as never)
  expect(make).toThrow(words)
  expect(make).not.toThrow(/secret|hush|whist/)
})

it("refuses a client of another package", () => {
  const client = { get: () => undefined, password: "secret" }
  // `as`: what JavaScript might give.
  const make = () => redisStorage({ client: client as never })
  expect(make).toThrow("Give a client of `ioredis`, which has `eval()` and `evalsha()` and `scan()`.")
  expect(make).not.toThrow("secret")
})
