import { expect, it, onTestFinished, vi } from "vitest"
import { postgresStorage } from "./postgres.ts"

it("looks for its table again where it was never told whether it is there", async () => {
  vi.useFakeTimers()
  onTestFinished(() => void vi.useRealTimers())
  const never = new Promise<never>(() => undefined)
  const query = vi.fn(async (text: string) => ({
    rows: text.includes("to_regclass") ? [{ found: "it" }] : [],
  }))
  query.mockReturnValueOnce(never)
  const driver = postgresStorage({ pool: { query }, timeout: 1000 })
  const lost = expect(driver.get("key")).rejects.toThrow("did not answer within 1000 ms")
  await vi.advanceTimersByTimeAsync(1000)
  await lost
  expect(await driver.get("key")).toBeUndefined()
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
