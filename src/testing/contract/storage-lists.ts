import assert from "node:assert/strict"
import type { StorageDriver } from "../../storage/storage.ts"
import { lifeOf, type StorageCase, settle } from "./storage-case.ts"
import { hostileKeys } from "./storage-samples.ts"

/** What drivers that have `list` do. */
export const listCases: readonly StorageCase[] = [
  {
    name: "lists the keys of a prefix, and no others",
    needs: "list",
    async run({ driver }) {
      for (const key of hostileKeys) await driver.write(key, "value")
      for (const prefix of ["a", "a:", "x".repeat(512), ""]) {
        const wanted = hostileKeys.filter((key) => key.startsWith(prefix))
        assert.deepEqual(new Set(await listAll(driver, prefix)), new Set(wanted))
      }
      assert.deepEqual(await listAll(driver, "nothing"), [])
    },
  },
  {
    name: "takes a prefix literally",
    needs: "list",
    async run({ driver }) {
      for (const key of ["a*b", "axb", "a_b", "a%b", "a?b", "a[x]b", "a\\b", "a.b"])
        await driver.write(key, "value")
      for (const prefix of ["a*", "a_", "a%", "a?", "a[x]", "a\\", "a."])
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
      const seen = await listAll(driver, "key-", {
        async betweenPages() {
          changes++
          await driver.write("key-0", `changed ${changes}`)
          await driver.write(`key-${24 - changes}`, undefined)
          await driver.write(`new-${changes}`, "value")
        },
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
    name: "goes on behind a key that was deleted after its page",
    needs: "list",
    async run({ driver }) {
      const keys = Array.from({ length: 6 }, (_, at) => `key-${at}`)
      for (const key of keys) await driver.write(key, "value")
      const seen = await listAll(driver, "key-", {
        limit: 1,
        async betweenPages(listed) {
          for (const key of listed) await driver.write(key, undefined)
        },
      })
      assert.deepEqual(new Set(seen), new Set(keys))
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
    name: "lists what others wrote",
    needs: "list",
    async run(subject) {
      const { driver, peer = driver } = subject
      await driver.write("key-1", "value")
      await peer.write("key-2", "value")
      await settle(subject)
      assert.deepEqual(new Set(await listAll(driver, "key-")), new Set(["key-1", "key-2"]))
    },
  },
]

interface Paging {
  readonly limit?: number
  /** Changes something before the next page; gets the keys of the page before. */
  readonly betweenPages?: (keys: readonly string[]) => Promise<void>
}

async function listAll(
  driver: StorageDriver,
  prefix: string,
  { limit = 10, betweenPages }: Paging = {},
): Promise<readonly string[]> {
  assert.ok(driver.list, "the case runs only where there is `list`")
  const all: string[] = []
  let cursor: string | undefined
  for (let pages = 0; pages < 1000; pages++) {
    const page = await driver.list(prefix, { cursor, limit })
    assert.ok(page.keys.length <= limit)
    all.push(...page.keys)
    if (page.cursor === undefined) return all
    cursor = page.cursor
    await betweenPages?.(page.keys)
  }
  assert.fail("the list does not end")
}
