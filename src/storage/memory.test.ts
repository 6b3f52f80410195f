import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { drivers } from "../../test/contract/drivers.ts"
import { driverContract } from "../../test/contract/storage.ts"
import { InvalidOption } from "../errors/server.ts"
import { CorruptValue, StorageFull } from "../errors/storage.ts"
import type { StorageSubject } from "../testing/contract/storage-case.ts"
import { type MemoryStorageOptions, memoryStorage } from "./memory.ts"
import { absent, type KeyPage, type StorageDriver, type Stored } from "./storage.ts"

driverContract(drivers.memoryStorage, createSubject)

function createSubject(options: MemoryStorageOptions = {}): StorageSubject {
  let now = 1_700_000_000_000
  return {
    driver: memoryStorage({ ...options, now: () => now }),
    advance(ms) {
      now += ms
    },
  }
}

describe("memoryStorage", () => {
  it("answers at once, without a promise", () => {
    const { driver } = createSubject()
    expect(driver.write("key", "value")).toBeTypeOf("string")
    expect(driver.get("key")).toMatchObject({ value: "value" })
  })

  it("refuses an entry more than it may hold, and keeps those it has", () => {
    const { driver } = createSubject({ maxEntries: 2 })
    driver.write("a", "1")
    driver.write("b", "2")
    expect(() => driver.write("c", "3")).toThrow(StorageFull)
    expect(driver.get("a")).toMatchObject({ value: "1" })
    expect(driver.get("b")).toMatchObject({ value: "2" })
  })

  it("replaces and deletes entries while it is full", () => {
    const { driver } = createSubject({ maxEntries: 1 })
    driver.write("a", "1")
    driver.write("a", "2")
    driver.write("a", undefined)
    driver.write("b", "3")
    expect(driver.get("b")).toMatchObject({ value: "3" })
  })

  it("refuses more characters than it may hold", () => {
    const { driver } = createSubject({ maxCharacters: 10 })
    driver.write("key", "1234567")
    expect(() => driver.write("a", "")).toThrow(StorageFull)
    expect(() => driver.write("key", "12345678")).toThrow(StorageFull)
    expect(driver.get("key")).toMatchObject({ value: "1234567" })
    driver.write("key", "123456")
    driver.write("a", "")
  })

  it("makes room of what has expired, though nobody asked for it", () => {
    const { driver, advance } = createSubject({ maxEntries: 3 })
    driver.write("a", "1", { ttl: 30 })
    driver.write("b", "2", { ttl: 10 })
    driver.write("c", "3", { ttl: 20 })
    advance(20)
    driver.write("d", "4")
    driver.write("e", "5")
    expect(() => driver.write("f", "6")).toThrow(StorageFull)
    expect(driver.get("a")).toMatchObject({ value: "1" })
  })

  it("does not take the deadline of an overwritten value for that of the new one", () => {
    const { driver, advance } = createSubject()
    driver.write("key", "old", { ttl: 10 })
    driver.write("key", "new", { ttl: 100 })
    advance(50)
    driver.write("other", "value")
    expect(driver.get("key")).toMatchObject({ value: "new" })
  })

  it("gives up what has a deadline in the past at once", () => {
    const { driver } = createSubject()
    for (const ttl of [0, -1, Number.NaN]) {
      driver.write("key", "value", { ttl })
      expect(driver.get("key")).toBeUndefined()
    }
  })

  it("goes on forgetting after a life that was no number", () => {
    const { driver, advance } = createSubject({ maxEntries: 2 })
    driver.write("never", "0", { ttl: Number.NaN })
    driver.write("a", "1", { ttl: 10 })
    advance(10)
    driver.write("b", "2")
    driver.write("c", "3")
    expect(driver.get("c")).toMatchObject({ value: "3" })
  })

  it("forgets at the earlier time what was given less time", () => {
    const { driver, advance } = createSubject({ maxEntries: 1 })
    driver.write("key", "old", { ttl: 100 })
    driver.write("key", "new", { ttl: 10 })
    advance(10)
    driver.write("other", "value")
    expect(driver.get("other")).toMatchObject({ value: "value" })
  })

  it("lists once what is written anew between two pages", () => {
    const { driver } = createSubject()
    for (const key of ["a", "b", "c"]) driver.write(key, "1")
    // The memory answers at once.
    const first = driver.list?.("", { limit: 2 }) as KeyPage
    driver.write("a", "2")
    const second = driver.list?.("", { limit: 2, cursor: first.cursor }) as KeyPage
    expect([first.keys, second.keys]).toEqual([["a", "b"], ["c"]])
  })

  it("does not add to a text", () => {
    const { driver } = createSubject()
    driver.write("key", "text")
    expect(() => driver.increment?.("key", 1)).toThrow(CorruptValue)
  })

  it("refuses options that it does not have, and bounds that are none", () => {
    expect(() => memoryStorage({ maxEntires: 5 } as never)).toThrow("`maxEntries`")
    for (const bound of [0, -1, 1.5, Number.NaN])
      expect(() => memoryStorage({ maxEntries: bound })).toThrow(InvalidOption)
    expect(() => memoryStorage({ maxCharacters: "1" as never })).toThrow(InvalidOption)
    memoryStorage({ maxEntries: undefined } as never)
  })

  it("holds nothing once it is closed", () => {
    const { driver } = createSubject({ maxEntries: 1 })
    driver.write("key", "value", { ttl: 10 })
    driver.close?.()
    expect(driver.get("key")).toBeUndefined()
    driver.write("other", "value")
  })

  it("still knows what expires first after one key was written very often", () => {
    const { driver, advance } = createSubject({ maxEntries: 3 })
    driver.write("a", "1", { ttl: 30 })
    driver.write("b", "2", { ttl: 10 })
    for (let round = 0; round < 1000; round++) driver.write("c", String(round), { ttl: 20 })
    advance(15)
    driver.write("d", "4")
    expect(driver.get("a")).toMatchObject({ value: "1" })
    expect(driver.get("c")).toMatchObject({ value: "999" })
  })
})

describe("memoryStorage, by property", () => {
  it("does what a map with a clock does, whatever is done to it", () => {
    fc.assert(
      fc.property(fc.commands(commands, { size: "+1" }), (list) => {
        fc.modelRun(() => ({ model: createModel(), real: createReal() }), list)
      }),
      { numRuns: 300 },
    )
  })
})

const maxEntries = 4

/** What the storage should hold: nothing clever, only a list of what was said. */
interface Model {
  now: number
  readonly entries: Map<string, { value: string; version: string; expiresAt: number }>
  readonly spent: Set<string>
}

interface Real {
  readonly driver: StorageDriver
  readonly advance: (ms: number) => void
}

type Command = fc.Command<Model, Real>

function createModel(): Model {
  return { now: 0, entries: new Map(), spent: new Set([absent]) }
}

function createReal(): Real {
  let now = 0
  return {
    driver: memoryStorage({ now: () => now, maxEntries }),
    advance(ms) {
      now += ms
    },
  }
}

function liveEntry(model: Model, key: string) {
  const entry = model.entries.get(key)
  return entry !== undefined && entry.expiresAt > model.now ? entry : undefined
}

function liveKeys(model: Model): readonly string[] {
  return [...model.entries.keys()].filter((key) => liveEntry(model, key) !== undefined)
}

function command(name: string, run: (model: Model, real: Real) => void): Command {
  return { check: () => true, run, toString: () => name }
}

/** Writes to both; the condition is the current version, one of before, or that nothing is there. */
function write(
  key: string,
  value: string | undefined,
  {
    condition,
    ttl,
  }: { readonly condition: "none" | "fits" | "stale" | "absent"; readonly ttl: number | undefined },
): Command {
  return command(`write ${key} ${value} if ${condition} for ${ttl}`, (model, { driver }) => {
    const current = liveEntry(model, key)
    const conditions = {
      none: undefined,
      fits: current?.version ?? absent,
      stale: [...model.spent].at(-1),
      absent,
    }
    const wanted = conditions[condition]
    const holds = wanted === undefined || wanted === (current?.version ?? absent)
    const isFull =
      holds && value !== undefined && current === undefined && liveKeys(model).length >= maxEntries
    const act = () => driver.write(key, value, { if: wanted, ttl })
    if (isFull) {
      expect(act).toThrow(StorageFull)
      return
    }
    // The memory answers at once.
    const version = act() as string | undefined
    expect(version !== undefined).toBe(holds)
    if (!holds || version === undefined) return
    if (current !== undefined) model.spent.add(current.version)
    model.entries.delete(key)
    if (value === undefined) return
    expect(model.spent.has(version)).toBe(false)
    model.entries.set(key, { value, version, expiresAt: model.now + (ttl ?? Number.POSITIVE_INFINITY) })
  })
}

function get(key: string): Command {
  return command(`get ${key}`, (model, { driver }) => {
    const entry = liveEntry(model, key)
    const expected: Stored | undefined =
      entry === undefined
        ? undefined
        : { ...entry, expiresAt: entry.expiresAt === Number.POSITIVE_INFINITY ? undefined : entry.expiresAt }
    expect(driver.get(key)).toEqual(expected)
  })
}

function increment(key: string, by: number, ttl: number | undefined): Command {
  return command(`increment ${key} by ${by}`, (model, { driver }) => {
    const entry = liveEntry(model, key)
    const act = () => driver.increment?.(key, by, { ttl })
    if (entry === undefined && liveKeys(model).length >= maxEntries)
      return void expect(act).toThrow(StorageFull)
    if (entry !== undefined && !/^-?\d+$/.test(entry.value)) return void expect(act).toThrow(CorruptValue)
    const sum = Number(entry?.value ?? 0) + by
    expect(act()).toBe(sum)
    // The memory answers at once, and it was written just now.
    const { version } = driver.get(key) as Stored
    const expiresAt = entry?.expiresAt ?? model.now + (ttl ?? Number.POSITIVE_INFINITY)
    if (entry !== undefined) model.spent.add(entry.version)
    model.entries.set(key, { value: String(sum), version, expiresAt })
  })
}

function list(prefix: string, limit: number): Command {
  return command(`list ${prefix} by ${limit}`, (model, { driver }) => {
    const keys: string[] = []
    let cursor: string | undefined
    do {
      const page = driver.list?.(prefix, { cursor, limit }) as { keys: string[]; cursor: string | undefined }
      keys.push(...page.keys)
      cursor = page.cursor
    } while (cursor !== undefined)
    const expected = liveKeys(model).filter((key) => key.startsWith(prefix))
    expect(keys.toSorted()).toEqual(expected.toSorted())
  })
}

function advance(ms: number): Command {
  return command(`advance ${ms}`, (model, real) => {
    model.now += ms
    real.advance(ms)
  })
}

const keys = fc.constantFrom("a", "a:b", "a:b:x", "b", "__proto__", "ä")
const values = fc.option(fc.constantFrom("", "1", "-7", "text"), { nil: undefined, freq: 4 })
const ttls = fc.option(fc.constantFrom(1, 10, 100), { nil: undefined })
const conditions = fc.constantFrom("none" as const, "fits" as const, "stale" as const, "absent" as const)

const commands = [
  fc
    .tuple(keys, values, conditions, ttls)
    .map(([key, value, condition, ttl]) => write(key, value, { condition, ttl })),
  keys.map(get),
  fc.tuple(keys, fc.integer({ min: -3, max: 3 }), ttls).map(([key, by, ttl]) => increment(key, by, ttl)),
  fc
    .tuple(fc.constantFrom("", "a", "a:b", "z"), fc.integer({ min: 1, max: 3 }))
    .map(([prefix, limit]) => list(prefix, limit)),
  fc.constantFrom(1, 5, 10, 50, 200).map(advance),
]
