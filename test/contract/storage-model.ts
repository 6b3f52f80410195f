import assert from "node:assert/strict"
import fc from "fast-check"
import { it } from "vitest"
import { absent, type Version, type WriteOptions } from "../../src/storage/storage.ts"
import type { StorageSubject } from "./storage-case.ts"

/** What a storage should hold: nothing clever, only a list of what was said. */
interface Model {
  now: number
  readonly entries: Map<string, Entry>
  readonly spent: Set<Version>
}

interface Entry {
  readonly value: string
  readonly version: Version
  readonly expiresAt: number | undefined
}

type Command = fc.AsyncCommand<Model, StorageSubject>

/**
 * Does many things at random to a driver, from both sides, and to a map with a clock.
 *
 * @param make A new and empty storage whose clock stands at 0 until it is moved.
 */
export function storageModel(make: () => StorageSubject | Promise<StorageSubject>, numRuns: number): void {
  it("does what a map with a clock does, whatever is done to it", { timeout: 60_000 }, async () => {
    await fc.assert(
      fc.asyncProperty(fc.commands(commands, { size: "+1" }), async (list) => {
        const real = await make()
        const model = { now: 0, entries: new Map(), spent: new Set([absent]) }
        try {
          await fc.asyncModelRun(() => ({ model, real }), list)
        } finally {
          await real.end?.()
        }
      }),
      { numRuns },
    )
  })
}

function command(name: string, run: (model: Model, real: StorageSubject) => Promise<void>): Command {
  return { check: () => true, run, toString: () => name }
}

function live(model: Model, key: string): Entry | undefined {
  const entry = model.entries.get(key)
  return entry?.expiresAt !== undefined && entry.expiresAt <= model.now ? undefined : entry
}

function side({ driver, peer = driver }: StorageSubject, isPeer: boolean): StorageSubject["driver"] {
  return isPeer ? peer : driver
}

type ConditionName = "none" | "fits" | "stale" | "absent"

/** Writes to both; the condition is the current version, one of before, or that nothing is there. */
function write(
  key: string,
  value: string | undefined,
  { condition, ttl, isPeer }: { condition: ConditionName; ttl: number | undefined; isPeer: boolean },
): Command {
  return command(`write ${key} ${value} if ${condition} for ${ttl}`, async (model, real) => {
    const current = live(model, key)
    const conditions: Readonly<Record<ConditionName, WriteOptions["if"]>> = {
      none: undefined,
      fits: current?.version ?? absent,
      stale: [...model.spent].at(-1),
      absent,
    }
    const wanted = conditions[condition]
    const holds = wanted === undefined || wanted === (current?.version ?? absent)
    const version = await side(real, isPeer).write(key, value, { if: wanted, ttl })
    assert.equal(version !== undefined, holds)
    if (version === undefined) return
    if (current !== undefined) model.spent.add(current.version)
    model.entries.delete(key)
    if (value === undefined) return
    assert.ok(!model.spent.has(version))
    model.entries.set(key, { value, version, expiresAt: ttl === undefined ? undefined : model.now + ttl })
  })
}

function get(key: string, isPeer: boolean): Command {
  return command(`get ${key}`, async (model, real) => {
    assert.deepEqual(await side(real, isPeer).get(key), live(model, key))
  })
}

function increment(key: string, by: number, ttl: number | undefined): Command {
  return command(`increment ${key} by ${by}`, async (model, { driver }) => {
    const entry = live(model, key)
    const act = async () => driver.increment?.(key, by, { ttl })
    if (driver.increment === undefined) return
    if (entry !== undefined && !/^-?\d+$/.test(entry.value)) return assert.rejects(act)
    const value = String(Number(entry?.value ?? 0) + by)
    assert.equal(String(await act()), value)
    const version = (await driver.get(key))?.version
    assert.ok(version !== undefined && !model.spent.has(version))
    if (entry !== undefined) model.spent.add(entry.version)
    const expiresAt =
      entry === undefined ? (ttl === undefined ? undefined : model.now + ttl) : entry.expiresAt
    model.entries.set(key, { value, version, expiresAt })
  })
}

function list(prefix: string, limit: number): Command {
  return command(`list ${prefix} by ${limit}`, async (model, { driver }) => {
    const keys: string[] = []
    let cursor: string | undefined
    do {
      const page = await driver.list?.(prefix, { cursor, limit })
      assert.ok(page !== undefined && page.keys.length <= limit)
      keys.push(...page.keys)
      cursor = page.cursor
    } while (cursor !== undefined)
    const expected = [...model.entries.keys()].filter((key) => live(model, key) && key.startsWith(prefix))
    assert.deepEqual(keys.sort(), expected.sort())
  })
}

function advance(ms: number): Command {
  return command(`advance ${ms}`, async (model, real) => {
    model.now += ms
    await real.advance(ms)
  })
}

const keys = fc.constantFrom("a", "a:b", "a:b:x", "b", "__proto__", "ä", "\u{1f642}")
const values = fc.option(fc.constantFrom("", "1", "-7", "text"), { nil: undefined, freq: 4 })
const ttls = fc.option(fc.constantFrom(1, 10, 100), { nil: undefined })
const conditions = fc.constantFrom("none" as const, "fits" as const, "stale" as const, "absent" as const)
const sides = fc.boolean()

const commands = [
  fc
    .tuple(keys, values, conditions, ttls, sides)
    .map(([key, value, condition, ttl, isPeer]) => write(key, value, { condition, ttl, isPeer })),
  fc.tuple(keys, sides).map(([key, isPeer]) => get(key, isPeer)),
  fc.tuple(keys, fc.integer({ min: -3, max: 3 }), ttls).map(([key, by, ttl]) => increment(key, by, ttl)),
  fc
    .tuple(fc.constantFrom("", "a", "a:b", "z", "\u{1f642}"), fc.integer({ min: 1, max: 3 }))
    .map(([prefix, limit]) => list(prefix, limit)),
  fc.constantFrom(1, 5, 10, 50, 200).map(advance),
]
