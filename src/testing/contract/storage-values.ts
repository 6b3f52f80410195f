import assert from "node:assert/strict"
import { encodeBase64 } from "../../shared/base64.ts"
import { absent, type StorageDriver } from "../../storage/storage.ts"
import { type StorageCase, settle } from "./storage-case.ts"
import { hostileKeys, metadata, texts } from "./storage-samples.ts"

/** What every driver does with keys and values. */
export const valueCases: readonly StorageCase[] = [
  {
    name: "holds nothing at first",
    async run({ driver }) {
      assert.equal(await driver.get("key"), undefined)
    },
  },
  {
    name: "returns every text as it was written",
    run: ({ driver }) => assertKept(driver, texts),
  },
  {
    name: "returns the Base64 of any bytes",
    async run({ driver }) {
      const bytes = Uint8Array.from({ length: 256 }, (_, at) => at)
      const noise = Uint8Array.from({ length: 4099 }, (_, at) => (at * at * 31 + at * 7) % 251)
      await assertKept(driver, [bytes, bytes.subarray(1), bytes.subarray(2), noise].map(encodeBase64))
    },
  },
  {
    name: "takes no text for a note of its own",
    run: ({ driver }) => assertKept(driver, metadata),
  },
  {
    name: "returns a large text",
    async run({ driver, maxValueBytes = mebibyte }) {
      const text = largeText("0123456789abcdef", maxValueBytes)
      await driver.write("key", text)
      assert.ok((await driver.get("key"))?.value === text, `${text.length} characters come back as they were`)
    },
  },
  {
    name: "shows a large text whole while another takes its place",
    async run({ driver, peer = driver, maxValueBytes = mebibyte }) {
      const [one, two] = [largeText("1", maxValueBytes / 4), largeText("2", maxValueBytes / 4)]
      await driver.write("key", one)
      const writing = (async () => {
        for (let round = 0; round < 6; round++) await driver.write("key", round % 2 === 0 ? two : one)
      })()
      for (let round = 0; round < 12; round++) {
        const value = (await peer.get("key"))?.value
        assert.ok(value === one || value === two, "one of both values, and no mixture")
      }
      await writing
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
    async run(subject) {
      const { driver, peer = driver } = subject
      await driver.write("key", "one")
      await settle(subject)
      assert.equal((await peer.get("key"))?.value, "one")
      await peer.write("key", "two")
      await settle(subject)
      assert.equal((await driver.get("key"))?.value, "two")
      await peer.write("key", undefined)
      await settle(subject)
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
    async run(subject) {
      const { driver, peer = driver } = subject
      const keys = Array.from({ length: 50 }, (_, at) => `key-${at}`)
      await Promise.all(keys.map((key, at) => (at % 2 === 0 ? driver : peer).write(key, key)))
      await settle(subject)
      const values = await Promise.all(keys.map(async (key) => (await driver.get(key))?.value))
      assert.deepEqual(values, keys)
    },
  },
]

const mebibyte = 1024 * 1024

async function assertKept(driver: StorageDriver, values: readonly string[]): Promise<void> {
  for (const [at, value] of values.entries()) await driver.write(`key-${at}`, value)
  for (const [at, value] of values.entries()) assert.equal((await driver.get(`key-${at}`))?.value, value)
}

function largeText(pattern: string, maxBytes: number): string {
  const length = Math.min(maxBytes, mebibyte)
  return pattern.repeat(Math.ceil(length / pattern.length)).slice(0, length)
}
