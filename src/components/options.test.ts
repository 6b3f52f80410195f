import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { InvalidName } from "../errors/components.ts"
import type { OptionTest } from "./option-kinds.ts"
import { assertOptions, type KnownOptions, type OptionKind, readOptions } from "./options.ts"
import { prompt } from "./prompt.ts"
import { requireScopes } from "./require-scopes.ts"
import { resource } from "./resource.ts"
import { textResource } from "./static-resources.ts"
import { tool } from "./tool.ts"

const even: OptionTest = { holds: (value) => Number(value) % 2 === 0, expected: "an even number" }
const known: KnownOptions = {
  kinds: {
    name: "string",
    mode: ["slow", "fast"],
    even,
    secret: { ...even, isSecret: true },
    inner: { kinds: { size: "size" }, isFlag: true },
  },
  foreign: { title: "Use `name`." },
}
const given = (options: unknown) => () => assertOptions("The thing `x`", options as object, known)

describe("assertOptions", () => {
  it.each([
    {},
    { name: undefined },
    { name: "", mode: "fast", even: 2, inner: { size: 0 } },
    { inner: false },
  ])("takes %j", (options) => {
    expect(given(options)).not.toThrow()
  })

  it.each([
    [{ nmae: 1 }, "The thing `x` has no option `nmae`. Did you mean `name`?"],
    [{ title: 1 }, "The thing `x` has no option `title`. Use `name`."],
    [{ zzzzzz: 1 }, "The thing `x` has no option `zzzzzz`."],
    [{ toString: 1 }, "The thing `x` has no option `toString`."],
    [{ inner: { zzzzzz: 1 } }, "The `inner` of the thing `x` has no option `zzzzzz`. It has `size`."],
    [{ inner: { sise: 1 } }, "The `inner` of the thing `x` has no option `sise`. Did you mean `size`?"],
  ])("refuses the unknown name of %j", (options, message) => {
    expect(given(options)).toThrow(expect.objectContaining({ code: "FLEET-09", message }))
  })

  it.each([
    [{ name: 5 }, "The option `name` of the thing `x` is `5`. Give a string."],
    [{ name: null }, "The option `name` of the thing `x` is `null`. Give a string."],
    [{ name: {} }, "The option `name` of the thing `x` is an object. Give a string."],
    [{ name: () => 1 }, "The option `name` of the thing `x` is a function. Give a string."],
    [{ name: Symbol("s") }, "The option `name` of the thing `x` is `Symbol(s)`. Give a string."],
    [{ mode: "mid" }, 'The option `mode` of the thing `x` is `"mid"`. Give `slow` or `fast`.'],
    [{ even: "3" }, 'The option `even` of the thing `x` is `"3"`. Give an even number.'],
    [{ secret: "xyz" }, "The option `secret` of the thing `x` is of another kind. Give an even number."],
    [{ inner: 5 }, "The value for the `inner` of the thing `x` is `5`. Give an object."],
    [
      { inner: { size: -1 } },
      "The option `size` of the `inner` of the thing `x` is `-1`. Give a whole number, 0 or more.",
    ],
    [5, "The value for the thing `x` is `5`. Give an object."],
    [null, "The value for the thing `x` is `null`. Give an object."],
    [[], "The value for the thing `x` is a list. Give an object."],
    [() => 1, "The value for the thing `x` is a function. Give an object."],
  ])("refuses the value of %j", (options, message) => {
    expect(given(options)).toThrow(expect.objectContaining({ code: "INVALID_OPTION", message }))
  })

  it("lists names with commas", () => {
    const four = { kinds: { a1: "any", b2: "any", c3: "any", d4: "any" } } as const
    expect(() => assertOptions("`f()`", { zzzzzz: 1 }, four)).toThrow("It has `a1`, `b2`, `c3` and `d4`.")
  })

  it("misses what is required", () => {
    expect(() => assertOptions("`f()`", {}, { kinds: { name: "string" }, required: ["name"] })).toThrow(
      "The option `name` of `f()` is `undefined`. Give a string.",
    )
  })

  it("leaves the fields of a class to it, and looks at those that it knows", () => {
    class Thing {
      count = 0
      name: unknown = "a"
    }
    expect(given(new Thing())).not.toThrow()
    expect(given(Object.assign(new Thing(), { name: 1 }))).toThrow("is `1`")
    expect(given(Object.assign(Object.create(null), { count: 0 }))).toThrow("no option `count`")
  })

  it("throws nothing but its two errors, whatever it is given", () => {
    fc.assert(
      fc.property(fc.anything({ withNullPrototype: true, withBigInt: true }), (options) => {
        try {
          given(options)()
        } catch (error) {
          expect(error).toMatchObject({ code: expect.stringMatching(/^(FLEET-09|INVALID_OPTION)$/) })
        }
      }),
    )
  })
})

describe("kinds of options", () => {
  const cases: readonly (readonly [OptionKind, readonly unknown[], readonly unknown[]])[] = [
    ["string", ["", "a"], [1, null, {}]],
    ["boolean", [true, false], [0, "true", null]],
    ["function", [() => 1, class {}], [{}, "f"]],
    ["object", [{}, new Map()], [[], null, () => 1, "o"]],
    ["list", [[], [1]], [{}, "l", new Set()]],
    ["strings", [[], ["a"]], ["a", [1], [undefined]]],
    ["count", [1, 2 ** 40], [0, -1, 1.5, Number.NaN, Number.POSITIVE_INFINITY, "1"]],
    ["size", [0, 1], [-1, 0.5, Number.NaN, "0"]],
    ["timeout", [0.5, 2 ** 31, Number.POSITIVE_INFINITY], [0, -1, Number.NaN, "1"]],
    ["ms", [0.5, 1, 2 ** 31 - 1], [0, -1, 2 ** 31, Number.NaN, Number.POSITIVE_INFINITY, "1"]],
    ["graceMs", [0, 5000], [-1, 2 ** 31, Number.POSITIVE_INFINITY, "0"]],
    ["port", [0, 1, 65_535], [-1, 65_536, 80.5, "80", Number.NaN]],
  ]
  it.each(cases)("%s", (kind, good, bad) => {
    const accepts = (value: unknown) => {
      try {
        assertOptions("`f()`", { value }, { kinds: { value: kind } })
        return true
      } catch {
        // The only other verdict there is.
        return false
      }
    }
    expect(good.filter((value) => !accepts(value))).toEqual([])
    expect(bad.filter(accepts)).toEqual([])
  })
})

describe("the options of components", () => {
  const component = { tool: "t", uri: "a://b", template: "a://{b}", prompt: "p" }
  const makers: readonly (readonly [string, (options: object) => unknown])[] = [
    ["tool", (options) => tool({ name: component.tool, ...options }, () => 1)],
    ["resource", (options) => resource({ uri: component.uri, ...options }, () => 1)],
    ["template", (options) => resource({ uri: component.template, ...options }, () => 1)],
    ["prompt", (options) => prompt({ name: component.prompt, ...options }, () => "x")],
  ]
  const wrong = [
    { title: 5 },
    { description: ["a"] },
    { tags: "a" },
    { version: 2 },
    { meta: "x" },
    { timeout: 0 },
    { timeout: "1s" },
    { timeout: Number.NaN },
    { auth: "admin" },
    { auth: false },
    { auth: [] },
    { auth: {} },
    { auth: { scopes: [] } },
    { auth: { scopes: "admin" } },
    { auth: [{ scopes: ["a"] }, "b"] },
  ]
  const all = makers.flatMap(([kind, make]) => wrong.map((options) => ({ kind, options, make })))
  it.each(all)("of a $kind cannot be $options", ({ options, make }) => {
    expect(() => make(options)).toThrow(expect.objectContaining({ code: "INVALID_OPTION" }))
  })

  it.each([
    { cache: { ttlMs: -1 } },
    { cache: { scope: "shared" } },
    { cache: 5 },
    { mimeType: 5 },
    { size: -1 },
    { annotations: "x" },
  ])("of a resource cannot be %j", (options) => {
    expect(() => resource({ uri: "a://b", ...options } as never, () => 1)).toThrow(
      expect.objectContaining({ code: "INVALID_OPTION" }),
    )
  })

  it("name the nearest inside of options, too", () => {
    const options = { uri: "a://b", cache: { ttlMS: 5 } }
    expect(() => resource(options as never, () => 1)).toThrow("Did you mean `ttlMs`?")
    expect(() => resource({ uri: "a://{b}", security: { exemt: true } } as never, () => 1)).toThrow(
      "Did you mean `exempt`?",
    )
  })

  it.each([{ render: "x" }, { lenient: 1 }, { dereference: "no" }, { headers: ["a"] }])(
    "of a tool cannot be %j",
    (options) => {
      expect(() => tool({ name: "t", ...options } as never, () => 1)).toThrow(
        expect.objectContaining({ code: "INVALID_OPTION" }),
      )
    },
  )
})

describe("readOptions", () => {
  it("reads what is inherited, leaves out what is undefined or unknown, and binds methods", () => {
    class Thing {
      #mode = "fast"
      readonly even = undefined
      readonly other = 1
      get name() {
        return "x"
      }
      mode() {
        return this.#mode
      }
    }
    // Only read.
    const read = readOptions(new Thing() as object, known) as { readonly mode: () => string }
    expect(Object.keys(read)).toEqual(["name", "mode"])
    expect(read.mode()).toBe("fast")
  })
})

describe("the options of a component", () => {
  const auth = requireScopes("admin")

  class Secret {
    readonly uri: string
    readonly name = "secret"
    readonly meta = { a: 1 }
    constructor(uri: string) {
      this.uri = uri
    }
    get auth() {
      return auth
    }
    get timeout() {
      return 5
    }
  }
  const inherited = (uri: string) => Object.create({ uri, name: "secret", auth, timeout: 5 })

  it.each([
    ["resource()", () => resource(new Secret("x://a"), () => "s")],
    ["a template", () => resource(new Secret("x://{a}"), () => "s")],
    ["resource(), of a prototype", () => resource(inherited("x://a"), () => "s")],
    ["a template, of a prototype", () => resource(inherited("x://{a}"), () => "s")],
    ["textResource()", () => textResource(new Secret("x://a"), "s")],
    ["tool()", () => tool(inherited("x://a"), () => "s")],
    ["prompt()", () => prompt(inherited("x://a"), () => "s")],
  ])("keep what a class or prototype has of them: %s", (_, make) => {
    // `uri` is no option of tools and prompts, and the fields of a class are its own business.
    expect(make()).toMatchObject({ auth, timeout: 5, name: "secret" })
  })

  it.each([
    ["mcp.tool()", () => tool(undefined as never, undefined as never), "Give `{ name: … }`."],
    ["tool of the SDK", () => tool("add" as never, {} as never), 'Give `{ name: "add" }`.'],
    ["prompt", () => prompt(undefined as never, () => "x"), "Give `{ name: … }`."],
    ["resource", () => resource(undefined as never, () => "x"), "Give `{ uri: … }`."],
    ["textResource", () => textResource(null as never, "x"), "Give `{ uri: … }`."],
  ])("are refused where they are none: %s", (_, make, message) => {
    expect(make).toThrow(
      expect.objectContaining({ code: "INVALID_OPTION", message: expect.stringContaining(message) }),
    )
  })

  it.each([
    [
      "tool",
      () => tool({ nam: "x" } as never, () => 1),
      "The tool has no option `nam`. Did you mean `name`?",
    ],
    [
      "resource",
      () => resource({ uriTemplate: "u://{id}" } as never, () => 1),
      "The resource has no option `uriTemplate`. Use `uri`; one that has variables makes a template.",
    ],
    ["prompt", () => prompt({ nam: "x" } as never, () => "x"), "The prompt has no option `nam`."],
  ])("name what the name was written as: %s", (_, make, message) => {
    expect(make).toThrow(
      expect.objectContaining({ code: "FLEET-09", message: expect.stringContaining(message) }),
    )
  })

  it.each([
    [{}, "`undefined` cannot be a resource URI"],
    [{ uri: Object.create(null) }, "`an object` cannot be a resource URI"],
  ])("need a URI: %j", (config, message) => {
    expect(() => resource(config as never, () => 1)).toThrow(
      expect.objectContaining({ code: "FLEET-04", message: expect.stringContaining(message) }),
    )
  })

  it("have no suggestion for a name of which nothing can be kept", () => {
    expect(new InvalidName("tool", "it is empty")).not.toHaveProperty("suggestion")
    expect(new InvalidName("tool", "it holds a blank", "a_b").suggestion).toBe("a_b")
  })
})
