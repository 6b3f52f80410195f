import assert from "node:assert/strict"
import { absent } from "../../storage/storage.ts"
import { lifeOf, type StorageCase } from "./storage-case.ts"

/** How every driver lets values expire. */
export const lifeCases: readonly StorageCase[] = [
  {
    name: "keeps a value without a ttl",
    async run({ driver, advance }) {
      const life = lifeOf(driver) * 3
      if (driver.maxTtl !== undefined)
        assert.ok(driver.maxTtl > life, "the case takes longer than values live")
      await driver.write("key", "value")
      if (driver.maxTtl === undefined) assert.equal((await driver.get("key"))?.expiresAt, undefined)
      await advance(life)
      assert.equal((await driver.get("key"))?.value, "value")
    },
  },
  {
    name: "forgets a value after its ttl, and not before",
    async run({ driver, advance }) {
      const ttl = lifeOf(driver)
      await driver.write("key", "value", { ttl })
      const expiresAt = (await driver.get("key"))?.expiresAt
      assert.equal(typeof expiresAt, "number")
      await advance(ttl / 2)
      assert.equal((await driver.get("key"))?.value, "value")
      await advance(ttl)
      assert.equal(await driver.get("key"), undefined)
    },
  },
  {
    name: "says of a value that lives twice as long that it expires later",
    async run({ driver }) {
      const ttl = lifeOf(driver) * 5
      await driver.write("one", "value", { ttl })
      await driver.write("two", "value", { ttl: ttl * 2 })
      const [one, two] = [await driver.get("one"), await driver.get("two")]
      const later = (two?.expiresAt ?? 0) - (one?.expiresAt ?? 0)
      // Some storages count in seconds, and the second write may have taken its time.
      assert.ok(later >= ttl - 1000 && later <= ttl + 5000, `it expires ${later} ms later, and not ${ttl}`)
    },
  },
  {
    name: "counts a ttl from the last write",
    async run({ driver, advance }) {
      const ttl = lifeOf(driver) * 2
      await driver.write("key", "one", { ttl })
      await advance(ttl * 0.75)
      await driver.write("key", "two", { ttl })
      await advance(ttl * 0.75)
      assert.equal((await driver.get("key"))?.value, "two")
    },
  },
  {
    name: "gives a value the shorter ttl of a later write",
    async run({ driver, advance }) {
      const ttl = lifeOf(driver)
      await driver.write("key", "one", { ttl: ttl * 10 })
      await driver.write("key", "two", { ttl })
      await advance(ttl * 2)
      assert.equal(await driver.get("key"), undefined)
    },
  },
  {
    name: "forgets the ttl of a value that was overwritten without one",
    async run({ driver, advance }) {
      const ttl = lifeOf(driver)
      await driver.write("key", "one", { ttl })
      await driver.write("key", "two")
      await advance(ttl * 2)
      assert.equal((await driver.get("key"))?.value, "two")
    },
  },
  {
    name: "forgets the ttl of a value that was deleted",
    async run({ driver, advance }) {
      const ttl = lifeOf(driver)
      await driver.write("key", "one", { ttl })
      await driver.write("key", undefined)
      await driver.write("key", "two")
      await advance(ttl * 2)
      assert.equal((await driver.get("key"))?.value, "two")
    },
  },
  {
    name: "holds a new value where one has expired",
    async run({ driver, advance }) {
      const ttl = lifeOf(driver)
      await driver.write("key", "one", { ttl })
      await advance(ttl * 2)
      await driver.write("key", "two")
      assert.equal((await driver.get("key"))?.value, "two")
      await advance(ttl * 2)
      assert.equal((await driver.get("key"))?.value, "two")
    },
  },
  {
    name: "deletes what has expired",
    async run({ driver, advance }) {
      const ttl = lifeOf(driver)
      await driver.write("key", "value", { ttl })
      await advance(ttl * 2)
      assert.equal(await driver.write("key", undefined), absent)
      assert.equal(await driver.get("key"), undefined)
    },
  },
  {
    name: "takes a ttl of a broken number of milliseconds",
    async run({ driver, advance }) {
      const ttl = lifeOf(driver) + 0.25
      await driver.write("key", "value", { ttl })
      assert.equal((await driver.get("key"))?.value, "value")
      await advance(ttl * 2)
      assert.equal(await driver.get("key"), undefined)
    },
  },
  {
    name: "takes a ttl of ten years, and one without end",
    async run({ driver, advance }) {
      const lives = [10 * 365 * 86_400_000, Number.MAX_SAFE_INTEGER, Number.POSITIVE_INFINITY]
      for (const ttl of lives) await driver.write(`key-${ttl}`, "value", { ttl })
      await advance(lifeOf(driver))
      for (const ttl of lives) assert.equal((await driver.get(`key-${ttl}`))?.value, "value")
    },
  },
]
