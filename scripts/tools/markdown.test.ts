import { describe, expect, it } from "vitest"
import { fences } from "./markdown.ts"

describe("fences", () => {
  it("finds TypeScript blocks with the line of their first code and what follows the language", () => {
    const found = fences(
      "# Title\n\n```ts\nconst a = 1\n```\n\n```sh\nls\n```\n\n```ts nocheck: a sketch\nb\n```\n",
    )
    expect(found).toEqual([
      { line: 4, info: "", code: "const a = 1", snippet: undefined },
      { line: 12, info: "nocheck: a sketch", code: "b", snippet: undefined },
    ])
  })

  it("reads the marker above a block, over a blank line", () => {
    expect(fences("<!-- snippet: examples/a.ts#x -->\n\n```ts\n```\n")[0]?.snippet).toBe("examples/a.ts#x")
  })

  it("takes no fence inside a longer fence for a block", () => {
    expect(fences("````md\n```ts\nno\n```\n````\n")).toEqual([])
  })

  it("removes the indentation of a block in a list", () => {
    expect(fences("- item\n  ```ts\n  a\n    b\n  ```\n")[0]?.code).toBe("a\n  b")
  })

  it("ends an unclosed block at the end of the page", () => {
    expect(fences("```ts\na")[0]?.code).toBe("a")
  })
})
