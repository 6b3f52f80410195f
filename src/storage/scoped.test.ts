import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { storageContract } from "../../test/contract/storage.ts"
import { InvalidStorageKey } from "../errors/storage.ts"
import { memoryStorage } from "./memory.ts"
import { scoped } from "./scoped.ts"
import type { StorageDriver } from "./storage.ts"

storageContract(
  () => {
    let now = 1_700_000_000_000
    const root = memoryStorage({ now: () => now })
    root.write("key", "outside")
    root.write("x/=other", "outside")
    return {
      // The contract's longest keys fill the limit, and a scope takes no control characters.
      driver: renamed(scoped(root, "s")),
      advance(ms) {
        now += ms
      },
    }
  },
  { level: "atomic" },
)

describe("scoped", () => {
  it("keeps the keys of scopes apart", () => {
    const root = memoryStorage()
    scoped(root, "a").write("key", "in a")
    scoped(root, "b").write("key", "in b")
    expect(scoped(root, "a").get("key")).toMatchObject({ value: "in a" })
    expect(root.get("key")).toBeUndefined()
  })

  it("gives the same scope to the same name", () => {
    const root = memoryStorage()
    scoped(scoped(root, "a"), "b").write("key", "value")
    expect(scoped(scoped(root, "a"), "b").get("key")).toMatchObject({ value: "value" })
  })

  it("lists its own keys only, without those of scopes inside", async () => {
    const root = memoryStorage()
    const outer = scoped(root, "a")
    outer.write("one", "1")
    outer.write("two", "2")
    scoped(outer, "b").write("three", "3")
    scoped(root, "ab").write("four", "4")
    expect((await outer.list?.(""))?.keys).toEqual(["one", "two"])
    expect((await outer.list?.("t"))?.keys).toEqual(["two"])
  })

  it("does not close what it is a part of", () => {
    expect(scoped(memoryStorage(), "a").close).toBeUndefined()
  })

  it("has no more than the storage it is a part of", () => {
    const { list: _list, increment: _increment, ...rest } = memoryStorage()
    const part = scoped({ ...rest, atomic: false, listable: false, minTtl: 60_000 }, "a")
    expect(part).toMatchObject({ atomic: false, listable: false, minTtl: 60_000 })
    expect([part.list, part.increment, part.maxTtl]).toEqual([undefined, undefined, undefined])
    expect(scoped({ ...memoryStorage(), maxTtl: 1000 }, "a").maxTtl).toBe(1000)
  })

  it("takes a storage that is an object of a class", async () => {
    class Storage implements StorageDriver {
      readonly #memory = memoryStorage()
      readonly atomic = true
      readonly listable = true
      readonly minTtl = 0
      get(key: string) {
        return this.#memory.get(key)
      }
      write(key: string, value: string | undefined) {
        return this.#memory.write(key, value)
      }
      async list(prefix: string) {
        return (await this.#memory.list?.(prefix)) ?? { keys: [], cursor: undefined }
      }
      async increment(key: string, by: number) {
        return this.#memory.increment?.(key, by) ?? 0
      }
    }
    const part = scoped(new Storage(), "a")
    expect(await part.increment?.("count", 2)).toBe(2)
    expect((await part.list?.(""))?.keys).toEqual(["count"])
  })

  it.each(["", "a/b", "a=", "=a", "a b", "ä", "a\n", "x".repeat(129)])("refuses %j as a name", (name) => {
    expect(() => scoped(memoryStorage(), name)).toThrow(InvalidStorageKey)
  })

  it.each([
    ["an empty key", ""],
    ["NUL", "a\0b"],
    ["a line break", "a\nb"],
    ["a control character of Latin-1", "a\u0085b"],
    ["half a character", "a\ud800"],
    ["513 bytes", "x".repeat(510)],
    ["513 bytes of other scripts", "世".repeat(170)],
  ])("refuses %s", (_what, key) => {
    const part = scoped(memoryStorage(), "s")
    expect(() => part.get(key)).toThrow(InvalidStorageKey)
    expect(() => part.write(key, "value")).toThrow(InvalidStorageKey)
    expect(() => part.increment?.(key, 1)).toThrow(InvalidStorageKey)
  })

  it("takes keys of 512 bytes, scope included", () => {
    const part = scoped(memoryStorage(), "s")
    for (const key of ["x".repeat(509), "世".repeat(169), "🙂".repeat(127)]) part.write(key, "value")
    for (const key of ["x".repeat(509), "世".repeat(169), "🙂".repeat(127)])
      expect(part.get(key)).toMatchObject({ value: "value" })
  })

  it("shows no control characters of a refused key", () => {
    const refused = catchError(() => scoped(memoryStorage(), "s").get("\u001b[31mred\ud800"))
    expect(refused).toBeInstanceOf(InvalidStorageKey)
    expect(String(refused)).not.toMatch(/[\p{Cc}\p{Cs}]/u)
  })

  it("never lets two places share a key", () => {
    const names = fc.constantFrom("a", "b", "a.b")
    const place = fc.record({
      path: fc.array(names, { minLength: 1, maxLength: 3 }),
      key: fc.oneof(
        fc.constantFrom("k", "=k", "b/=k", "a/b/=k", "/=k", "b/k", "../k"),
        fc.string({ minLength: 1, maxLength: 8, unit: fc.constantFrom(..."ab/=.k") }),
      ),
    })
    fc.assert(
      fc.property(place, place, (one, other) => {
        fc.pre(JSON.stringify(one) !== JSON.stringify(other))
        const root = memoryStorage()
        enter(root, one.path).write(one.key, "one")
        expect(enter(root, other.path).get(other.key)).toBeUndefined()
      }),
      { numRuns: 1000 },
    )
  })
})

function enter(root: StorageDriver, path: readonly string[]): StorageDriver {
  return path.reduce(scoped, root)
}

/** Keys that are long or hold control characters, under names that a scope takes. */
function renamed(driver: StorageDriver): StorageDriver {
  const names = new Map<string, string>()
  const keys = new Map<string, string>()
  const nameOf = (key: string) => {
    if (key.length < 100 && !/[\n\t]/.test(key)) return key
    const name = names.get(key) ?? `${[...key][0]}~${names.size}~`
    names.set(key, name)
    keys.set(name, key)
    return name
  }
  return {
    ...driver,
    get: (key) => driver.get(nameOf(key)),
    write: (key, value, options) => driver.write(nameOf(key), value, options),
    list: async (prefix, options) => {
      const page = (await driver.list?.(nameOf(prefix), options)) ?? { keys: [], cursor: undefined }
      return { ...page, keys: page.keys.map((name) => keys.get(name) ?? name) }
    },
  }
}

function catchError(act: () => unknown): unknown {
  try {
    act()
  } catch (error) {
    return error
  }
  return undefined
}
