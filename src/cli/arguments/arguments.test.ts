import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { WrongArguments, WrongUsage } from "../../errors/dialogue.ts"
import { toArguments } from "./arguments.ts"
import { toPairs, toTree } from "./pairs.ts"
import { createReader } from "./reader.ts"

const callee = { kind: "tool", signature: "x()" } as const
const nobody = async () => undefined

/** Reads words as the arguments of a tool with these properties. */
async function read(properties: object, words: readonly string[], more: object = {}) {
  const reader = await createReader({ type: "object", properties, ...more }, "x")
  return toArguments(reader, { json: {}, pairs: toPairs(words), ask: nobody }, callee)
}

describe("arguments of a command line", () => {
  it.each([
    ["number", "1.5", 1.5],
    ["integer", "3", 3],
    ["boolean", "true", true],
    ["null", "null", null],
    ["string", "3", "3"],
    ["string", "", ""],
    ["string", "a=b", "a=b"],
    ["array", "[1, 2]", [1, 2]],
    ["object", '{"b":1}', { b: 1 }],
    [["number", "null"], "null", null],
    [["string", "number"], "3", "3"],
    [["integer", "boolean"], "false", false],
  ])("reads what the schema wants: %s of %s", async (type, text, value) => {
    expect(await read({ a: { type } }, [`a=${text}`])).toEqual({ a: value })
  })

  it("takes any name where a schema names none", async () => {
    const reader = await createReader({ type: "object" }, "x")
    const given = { json: {}, pairs: toPairs(["a.b=1"]), ask: nobody }
    expect(await toArguments(reader, given, callee)).toEqual({ a: { b: 1 } })
  })

  it("reads a member of an `enum` as what it is", async () => {
    expect(await read({ a: { enum: [1, "two", true] } }, ["a=two"])).toEqual({ a: "two" })
    expect(await read({ a: { enum: [1, 2] } }, ["a=2"])).toEqual({ a: 2 })
  })

  it("reads JSON where anything is allowed, and text where it is none", async () => {
    expect(await read({ a: {}, b: {} }, ["a=[1]", "b=x y"])).toEqual({ a: [1], b: "x y" })
  })

  it("makes a list of what is given several times, or once where a list is wanted", async () => {
    const list = { type: "array", items: { type: "integer" } }
    expect(await read({ a: list }, ["a=1", "a=2"])).toEqual({ a: [1, 2] })
    expect(await read({ a: list }, ["a=1"])).toEqual({ a: [1] })
    await expect(read({ a: { type: "integer" } }, ["a=1", "a=2"])).rejects.toThrow("takes one value")
  })

  it("makes objects of dotted names, unless a property is called so", async () => {
    const user = { type: "object", properties: { name: { type: "string" }, age: { type: "integer" } } }
    expect(await read({ user }, ["user.name=3", "user.age=3"])).toEqual({ user: { name: "3", age: 3 } })
    expect(await read({ "a.b": { type: "integer" } }, ["a.b=1"])).toEqual({ "a.b": 1 })
    await expect(read({ user }, ['user={"age":1}', "user.name=x"])).rejects.toThrow(WrongUsage)
    await expect(read({ user }, ["user.name=x", 'user={"age":1}'])).rejects.toThrow(WrongUsage)
  })

  it("reads schemas with references and choices", async () => {
    const $defs = { n: { type: "integer" } }
    expect(await read({ a: { $ref: "#/$defs/n" } }, ["a=1"], { $defs })).toEqual({ a: 1 })
    expect(await read({ a: { anyOf: [{ type: "number" }, { type: "null" }] } }, ["a=null"])).toEqual({
      a: null,
    })
  })

  it("fills in no defaults, which are for the server", async () => {
    expect(await read({ a: { type: "integer", default: 1 } }, [])).toEqual({})
  })

  it("names unknown arguments, the nearest known ones, missing ones and wrong values", async () => {
    const properties = { user: { type: "string" }, count: { type: "integer" } }
    const error: unknown = await read(properties, ["usre=x", "count=many"], { required: ["user"] }).catch(
      (e) => e,
    )
    expect(error).toBeInstanceOf(WrongArguments)
    expect(String(error)).toContain("`usre`: there is no such argument; did you mean `user`?")
    expect(String(error)).toContain("`user`: expected string, got nothing")
    expect(String(error)).toContain('`count`: expected integer, got string "many"')
  })

  it("takes any name where the schema does", async () => {
    expect(await read({}, ["x=1"], { additionalProperties: { type: "string" } })).toEqual({ x: "1" })
    expect(await read({}, ["x=1"], { additionalProperties: true })).toEqual({ x: 1 })
  })

  it("asks for what is missing, when there is somebody", async () => {
    const schema = { type: "object", properties: { a: { type: "integer" } }, required: ["a"] }
    const reader = await createReader(schema, "x")
    const ask = async (names: readonly string[]) => Object.fromEntries(names.map((name) => [name, "7"]))
    expect(await toArguments(reader, { json: {}, pairs: [], ask }, callee)).toEqual({ a: 7 })
  })

  it("leaves to the server what a schema means that cannot be used here", async () => {
    const reader = await createReader({ type: "object", properties: { a: { $ref: "https://x.test/" } } }, "x")
    const given = { json: {}, pairs: toPairs(["a=1"]), ask: nobody }
    expect(await toArguments(reader, given, callee)).toEqual({ a: 1 })
  })

  it("keeps names such as `__proto__` names", async () => {
    const reader = await createReader({ type: "object" }, "x")
    const tree = toTree(toPairs(["__proto__.polluted=1", "constructor.x=2"]), reader)
    expect(Object.keys(tree)).toEqual(["__proto__", "constructor"])
    expect(Object.hasOwn({}, "polluted") || "polluted" in {}).toBe(false)
  })

  it("refuses with an error of ours or reads, whatever words are given", async () => {
    const reader = await createReader({ type: "object", properties: { a: { type: "array" }, b: {} } }, "x")
    const word = fc.oneof(fc.string(), fc.stringMatching(/^[ab]?(\.[ab_]{0,9}){0,4}=.{0,5}$/))
    fc.assert(
      fc.property(fc.array(word), (words) => {
        try {
          toTree(toPairs(words), reader)
        } catch (error) {
          expect(error).toBeInstanceOf(WrongUsage)
        }
      }),
    )
  })
})
