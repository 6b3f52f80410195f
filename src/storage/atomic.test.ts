import fc from "fast-check"
import { afterEach, describe, expect, it, vi } from "vitest"
import { InvalidOption } from "../errors/server.ts"
import { CorruptValue, NotStorable, StorageContention } from "../errors/storage.ts"
import { StorageNotAtomic } from "../errors/storage-not-atomic.ts"
import { type Atomic, type AtomicOptions, createAtomic, type Lease } from "./atomic.ts"
import { memoryStorage } from "./memory.ts"
import type { StorageDriver } from "./storage.ts"

afterEach(() => vi.useRealTimers())

interface Setup {
  readonly atomic: Atomic
  readonly driver: StorageDriver
  readonly advance: (ms: number) => void
  /** How long it was waited between attempts. */
  readonly waits: number[]
}

function setup(options: Partial<AtomicOptions> = {}): Setup {
  let time = 1_000_000
  const waits: number[] = []
  const driver = memoryStorage({ now: () => time })
  const wait = async (ms: number) => void waits.push(ms)
  const atomic = createAtomic(driver, { subject: "The test", now: () => time, wait, ...options })
  return {
    atomic,
    driver,
    waits,
    advance(ms) {
      time += ms
    },
  }
}

describe("createAtomic", () => {
  it("refuses a storage whose writes are not atomic, and says who needs it", () => {
    const plain = { ...memoryStorage(), atomic: false }
    const act = () => createAtomic(plain, { subject: "`ctx.step`" })
    expect(act).toThrow(StorageNotAtomic)
    expect(act).toThrow(/`ctx.step`.*not atomic/)
  })

  it("names itself where nobody says who needs the storage", async () => {
    expect(() => createAtomic({ ...memoryStorage(), atomic: false })).toThrow(
      /^`createAtomic\(\)` cannot use/,
    )
    expect(await createAtomic(memoryStorage()).increment("visits")).toBe(1)
  })

  it("takes `undefined` for an option that was left out", async () => {
    const options = { subject: undefined, now: undefined, wait: undefined, random: undefined } as never
    const lease = await createAtomic(memoryStorage(), options).lease("key", { ttl: 1000 })
    expect(lease?.expiresAt).toBeGreaterThan(Date.now())
  })

  it.each([0, -1, Number.NaN])("refuses a life of %s ms, which would guard nothing", async (ttl) => {
    const { atomic } = setup()
    await expect(atomic.lease("key", { ttl })).rejects.toThrow(InvalidOption)
    await expect(atomic.putIfAbsent("key", 1, { ttl })).rejects.toThrow(InvalidOption)
    await expect(atomic.update("key", () => 1, { ttl })).rejects.toThrow(InvalidOption)
    await expect(atomic.increment("key", { ttl })).rejects.toThrow(`The option \`ttl\` is \`${ttl}\``)
    expect(await atomic.get("key")).toBeUndefined()
  })

  it("keeps JSON values as they are", async () => {
    const { atomic } = setup()
    const values = [null, false, 0, "", [], {}, { a: [1, "ä\ud800\0", { b: null }] }]
    for (const [at, value] of values.entries()) {
      expect(await atomic.putIfAbsent(`key-${at}`, value)).toBe(true)
      expect(await atomic.get(`key-${at}`)).toEqual(value)
    }
  })

  it.each([
    ["undefined", undefined],
    ["a function", () => 1],
    ["a bigint", 1n],
  ])("refuses %s", async (_what, value) => {
    await expect(setup().atomic.putIfAbsent("key", value)).rejects.toThrow(NotStorable)
  })

  it("says so when something else than JSON is stored", async () => {
    const { atomic, driver } = setup()
    driver.write("key", "{broken")
    await expect(atomic.get("key")).rejects.toThrow(CorruptValue)
    await expect(atomic.update("key", () => 1)).rejects.toThrow(CorruptValue)
    expect(driver.get("key")).toMatchObject({ value: "{broken" })
  })
})

describe("putIfAbsent", () => {
  it("stores the first value only", async () => {
    const { atomic } = setup()
    expect(await atomic.putIfAbsent("key", 1)).toBe(true)
    expect(await atomic.putIfAbsent("key", 2)).toBe(false)
    expect(await atomic.get("key")).toBe(1)
  })

  it("stores again once the first has expired", async () => {
    const { atomic, advance } = setup()
    await atomic.putIfAbsent("key", 1, { ttl: 10 })
    advance(10)
    expect(await atomic.putIfAbsent("key", 2)).toBe(true)
  })
})

describe("take", () => {
  it("gives a value once", async () => {
    const { atomic } = setup()
    await atomic.putIfAbsent("key", { code: 7 })
    expect(await atomic.take("key")).toEqual({ code: 7 })
    expect(await atomic.take("key")).toBeUndefined()
  })

  it("leaves what is not JSON where it is", async () => {
    const { atomic, driver } = setup()
    driver.write("key", "{broken")
    await expect(atomic.take("key")).rejects.toThrow(CorruptValue)
    expect(driver.get("key")).toMatchObject({ value: "{broken" })
  })

  it("gives nothing that has expired", async () => {
    const { atomic, advance } = setup()
    await atomic.putIfAbsent("key", 1, { ttl: 10 })
    advance(11)
    expect(await atomic.take("key")).toBeUndefined()
  })
})

describe("update", () => {
  it("starts with nothing, and returns what is stored then", async () => {
    const { atomic } = setup()
    expect(await atomic.update("key", (value) => [value ?? null])).toEqual([null])
    expect(await atomic.update("key", (value) => [value])).toEqual([[null]])
  })

  it("deletes where the change returns nothing", async () => {
    const { atomic, driver } = setup()
    await atomic.putIfAbsent("key", 1)
    expect(await atomic.update("key", () => undefined)).toBeUndefined()
    expect(driver.get("key")).toBeUndefined()
  })

  it("leaves a value the life it had", async () => {
    const { atomic, driver, advance } = setup()
    await atomic.putIfAbsent("key", 1, { ttl: 100 })
    advance(60)
    await atomic.update("key", () => 2)
    expect(driver.get("key")).toMatchObject({ value: "2", expiresAt: 1_000_100 })
    advance(40)
    expect(await atomic.get("key")).toBeUndefined()
  })

  it("gives a value another life where it is told so", async () => {
    const { atomic, driver } = setup()
    await atomic.putIfAbsent("key", 1, { ttl: 100 })
    await atomic.update("key", () => 2, { ttl: 500 })
    expect(driver.get("key")).toMatchObject({ expiresAt: 1_000_500 })
  })

  it("stores nothing when the change throws, and lets others go on", async () => {
    const { atomic } = setup()
    await atomic.putIfAbsent("key", 1)
    const failing = atomic.update("key", () => Promise.reject(new TypeError("on purpose")))
    await expect(failing).rejects.toThrow("on purpose")
    expect(await atomic.update("key", (value) => Number(value) + 1)).toBe(2)
  })

  it("gives up after as many attempts as met others, with waits in between", async () => {
    const { driver, waits } = setup()
    const busy: StorageDriver = { ...driver, write: () => undefined }
    const wait = async (ms: number) => void waits.push(ms)
    const atomic = createAtomic(busy, { subject: "The test", wait, random: () => 1 })
    await expect(atomic.update("key", () => 1)).rejects.toThrow(StorageContention)
    expect(waits.length).toBe(31)
    expect(Math.max(...waits)).toBe(100)
  })

  it("ends with an error, and not never, when a change updates its own key", async () => {
    const { atomic } = setup()
    const nested = atomic.update("key", () => atomic.update("key", (value) => Number(value ?? 0) + 1))
    await expect(nested).rejects.toThrow(StorageContention)
  })

  it("does not wait for itself where a change that has its turn updates its own key", async () => {
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] })
    const { atomic, driver } = setup()
    let runs = 0
    const nested = atomic.update("key", async () => {
      // Each run of it is met by another: the first so that it must wait for a turn, the second in the midst of its own.
      await driver.write("key", `${++runs}`)
      if (runs === 2) await atomic.update("key", () => driver.write("key", "0"))
      return runs
    })
    const ended = expect(nested).rejects.toThrow(StorageContention)
    await vi.advanceTimersByTimeAsync(5000)
    await ended
  })

  it("waits for a while, and not for ever, for a change that never ends", async () => {
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] })
    const { atomic, driver } = setup()
    /** A change that is met by another in its first run, and so has its turn in the second. */
    const met = (work: () => unknown) => {
      let runs = 0
      return atomic.update("key", () => (++runs === 1 ? driver.write("key", "0") : work()))
    }
    void met(() => new Promise(() => undefined))
    const other = met(() => 1)
    await vi.advanceTimersByTimeAsync(5000)
    expect(await other).toBe(1)
  })

  it("lets changes of other keys happen inside of one", async () => {
    const { atomic } = setup()
    expect(await atomic.update("a", () => atomic.update("b", () => 1))).toBe(1)
  })
})

describe("increment", () => {
  it.each([
    ["the driver's", (driver: StorageDriver) => driver],
    ["its own", ({ increment: _increment, ...driver }: StorageDriver) => driver],
  ])("counts by %s means alike", async (_what, change) => {
    let time = 0
    const driver = change(memoryStorage({ now: () => time }))
    const atomic = createAtomic(driver, { subject: "The test", now: () => time })
    expect(await atomic.increment("key", { ttl: 100 })).toBe(1)
    time = 60
    expect(await atomic.increment("key", { by: 5, ttl: 100 })).toBe(6)
    expect(driver.get("key")).toMatchObject({ value: "6", expiresAt: 100 })
    time = 100
    expect(await atomic.increment("key", { by: -2 })).toBe(-2)
    driver.write("text", "x")
    await expect(atomic.increment("text")).rejects.toThrow(CorruptValue)
    driver.write("most", String(Number.MAX_SAFE_INTEGER))
    await expect(atomic.increment("most")).rejects.toThrow(
      "`most` is not a whole number that 1 can be added to",
    )
    expect(await atomic.increment("most", { by: -1 })).toBe(Number.MAX_SAFE_INTEGER - 1)
  })

  it.each([0.5, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 53])("does not add %s", async (by) => {
    const { atomic } = setup()
    await expect(atomic.increment("key", { by })).rejects.toThrow(InvalidOption)
    expect(await atomic.get("key")).toBeUndefined()
  })
})

describe("lease", () => {
  it("is had by one at a time", async () => {
    const { atomic } = setup()
    const first = await atomic.lease("key", { ttl: 100 })
    expect(first?.expiresAt).toBe(1_000_100)
    expect(await atomic.lease("key", { ttl: 100 })).toBeUndefined()
    await first?.release()
    expect(await atomic.lease("key", { ttl: 100 })).toBeDefined()
  })

  it("ends by itself, and is lost then", async () => {
    const { atomic, advance } = setup()
    const first = await atomic.lease("key", { ttl: 100 })
    advance(100)
    const second = await atomic.lease("key", { ttl: 100 })
    expect(second).toBeDefined()
    expect(await first?.renew()).toBe(false)
    await first?.release()
    expect(await atomic.lease("key", { ttl: 100 })).toBeUndefined()
  })

  it("that has ended is not given back in the name of the next one who has it", async () => {
    const { atomic, advance } = setup()
    const first = await atomic.lease("key", { ttl: 100 })
    advance(100)
    await atomic.lease("key", { ttl: 100 })
    await first?.release()
    expect(await atomic.lease("key", { ttl: 100 })).toBeUndefined()
  })

  it("is prolonged from now on", async () => {
    const { atomic, advance } = setup()
    const lease = await atomic.lease("key", { ttl: 100 })
    advance(60)
    expect(await lease?.renew()).toBe(true)
    advance(60)
    expect(lease?.expiresAt).toBe(1_000_160)
    expect(await atomic.lease("key", { ttl: 100 })).toBeUndefined()
  })

  it("does not promise longer than the storage keeps it", async () => {
    const { driver } = setup()
    const short = createAtomic({ ...driver, maxTtl: 40 }, { now: () => 1_000_000 })
    const lease = await short.lease("key", { ttl: 100 })
    expect(lease?.expiresAt).toBe(1_000_040)
    await lease?.renew()
    expect(lease?.expiresAt).toBe(1_000_040)
  })

  it("is given back at the end of its block", async () => {
    const { atomic, driver } = setup()
    {
      await using lease = await atomic.lease("key", { ttl: 100 })
      expect(lease).toBeDefined()
      expect(driver.get("key")).toBeDefined()
    }
    expect(driver.get("key")).toBeUndefined()
  })

  it("can be prolonged and given back at once, in that order", async () => {
    const { atomic, driver } = setup()
    const lease = (await atomic.lease("key", { ttl: 100 })) as Lease
    const outcomes = await Promise.all([lease.renew(), lease.renew(), lease.release(), lease.renew()])
    expect(outcomes).toEqual([true, true, undefined, false])
    expect(driver.get("key")).toBeUndefined()
  })
})

describe("the atomic operations, by property", () => {
  /** A storage behind a network: what is asked of it happens in an order that the scheduler chooses. */
  function remote(scheduler: fc.Scheduler): StorageDriver {
    const { increment: _increment, list: _list, ...memory } = memoryStorage({ now: () => 0 })
    return {
      ...memory,
      listable: false,
      async get(key) {
        await scheduler.schedule(Promise.resolve(), `get ${key}`)
        const stored = memory.get(key)
        await scheduler.schedule(Promise.resolve(), `got ${key}`)
        return stored
      },
      async write(key, value, options) {
        await scheduler.schedule(Promise.resolve(), `write ${key}`)
        const version = memory.write(key, value, options)
        await scheduler.schedule(Promise.resolve(), `wrote ${key}`)
        return version
      },
    }
  }

  /** Two processes on one storage. */
  function processes(scheduler: fc.Scheduler): {
    readonly driver: StorageDriver
    readonly both: readonly [Atomic, Atomic]
  } {
    const driver = remote(scheduler)
    const options = { subject: "The test", now: () => 0, wait: () => Promise.resolve() }
    return { driver, both: [createAtomic(driver, options), createAtomic(driver, options)] }
  }

  async function together<T>(
    scheduler: fc.Scheduler,
    work: readonly (() => Promise<T>)[],
  ): Promise<readonly T[]> {
    const all = Promise.all(work.map((one) => one()))
    await scheduler.waitFor(all)
    return all
  }

  const some = fc.integer({ min: 2, max: 8 })

  it("lose no update, in whatever order the storage answers", async () => {
    await fc.assert(
      fc.asyncProperty(fc.scheduler(), some, async (scheduler, count) => {
        const { both } = processes(scheduler)
        const work = Array.from({ length: count }, (_, at) => () => {
          const change = (value: unknown) => [...((value ?? []) as readonly number[]), at]
          return both[at % 2 === 0 ? 0 : 1].update("key", change)
        })
        await together(scheduler, work)
        const [final] = await together(scheduler, [() => both[0].get("key")])
        expect((final as number[]).toSorted()).toEqual(Array.from({ length: count }, (_, at) => at))
      }),
      { numRuns: 150 },
    )
  })

  it("count every increment once", async () => {
    await fc.assert(
      fc.asyncProperty(fc.scheduler(), some, async (scheduler, count) => {
        const { both } = processes(scheduler)
        const work = Array.from(
          { length: count },
          (_, at) => () => both[at % 2 === 0 ? 0 : 1].increment("key"),
        )
        const sums = await together(scheduler, work)
        expect(sums.toSorted((a, b) => a - b)).toEqual(Array.from({ length: count }, (_, at) => at + 1))
      }),
      { numRuns: 150 },
    )
  })

  it("give a value to one of those who take it", async () => {
    await fc.assert(
      fc.asyncProperty(fc.scheduler(), some, async (scheduler, count) => {
        const { both } = processes(scheduler)
        await together(scheduler, [() => both[0].putIfAbsent("key", "once")])
        const work = Array.from({ length: count }, (_, at) => () => both[at % 2 === 0 ? 0 : 1].take("key"))
        const taken = await together(scheduler, work)
        expect(taken.filter((value) => value !== undefined)).toEqual(["once"])
      }),
      { numRuns: 150 },
    )
  })

  it("let one of those who put be first, and lease to one", async () => {
    await fc.assert(
      fc.asyncProperty(fc.scheduler(), some, async (scheduler, count) => {
        const { both } = processes(scheduler)
        const puts = Array.from(
          { length: count },
          (_, at) => () => both[at % 2 === 0 ? 0 : 1].putIfAbsent("put", at),
        )
        const leases = Array.from({ length: count }, (_, at) => async () => {
          return (await both[at % 2 === 0 ? 0 : 1].lease("lease", { ttl: 10 })) !== undefined
        })
        const outcomes = await together(scheduler, [...puts, ...leases])
        expect(outcomes.slice(0, count).filter(Boolean).length).toBe(1)
        expect(outcomes.slice(count).filter(Boolean).length).toBe(1)
      }),
      { numRuns: 100 },
    )
  })

  it("neither lose nor double anything when all are mixed", async () => {
    const operation = fc.constantFrom("put" as const, "take" as const, "push" as const)
    await fc.assert(
      fc.asyncProperty(
        fc.scheduler(),
        fc.array(operation, { maxLength: 8 }),
        async (scheduler, operations) => {
          const { both } = processes(scheduler)
          const put: number[] = []
          const taken: number[] = []
          const work = operations.map((kind, at) => async () => {
            const atomic = both[at % 2 === 0 ? 0 : 1]
            if (kind === "put" && (await atomic.putIfAbsent("key", [at]))) put.push(at)
            if (kind === "take") taken.push(...(((await atomic.take("key")) ?? []) as number[]))
            if (kind === "push") {
              await atomic.update("key", (value) => [...((value ?? []) as number[]), at])
              put.push(at)
            }
          })
          await together(scheduler, work)
          const [left] = await together(scheduler, [() => both[0].get("key")])
          const all = [...taken, ...((left ?? []) as number[])]
          expect(all.toSorted()).toEqual(put.toSorted())
        },
      ),
      { numRuns: 150 },
    )
  })
})
