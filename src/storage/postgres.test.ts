import { expect, it } from "vitest"
import { postgresStorage } from "./postgres.ts"

it("says that nothing listens, and where, but not the password", async () => {
  const driver = postgresStorage({ connectionString: "postgres://me:secret@127.0.0.1:1/0", timeout: 2000 })
  const error = await Promise.resolve(driver.get("key")).catch((thrown: Error) => thrown)
  expect(error).toMatchObject({ code: "STORAGE_UNAVAILABLE", cause: expect.anything() })
  expect(String(error)).toContain("`127.0.0.1:1`")
  expect(String(error)).not.toContain("secret")
  await driver.close?.()
})

it("opens nothing before it is used", async () => {
  await postgresStorage({ connectionString: "postgres://localhost" }).close?.()
})

it.each([
  [{}, "Give either"],
  [
    { connectionString: "http://me:secret@localhost" },
    "Give a URL such as `postgres://user:password@localhost`",
  ],
  [{ connectionString: "postgres://me:hush@whist@localhost" }, "of another kind"],
  [{ connectionString: "postgres://localhost", timeout: 0 }, "`timeout`"],
  [{ connectionString: "postgres://localhost", prefex: "a" }, "`prefex`"],
])("refuses the options %j without showing a password", (options, words) => {
  // `as`: what JavaScript might give.
  const make = () => postgresStorage(options as never)
  expect(make).toThrow(words)
  expect(make).not.toThrow(/secret|hush|whist/)
})

it.each(["entries", "app.entries", "_e1", "a".repeat(52)])("takes `%s` for a table", (table) => {
  expect(() => postgresStorage({ connectionString: "postgres://localhost", table })).not.toThrow()
})

it.each([
  "",
  "Entries",
  'a"; DROP TABLE b; --',
  "a.b.c",
  "1a",
  "a b",
  "a-b",
  ".a",
  "a.",
  "a".repeat(53),
  "a\n",
])("does not take %j for a table", (table) => {
  expect(() => postgresStorage({ connectionString: "postgres://localhost", table })).toThrow("`table`")
})
