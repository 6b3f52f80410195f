import assert from "node:assert/strict"
import type { StorageDriver, WriteOptions } from "../../storage/storage.ts"
import { lifeOf, type StorageCase, settle } from "./storage-case.ts"

/** What drivers that have `increment` do. */
export const countCases: readonly StorageCase[] = [
  {
    name: "counts",
    needs: "increment",
    async run({ driver }) {
      const add = counter(driver)
      assert.equal(await add("key", 1), 1)
      assert.equal(await add("key", 41), 42)
      assert.equal(await add("key", -50), -8)
      assert.equal((await driver.get("key"))?.value, "-8")
      await driver.write("key", "10")
      assert.equal(await add("key", 0), 10)
      await driver.write("key", undefined)
      assert.equal(await add("key", 1), 1)
    },
  },
  {
    name: "counts as far as whole numbers go",
    needs: "increment",
    async run({ driver }) {
      const add = counter(driver)
      assert.equal(await add("key", Number.MAX_SAFE_INTEGER - 1), Number.MAX_SAFE_INTEGER - 1)
      assert.equal(await add("key", 1), Number.MAX_SAFE_INTEGER)
      await assert.rejects(async () => add("key", 1), "a sum beyond them is refused")
      assert.equal((await driver.get("key"))?.value, String(Number.MAX_SAFE_INTEGER))
      assert.equal(await add("key", -1), Number.MAX_SAFE_INTEGER - 1)
    },
  },
  {
    name: "gives every addition a version of its own",
    needs: "increment",
    async run({ driver }) {
      const add = counter(driver)
      const written = await driver.write("key", "0")
      await add("key", 1)
      const counted = (await driver.get("key"))?.version
      await add("key", -1)
      const versions = new Set([written, counted, (await driver.get("key"))?.version])
      assert.equal(versions.size, 3)
    },
  },
  {
    name: "loses no addition",
    needs: "increment",
    async run(subject) {
      const { driver, peer = driver } = subject
      const sums = await Promise.all(
        Array.from({ length: 50 }, (_, at) => counter(at % 2 === 0 ? driver : peer)("key", 1)),
      )
      assert.deepEqual(
        sums.toSorted((a, b) => a - b),
        Array.from({ length: 50 }, (_, at) => at + 1),
      )
      await settle(subject)
      assert.equal((await driver.get("key"))?.value, "50")
    },
  },
  {
    name: "counts a ttl from the first addition",
    needs: "increment",
    async run({ driver, advance }) {
      const ttl = lifeOf(driver)
      const add = counter(driver)
      await add("key", 1, { ttl })
      await advance(ttl * 0.75)
      assert.equal(await add("key", 1, { ttl }), 2)
      await advance(ttl * 0.75)
      assert.equal(await add("key", 1, { ttl }), 1)
    },
  },
  {
    name: "does not add to what is no number",
    needs: "increment",
    async run({ driver }) {
      for (const text of ["text", "", "1.5", "1e3", '{"a":1}']) {
        await driver.write("key", text)
        await assert.rejects(async () => counter(driver)("key", 1))
        assert.equal((await driver.get("key"))?.value, text)
      }
    },
  },
]

function counter(
  driver: StorageDriver,
): (key: string, by: number, options?: Pick<WriteOptions, "ttl">) => Promise<number> {
  return async (key, by, options) => {
    assert.ok(driver.increment, "the case runs only where there is `increment`")
    return driver.increment(key, by, options)
  }
}
