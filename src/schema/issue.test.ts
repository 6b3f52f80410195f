import { describe, expect, it } from "vitest"
import { describeIssues, describeValue, expectedIssue, saidIssue, showPath } from "./issue.ts"
import { boundIssues, unexpectedIssue } from "./issues.ts"
import { showLiterals } from "./literals.ts"

describe("describeIssues", () => {
  it("gives one line per path, saying what was expected and what came", () => {
    const issues = [
      expectedIssue(["a"], "number", "x"),
      expectedIssue(["items", 0, "name"], "string", undefined),
      expectedIssue(["a"], "number >= 3", "x"),
    ]
    expect(describeIssues(issues)).toBe(
      '`a`: expected number, got string "x"; expected number >= 3, got string "x"\n`items[0].name`: expected string, got nothing',
    )
  })

  it("says that the root is wrong as a whole", () => {
    expect(describeIssues([expectedIssue([], "object", [1])])).toBe(
      "the whole value: expected object, got array of 1 item",
    )
  })

  it("says the same thing about a path once", () => {
    const issue = unexpectedIssue(["a"])
    expect(describeIssues([issue, issue])).toBe("`a`: unexpected property")
  })

  it("shows a bounded number of lines and counts the rest", () => {
    const issues = Array.from({ length: 40 }, (_, at) => unexpectedIssue([`p${at}`]))
    const lines = describeIssues(issues).split("\n")
    expect([lines.length, lines.at(-1)]).toEqual([13, "… and 28 more"])
  })

  it("is bounded whatever keys, values and messages are", () => {
    const huge = "x".repeat(1_000_000)
    const issues = [
      expectedIssue([huge, huge], huge, huge),
      saidIssue(Array(1_000).fill("a b"), huge, { [huge]: huge }),
    ]
    expect(describeIssues(issues).length).toBeLessThan(2_000)
    expect(JSON.stringify(issues[0]).length).toBeLessThan(1_500)
  })

  it("keeps hostile text on its line", () => {
    const text = describeIssues([saidIssue(["a\nb"], "bad\r\nnews\u2028here\u202e", "x\ny")])
    expect(text.split("\n")).toHaveLength(1)
    expect(text).not.toMatch(/[\r\u2028\u202e]/)
  })
})

describe("showPath", () => {
  it.each([
    [["a", "b", 0, "c"], "a.b[0].c"],
    [[0, 1], "[0][1]"],
    [["a b", "x-y", "ünï"], '["a b"].x-y.ünï'],
    [["", "1"], '[""]["1"]'],
  ])("writes %j as %s", (path, shown) => {
    expect(showPath(path)).toBe(shown)
  })
})

describe("describeValue", () => {
  it.each([
    [undefined, "nothing"],
    [null, "null"],
    [1.5, "number 1.5"],
    [true, "boolean true"],
    ["abc", 'string "abc"'],
    ["x".repeat(100), `string "${"x".repeat(40)}…"`],
    [`${"x".repeat(39)}😀`, `string "${"x".repeat(39)}\ufffd…"`],
    [[1, 2], "array of 2 items"],
    [{ secret: 1 }, "object"],
    [10n, "bigint 10"],
    [new Date(0), "Date"],
    [() => 1, "function"],
    [Symbol("s"), "symbol"],
  ])("names %o", (value, words) => {
    expect(describeValue(value)).toBe(words)
  })
})

describe("showLiterals", () => {
  it("lists a bounded number of values", () => {
    expect(showLiterals(["a", 1, null])).toBe('one of "a", 1, null')
    expect(showLiterals(["a"])).toBe('"a"')
    expect(showLiterals(Array.from({ length: 500 }, (_, at) => at))).toMatch(/11, …$/)
  })
})

describe("boundIssues", () => {
  it("keeps fifty", () => {
    expect(boundIssues(Array.from({ length: 60 }, () => unexpectedIssue([])))).toHaveLength(50)
  })
})
