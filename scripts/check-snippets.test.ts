import { describe, expect, it } from "vitest"
import { checkPages } from "./check-snippets.ts"

const check = (text: string): readonly string[] => checkPages(new Map([["docs/page.md", text]])).problems

describe("checkPages", { timeout: 60_000 }, () => {
  it("names the page's line for what does not compile", () => {
    expect(check('# Page\n\n```ts\nconst a = 1\nconst b: number = "x"\n```\n')).toEqual([
      "docs/page.md:5: TS2322 Type 'string' is not assignable to type 'number'.",
    ])
  })

  it("compiles each block for itself, and one that continues with those above it", () => {
    const problems = check(
      "```ts\nconst a = 1\n```\n\n```ts continues\nconst b: number = a\n```\n\n```ts\na\n```\n",
    )
    expect(problems).toEqual(["docs/page.md:10: TS2304 Cannot find name 'a'."])
  })

  it("passes over a block that says why it cannot compile, and refuses one that does not", () => {
    expect(check("```ts nocheck: a sketch\n%\n```\n\n```ts nocheck\n%\n```\n")).toEqual([
      "docs/page.md:5: `nocheck` needs its reason",
    ])
  })
})

describe("checkPages of sources", { timeout: 60_000 }, () => {
  const check = (text: string): readonly string[] =>
    checkPages(new Map(), new Map([["src/x.ts", text]])).problems

  it("compiles the examples of docstrings, to which public names are known", () => {
    expect(
      check('/**\n * Makes a tool.\n *\n * @example\n * mcp.add(tool({ name: "a" }, () => 1))\n */\n'),
    ).toEqual([])
  })

  it("names the line of an example that does not compile", () => {
    expect(check("class A {\n  /**\n   * @example\n   * tool({ name: 1 }, () => 1)\n   */\n}\n")).toEqual([
      "src/x.ts:4: TS2322 Type 'number' is not assignable to type 'string'.",
    ])
  })
})
