import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { NotSerializable, UnawaitedPromise } from "../errors/components.ts"
import { markContent } from "./content-brand.ts"
import { assertJson, toJsonValue } from "./json-value.ts"
import { MAX_JSON_DEPTH, MAX_JSON_NODES } from "./json-value-bounds.ts"

function refusalOf(value: unknown): NotSerializable {
  try {
    assertJson(value, "tool `t`")
  } catch (error) {
    if (error instanceof NotSerializable) return error
    throw error
  }
  return expect.fail("the value was accepted")
}

function nest(depth: number): unknown {
  let value: unknown = 1
  for (let level = 0; level < depth; level++) value = { value }
  return value
}

describe("toJsonValue", () => {
  it("returns plain JSON as the very same value", () => {
    const value = { a: [1, "x", null, { b: true }], "c d": { e: [] }, f: {} }
    expect(toJsonValue(value, "tool `t`")).toBe(value)
  })

  it("agrees with JSON.stringify on everything that it accepts", () => {
    const leaf = fc.oneof(
      fc.jsonValue(),
      fc.date({ noInvalidDate: true }),
      fc.webUrl().map((url) => new URL(url)),
      fc.constant(undefined),
      fc.constant(Object.create(null)),
    )
    const value = fc.dictionary(fc.string(), fc.oneof(leaf, fc.dictionary(fc.string(), leaf)))
    fc.assert(
      fc.property(value, (data) => {
        expect(JSON.stringify(toJsonValue(data, "tool `t`"))).toBe(JSON.stringify(data))
      }),
    )
  })

  it("sends dates as ISO strings and URLs as strings", () => {
    const value = { at: new Date(0), to: [new URL("https://example.com/a")] }
    expect(toJsonValue(value, "tool `t`")).toEqual({
      at: "1970-01-01T00:00:00.000Z",
      to: ["https://example.com/a"],
    })
  })

  it("drops members that are undefined", () => {
    expect(Object.keys(toJsonValue({ a: 1, b: undefined }, "tool `t`") as object)).toEqual(["a"])
  })

  it("honours toJSON, and gives it the key", () => {
    const value = { price: { toJSON: (key: string) => `${key}: 3` } }
    expect(toJsonValue(value, "tool `t`")).toEqual({ price: "price: 3" })
  })

  it("sends an object whose toJSON returns itself as its fields", () => {
    class Row {
      readonly id = 1
      toJSON(): this {
        return this
      }
    }
    expect(toJsonValue(new Row(), "tool `t`")).toEqual({ id: 1 })
  })

  it("sends a class instance as its own fields", () => {
    class Row {
      readonly id = 1
      name(): string {
        return "row"
      }
    }
    expect(toJsonValue([new Row()], "tool `t`")).toEqual([{ id: 1 }])
  })

  it("keeps a __proto__ key as data when it copies", () => {
    const value = JSON.parse('{"__proto__":{"admin":true},"a":1}')
    value.at = new Date(0)
    const copy = toJsonValue(value, "tool `t`") as { admin?: boolean }
    expect(copy.admin).toBeUndefined()
    expect(JSON.stringify(copy)).toContain('"__proto__":{"admin":true}')
  })

  it("accepts the same object at two places", () => {
    const shared = { at: new Date(0) }
    expect(toJsonValue([shared, shared], "tool `t`")).toHaveLength(2)
  })

  it("does not change what it was given", () => {
    const value = { at: new Date(0), gone: undefined }
    toJsonValue(value, "tool `t`")
    expect(value).toStrictEqual({ at: new Date(0), gone: undefined })
  })

  it("ignores fields that Object.prototype was polluted with", () => {
    Object.defineProperty(Object.prototype, "polluted", {
      value: () => 1,
      enumerable: true,
      configurable: true,
    })
    let json: unknown
    try {
      json = toJsonValue({ a: 1 }, "tool `t`")
    } finally {
      Reflect.deleteProperty(Object.prototype, "polluted")
    }
    expect(json).toEqual({ a: 1 })
  })
})

describe("what JSON cannot say", () => {
  class Secret {
    readonly #value = 1
    get value(): number {
      return this.#value
    }
  }
  class Bag {
    *[Symbol.iterator]() {
      yield* this.items
    }
    readonly items = [1]
  }
  const cases: readonly [string, unknown, RegExp][] = [
    ["a BigInt", 10n, /a BigInt \(`10n`\).*`String\(value\)`/],
    ["a symbol", Symbol("s"), /a symbol/],
    ["a function", () => 1, /a function/],
    ["NaN", Number.NaN, /`NaN`/],
    ["Infinity", -Infinity, /`-Infinity`/],
    ["a Map", new Map(), /an instance of `Map`.*Object\.fromEntries/],
    ["a Set", new Set(), /an instance of `Set`/],
    ["a WeakMap", new WeakMap(), /an instance of `WeakMap`/],
    ["an Error", new TypeError("x"), /an instance of `Error`.*ToolError/],
    ["a RegExp", /x/, /an instance of `RegExp`/],
    ["an invalid Date", new Date(Number.NaN), /an invalid Date/],
    ["a typed array", new Uint8Array(2), /bytes.*`image\(bytes\)`/],
    ["a Buffer", Buffer.from("x"), /bytes/],
    ["an ArrayBuffer", new ArrayBuffer(1), /bytes/],
    ["a Blob", new Blob(["x"]), /an instance of `Blob`/],
    ["a Response", new Response("x"), /response\.json/],
    ["headers", new Headers(), /an instance of `Headers`/],
    ["search parameters", new URLSearchParams("a=1"), /an instance of `URLSearchParams`/],
    ["a boxed string", Object("x"), /an instance of `String`/],
    ["an iterator", [1].values(), /an instance of `Array Iterator`/],
    [
      "a class instance with nothing to send",
      new Secret(),
      /an instance of `Secret` that has no enumerable fields/,
    ],
    [
      "an async iterable",
      {
        [Symbol.asyncIterator]: async function* () {
          yield 1
        },
      },
      /an iterable that is no array.*yield\*/,
    ],
    ["an iterable", { [Symbol.iterator]: () => [1].values() }, /an iterable that is no array/],
    ["an iterable of a class", new Bag(), /an iterable that is no array/],
    ["a content block", markContent({ type: "text", text: "x" }), /a content block among data/],
  ]

  it("is refused where an iterable with data beside is the whole value", () => {
    const found = { total: 1, [Symbol.iterator]: () => [1].values() }
    expect(refusalOf(found).message).toMatch(/`result` is an iterable that is no array/)
  })

  it("does not refuse an iterable that says what it is as JSON", () => {
    const list = { [Symbol.iterator]: () => [1].values(), toJSON: () => [1, 2] }
    expect(toJsonValue(list, "tool `t`")).toEqual([1, 2])
  })

  for (const [name, value, message] of cases) {
    it(`is refused with what to do about it: ${name}`, () => {
      const refusal = refusalOf({ list: [{ "odd key": value }] })
      expect(refusal.path).toBe('result.list[0]["odd key"]')
      expect(refusal.message).toMatch(message)
    })
  }

  it("names who returned it, and carries its permanent code", () => {
    const refusal = refusalOf(1n)
    expect(refusal.code).toBe("FLEET-12")
    expect(refusal.message).toMatch(/^What tool `t` returned cannot be sent as JSON: `result` is a BigInt/)
  })

  it("is refused in arrays: undefined", () => {
    expect(refusalOf([1, undefined]).message).toMatch(/`result\[1\]` is `undefined`/)
  })

  it("is refused in arrays: holes", () => {
    const sparse = [1, 2, 3]
    delete sparse[1]
    expect(refusalOf(sparse).message).toMatch(/`result\[1\]` is a hole in an array/)
  })

  it("is refused: a reference back to a container, also far down", () => {
    const user: { friend?: { of: unknown } } = {}
    user.friend = { of: user }
    const refusal = refusalOf({ user })
    expect(refusal.path).toBe("result.user.friend.of")
    expect(refusal.message).toMatch(/a reference back/)
  })

  it("is refused: an object whose toJSON throws, with the cause", () => {
    const cause = new RangeError("no")
    const refusal = refusalOf({
      a: {
        toJSON() {
          throw cause
        },
      },
    })
    expect(refusal.cause).toBe(cause)
  })

  it("is refused: a toJSON that never ends", () => {
    class Endless {
      toJSON(): Endless {
        return new Endless()
      }
    }
    expect(refusalOf(new Endless()).message).toMatch(/deeper than/)
  })

  it("is refused: what nests too deep", () => {
    expect(toJsonValue(nest(MAX_JSON_DEPTH), "tool `t`")).toBeDefined()
    expect(refusalOf(nest(MAX_JSON_DEPTH + 1)).message).toMatch(/deeper than 256 levels/)
    expect(refusalOf(nest(100_000)).message).toMatch(/deeper than 256 levels/)
  })

  it("is refused: too many values, also when few objects are repeated", () => {
    let doubled: unknown = [1, 1]
    for (let level = 0; level < 60; level++) doubled = [doubled, doubled]
    expect(refusalOf(doubled).message).toMatch(/1000000 values/)
    expect(refusalOf(Array.from({ length: MAX_JSON_NODES }, () => 0)).message).toMatch(/1000000 values/)
  })

  it("keeps long paths and keys short", () => {
    let value: unknown = 1n
    for (let level = 0; level < 200; level++) value = { ["k".repeat(500)]: value }
    expect(refusalOf(value).path.length).toBeLessThanOrEqual(300)
  })
})

describe("a promise left in a returned value", () => {
  it("is named, with what to do", () => {
    const check = (): void => assertJson({ users: [{ posts: Promise.resolve([]) }] }, "tool `t`")
    expect(check).toThrow(UnawaitedPromise)
    expect(check).toThrow(/`result\.users\[0\]\.posts`\. Await it/)
  })

  it("is found when it is the whole value, or any thenable", () => {
    expect(() => assertJson(Promise.resolve(1), "tool `t`")).toThrow(UnawaitedPromise)
    // biome-ignore lint/suspicious/noThenProperty: a query builder's lazy thenable is what this finds
    expect(() => assertJson({ query: { then: () => 1 } }, "tool `t`")).toThrow(UnawaitedPromise)
  })

  it("does not end the process when it rejects later", async () => {
    const lost: unknown[] = []
    const note = (reason: unknown): void => {
      lost.push(reason)
    }
    process.on("unhandledRejection", note)
    try {
      const rejected = [Promise.reject(new RangeError("a")), { b: Promise.reject(new RangeError("b")) }]
      expect(() => assertJson(rejected, "tool `t`")).toThrow(UnawaitedPromise)
      await new Promise((resolve) => setImmediate(resolve))
    } finally {
      process.off("unhandledRejection", note)
    }
    expect(lost).toEqual([])
  })

  it("is not mistaken for a plain field named then", () => {
    // biome-ignore lint/suspicious/noThenProperty: data may have any key
    const value = { if: 1, then: 2 }
    expect(toJsonValue(value, "tool `t`")).toBe(value)
  })
})
