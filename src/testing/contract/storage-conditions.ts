import assert from "node:assert/strict"
import { type Atomic, createAtomic } from "../../storage/atomic.ts"
import { absent, type Version } from "../../storage/storage.ts"
import { lifeOf, type StorageCase, type StorageSubject, settle } from "./storage-case.ts"

/** What only atomic drivers do. */
export const conditionCases: readonly StorageCase[] = [
  {
    name: "writes where nothing is, and only there",
    async run({ driver }) {
      const version = await driver.write("key", "one", { if: absent })
      assert.notEqual(version, undefined)
      assert.equal(await driver.write("key", "two", { if: absent }), undefined)
      const stored = await driver.get("key")
      assert.deepEqual([stored?.value, stored?.version], ["one", version])
    },
  },
  {
    name: "writes over the version that is there, and over no other",
    async run({ driver }) {
      const first = await driver.write("key", "one")
      const second = await driver.write("key", "two", { if: first })
      assert.notEqual(second, undefined)
      assert.equal(await driver.write("key", "three", { if: first }), undefined)
      assert.equal(await driver.write("key", "three", { if: "made up" }), undefined)
      assert.equal((await driver.get("key"))?.value, "two")
      assert.notEqual(await driver.write("key", "three", { if: second }), undefined)
    },
  },
  {
    name: "writes over no version where nothing is",
    async run({ driver }) {
      assert.equal(await driver.write("key", "value", { if: "made up" }), undefined)
      const version = await driver.write("key", "value")
      await driver.write("key", undefined)
      assert.equal(await driver.write("key", "value", { if: version }), undefined)
      assert.equal(await driver.get("key"), undefined)
    },
  },
  {
    name: "deletes the version that is there, and no other",
    async run({ driver }) {
      const first = await driver.write("key", "one")
      const second = await driver.write("key", "two")
      assert.equal(await driver.write("key", undefined, { if: first }), undefined)
      assert.equal((await driver.get("key"))?.value, "two")
      assert.equal(await driver.write("key", undefined, { if: second }), absent)
      assert.equal(await driver.get("key"), undefined)
    },
  },
  {
    name: "deletes under the condition that nothing is there",
    async run({ driver }) {
      assert.equal(await driver.write("key", undefined, { if: absent }), absent)
      await driver.write("key", "value")
      assert.equal(await driver.write("key", undefined, { if: absent }), undefined)
      assert.equal((await driver.get("key"))?.value, "value")
    },
  },
  {
    name: "never takes an equal value for the same one",
    async run({ driver }) {
      const version = await driver.write("key", "value")
      await driver.write("key", undefined)
      await driver.write("key", "value")
      assert.equal(await driver.write("key", "stale", { if: version }), undefined)
    },
  },
  {
    name: "takes what has expired for nothing",
    async run({ driver, advance }) {
      const ttl = lifeOf(driver)
      const version = await driver.write("key", "one", { ttl })
      await advance(ttl * 2)
      assert.equal(await driver.write("key", "two", { if: version }), undefined)
      assert.notEqual(await driver.write("key", "two", { if: absent }), undefined)
      assert.equal((await driver.get("key"))?.value, "two")
    },
  },
  {
    name: "never takes a new value for one that has expired",
    async run({ driver, advance }) {
      const ttl = lifeOf(driver)
      const version = await driver.write("key", "value", { ttl })
      await advance(ttl * 2)
      await driver.write("key", "value")
      assert.equal(await driver.write("key", "stale", { if: version }), undefined)
      assert.equal((await driver.get("key"))?.value, "value")
    },
  },
  {
    name: "gives a value the life that a conditional write says",
    async run({ driver, advance }) {
      const ttl = lifeOf(driver)
      const first = await driver.write("one", "value", { if: absent, ttl })
      const kept = await driver.write("two", "value", { if: absent, ttl })
      assert.notEqual(await driver.write("one", "value", { if: first, ttl: ttl * 10 }), undefined)
      assert.notEqual(await driver.write("two", "value", { if: kept }), undefined)
      await driver.write("three", "value", { if: absent, ttl })
      await advance(ttl * 2)
      assert.equal((await driver.get("one"))?.value, "value")
      assert.equal((await driver.get("two"))?.value, "value")
      assert.equal(await driver.get("three"), undefined)
    },
  },
  {
    name: "leaves a value's life alone where the condition does not hold",
    async run({ driver, advance }) {
      const ttl = lifeOf(driver)
      await driver.write("key", "value", { ttl: ttl * 4 })
      await driver.write("key", "other", { if: "made up", ttl })
      await advance(ttl * 2)
      assert.equal((await driver.get("key"))?.value, "value")
    },
  },
  {
    name: "lets one of many writers be first",
    async run(subject) {
      for (let round = 0; round < 5; round++) {
        const winners = await race(subject, (at) => ({ value: `writer ${at}`, if: absent }))
        assert.equal(winners.length, 1)
        assert.equal((await subject.driver.get("key"))?.value, `writer ${winners[0]}`)
        await subject.driver.write("key", undefined)
      }
    },
  },
  {
    name: "lets one of many writers replace a version",
    async run(subject) {
      let version = await subject.driver.write("key", "start")
      for (let round = 0; round < 5; round++) {
        const winners = await race(subject, (at) => ({ value: `writer ${at}`, if: version }))
        assert.equal(winners.length, 1)
        const stored = await subject.driver.get("key")
        assert.equal(stored?.value, `writer ${winners[0]}`)
        version = stored?.version
      }
    },
  },
  {
    name: "lets one of many take a value away",
    async run(subject) {
      for (let round = 0; round < 5; round++) {
        const version = await subject.driver.write("key", "once")
        const winners = await race(subject, () => ({ value: undefined, if: version }))
        assert.equal(winners.length, 1)
        assert.equal(await subject.driver.get("key"), undefined)
      }
    },
  },
  {
    name: "loses no update of two connections",
    async run(subject) {
      const sides = sidesOf(subject)
      const numbers = Array.from({ length: 20 }, (_, at) => at)
      await Promise.all(
        numbers.map((at) => pick(sides, at).update("key", (list) => [...((list ?? []) as number[]), at])),
      )
      await settle(subject)
      // A list of numbers, as the updates made it.
      const list = (await sides[0].get("key")) as readonly number[]
      assert.deepEqual(
        list.toSorted((a, b) => a - b),
        numbers,
      )
    },
  },
  {
    name: "gives a value to one of those who take it",
    async run(subject) {
      const sides = sidesOf(subject)
      for (let round = 0; round < 5; round++) {
        await sides[0].putIfAbsent("key", `ticket ${round}`)
        await settle(subject)
        const taken = await Promise.all(Array.from({ length: 10 }, (_, at) => pick(sides, at).take("key")))
        assert.deepEqual(
          taken.filter((value) => value !== undefined),
          [`ticket ${round}`],
        )
      }
    },
  },
  {
    name: "lends a lease to one",
    async run(subject) {
      const { driver, advance } = subject
      const ttl = lifeOf(driver)
      const sides = sidesOf(subject)
      const ask = () =>
        Promise.all(Array.from({ length: 10 }, (_, at) => pick(sides, at).lease("key", { ttl })))
      const first = (await ask()).filter((lease) => lease !== undefined)
      assert.equal(first.length, 1)
      await advance(ttl * 2)
      const second = (await ask()).filter((lease) => lease !== undefined)
      assert.equal(second.length, 1)
      assert.equal(await first[0]?.renew(), false)
      await second[0]?.release()
      assert.equal((await ask()).filter((lease) => lease !== undefined).length, 1)
    },
  },
]

/** Lets 20 writers try at once, from both sides, and says which of them succeeded. */
async function race(
  { driver, peer = driver }: StorageSubject,
  attempt: (writer: number) => { readonly value: string | undefined; readonly if: Version | undefined },
): Promise<readonly number[]> {
  const outcomes = await Promise.all(
    Array.from({ length: 20 }, (_, writer) => {
      const { value, if: condition } = attempt(writer)
      return (writer % 2 === 0 ? driver : peer).write("key", value, { if: condition })
    }),
  )
  return outcomes.flatMap((outcome, writer) => (outcome === undefined ? [] : [writer]))
}

type Sides = readonly [Atomic, Atomic]

function sidesOf({ driver, peer = driver }: StorageSubject): Sides {
  return [createAtomic(driver), createAtomic(peer)]
}

function pick([one, other]: Sides, at: number): Atomic {
  return at % 2 === 0 ? one : other
}
