import { expect, it } from "vitest"
import { mongoStorage } from "./mongodb.ts"

it("says that nothing listens, and where, but not the password", async () => {
  const driver = mongoStorage({ url: "mongodb://me:secret@127.0.0.1:1/0", timeout: 2000 })
  const error = await Promise.resolve(driver.get("key")).catch((thrown: Error) => thrown)
  expect(error).toMatchObject({ code: "STORAGE_UNAVAILABLE", cause: expect.anything() })
  expect(String(error)).toContain("`127.0.0.1:1`")
  expect(String(error)).not.toContain("secret")
  await driver.close?.()
})

it("opens nothing before it is used", async () => {
  await mongoStorage({ url: "mongodb://localhost" }).close?.()
})

it.each([
  [{}, "Give either"],
  [{ url: "http://me:secret@localhost" }, "Give a URL such as `mongodb://user:password@localhost`"],
  [{ url: "mongodb://me:hush@whist@localhost" }, "of another kind"],
  [{ url: "mongodb://localhost", timeout: 0 }, "`timeout`"],
  [{ url: "mongodb://localhost", prefex: "a" }, "`prefex`"],
])("refuses the options %j without showing a password", (options, words) => {
  // `as`: what JavaScript might give.
  const make = () => mongoStorage(options as never)
  expect(make).toThrow(words)
  expect(make).not.toThrow(/secret|hush|whist/)
})
