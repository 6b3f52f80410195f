import { describe, expect, it } from "vitest"
import { assertMatches } from "./matches.ts"

describe("assertMatches", () => {
  it.each([
    ["a value", 3, 3],
    ["an object that has more", { a: 1, b: 2 }, { a: 1 }],
    ["entries that have more", [{ a: 1, b: 2 }], [{ a: 1 }]],
    ["a text that matches a pattern", { a: "some text" }, { a: /^some/ }],
  ])("takes %s", (_, actual, expected) => {
    expect(() => assertMatches(actual, expected)).not.toThrow()
  })

  it.each([
    {
      what: "another value",
      actual: { a: { b: 3 } },
      expected: { a: { b: 4 } },
      message: "answer.a.b is 3, not 4",
    },
    { what: "a text for a number", actual: "3", expected: 3, message: 'answer is "3", not 3' },
    { what: "nothing", actual: {}, expected: { a: { b: 1 } }, message: "answer.a is undefined, not" },
    { what: "more entries", actual: [1, 2], expected: [1], message: "answer has 2 entries, not 1: [1,2]" },
    {
      what: "an object for a list",
      actual: { 0: 1 },
      expected: [1],
      message: "answer has undefined entries",
    },
    { what: "another text", actual: "text", expected: /^some/, message: '"text", which does not match' },
  ])("refuses $what, and says where", ({ actual, expected, message }) => {
    expect(() => assertMatches(actual, expected)).toThrow(message)
  })
})
