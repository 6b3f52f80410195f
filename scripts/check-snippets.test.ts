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
