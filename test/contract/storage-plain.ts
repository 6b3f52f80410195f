import assert from "node:assert/strict"
import { absent, type StorageDriver } from "../../src/storage/storage.ts"
import type { StorageCase } from "./storage-case.ts"

/** Keys that careless storages confuse: by separators, patterns, case, paths, normal forms and names of objects. */
const hostileKeys: readonly string[] = [
  "a",
  "A",
  "a:b",
  "a:b:x",
  "a/b",
  "a/b/x",
  "a\\b",
  "a.b",
  "a%2Fb",
  "a b",
  "a ",
  "a.",
  "a*",
  "a?",
  "a[b]",
  "a{b}",
  "a_",
  "a%",
  "a'b",
  'a"b',
  "a;b",
  "a#b",
  "a&b",
  "a|b",
  "a=b",
  "..",
  "../a",
  "/a",
  ".",
  "-a",
  "$a",
  "CON",
  "nul.txt",
  "__proto__",
  "constructor",
  "toString",
  "0",
  "00",
  "-1",
  "\u00e9",
  "e\u0301",
  "\u{1f642}",
  "世界",
  "x".repeat(512),
  `${"x".repeat(511)}y`,
]

const texts: readonly string[] = [
  "",
  " ",
  "0",
  "null",
  "undefined",
  '{"a":[1,null,"\\u0000"]}',
  "line\nbreak\r\n\ttab",
  "\u00e9 e\u0301 世界 \u{1f642} \u202e \ufeff",
  "'; DROP TABLE entries; --",
  Array.from({ length: 95 }, (_, at) => String.fromCharCode(32 + at)).join(""),
]

/** Long enough for any storage to keep apart from nothing. */
function lifeOf({ minTtl }: StorageDriver): number {
  return Math.max(minTtl, 1000)
}

/** What every driver does. */
export const plainCases: readonly StorageCase[] = [
  {
    name: "holds nothing at first",
    async run({ driver }) {
      assert.equal(await driver.get("key"), undefined)
    },
  },
  {
    name: "returns every text as it was written",
    async run({ driver }) {
      for (const [at, text] of texts.entries()) await driver.write(`key-${at}`, text)
      for (const [at, text] of texts.entries()) assert.equal((await driver.get(`key-${at}`))?.value, text)
    },
  },
  {
    name: "returns a large text",
    async run({ driver }) {
      const text = "0123456789abcdef".repeat(16 * 1024)
      await driver.write("key", text)
      assert.ok((await driver.get("key"))?.value === text, "256 KiB come back as they were written")
    },
  },
  {
    name: "keeps all keys apart",
    async run({ driver }) {
      for (const key of hostileKeys) await driver.write(key, `of ${key}`)
      for (const key of hostileKeys) assert.equal((await driver.get(key))?.value, `of ${key}`)
      for (const key of hostileKeys) {
        await driver.write(key, undefined)
        assert.equal(await driver.get(key), undefined, `\`${key.slice(0, 20)}\` is gone`)
      }
    },
  },
  {
    name: "lets the last write win",
    async run({ driver }) {
      await driver.write("key", "one")
      await driver.write("key", "two")
      assert.equal((await driver.get("key"))?.value, "two")
    },
  },
  {
    name: "shows to others what was written",
    async run({ driver, peer = driver }) {
      await driver.write("key", "value")
      assert.equal((await peer.get("key"))?.value, "value")
      await peer.write("key", undefined)
      assert.equal(await driver.get("key"), undefined)
    },
  },
  {
    name: "deletes, and deletes what is not there",
    async run({ driver }) {
      await driver.write("key", "value")
      assert.equal(await driver.write("key", undefined), absent)
      assert.equal(await driver.get("key"), undefined)
      assert.equal(await driver.write("key", undefined), absent)
    },
  },
  {
    name: "gives every write a version of its own",
    async run({ driver }) {
      const versions = new Set<unknown>()
      for (let round = 0; round < 5; round++) {
        const version = await driver.write("key", "same")
        assert.equal((await driver.get("key"))?.version, version)
        versions.add(version)
        if (round === 2) await driver.write("key", undefined)
      }
      assert.equal(versions.size, 5)
      assert.ok(!versions.has(absent) && !versions.has(undefined))
    },
  },
  {
    name: "keeps many keys written at once",
    async run({ driver, peer = driver }) {
      const keys = Array.from({ length: 50 }, (_, at) => `key-${at}`)
      await Promise.all(keys.map((key, at) => (at % 2 === 0 ? driver : peer).write(key, key)))
      const values = await Promise.all(keys.map(async (key) => (await driver.get(key))?.value))
      assert.deepEqual(values, keys)
    },
  },
  {
    name: "keeps a value without a ttl",
    async run({ driver, advance }) {
      await driver.write("key", "value")
      assert.equal((await driver.get("key"))?.expiresAt, undefined)
      await advance(lifeOf(driver) * 3)
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
    name: "holds a new value where one has expired",
    async run({ driver, advance }) {
      const ttl = lifeOf(driver)
      await driver.write("key", "one", { ttl })
      await advance(ttl * 2)
      await driver.write("key", "two")
      assert.equal((await driver.get("key"))?.value, "two")
    },
  },
  {
    name: "lists the keys of a prefix, and no others",
    needs: "list",
    async run({ driver }) {
      const wanted = hostileKeys.filter((key) => key.startsWith("a"))
      for (const key of hostileKeys) await driver.write(key, "value")
      assert.deepEqual(new Set(await listAll(driver, "a")), new Set(wanted))
      assert.deepEqual(new Set(await listAll(driver, "")), new Set(hostileKeys))
      assert.deepEqual(await listAll(driver, "nothing"), [])
    },
  },
  {
    name: "takes a prefix literally",
    needs: "list",
    async run({ driver }) {
      for (const key of ["a*b", "axb", "a_b", "a%b", "a?b", "a[x]b"]) await driver.write(key, "value")
      for (const prefix of ["a*", "a_", "a%", "a?", "a[x]"])
        assert.deepEqual(await listAll(driver, prefix), [`${prefix}b`])
    },
  },
  {
    name: "lists in pages, with every key that stays in one of them",
    needs: "list",
    async run({ driver }) {
      const keys = Array.from({ length: 25 }, (_, at) => `key-${at}`)
      for (const key of keys) await driver.write(key, "value")
      let changes = 0
      const seen = await listAll(driver, "key-", async () => {
        changes++
        await driver.write("key-0", `changed ${changes}`)
        await driver.write(`key-${24 - changes}`, undefined)
        await driver.write(`new-${changes}`, "value")
      })
      const stayed = keys.filter((_, at) => at > 0 && at < 24 - changes)
      assert.deepEqual(
        stayed.filter((key) => !seen.includes(key)),
        [],
      )
      assert.ok(seen.every((key) => keys.includes(key)))
    },
  },
  {
    name: "lists nothing that is gone",
    needs: "list",
    async run({ driver, advance }) {
      const ttl = lifeOf(driver)
      await driver.write("key-1", "value", { ttl })
      await driver.write("key-2", "value")
      await driver.write("key-3", "value")
      await driver.write("key-2", undefined)
      await advance(ttl * 2)
      assert.deepEqual(await listAll(driver, "key-"), ["key-3"])
    },
  },
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
    },
  },
  {
    name: "loses no addition",
    needs: "increment",
    async run({ driver, peer = driver }) {
      const sums = await Promise.all(
        Array.from({ length: 50 }, (_, at) => counter(at % 2 === 0 ? driver : peer)("key", 1)),
      )
      assert.deepEqual(
        sums.toSorted((a, b) => a - b),
        Array.from({ length: 50 }, (_, at) => at + 1),
      )
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
      for (const text of ["text", "", "1.5", '{"a":1}']) {
        await driver.write("key", text)
        await assert.rejects(async () => counter(driver)("key", 1))
        assert.equal((await driver.get("key"))?.value, text)
      }
    },
  },
]

function counter(driver: StorageDriver): NonNullable<StorageDriver["increment"]> {
  const { increment } = driver
  assert.ok(increment, "the case runs only where there is `increment`")
  return increment
}

async function listAll(
  { list }: StorageDriver,
  prefix: string,
  betweenPages: () => Promise<void> = async () => undefined,
): Promise<readonly string[]> {
  assert.ok(list, "the case runs only where there is `list`")
  const keys: string[] = []
  let cursor: string | undefined
  for (let pages = 0; pages < 1000; pages++) {
    const page = await list(prefix, { cursor, limit: 10 })
    assert.ok(page.keys.length <= 10)
    keys.push(...page.keys)
    if (page.cursor === undefined) return keys
    cursor = page.cursor
    await betweenPages()
  }
  assert.fail("the list does not end")
}
