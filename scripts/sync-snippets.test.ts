import { describe, expect, it } from "vitest"
import { sync } from "./sync-snippets.ts"

const example =
  'import "x"\n\nfunction f() {\n  // #region body\n  const a = 1\n    return a\n  // #endregion body\n}\n'
const read = (path: string): string | undefined => (path === "examples/x.ts" ? example : undefined)

describe("sync", () => {
  it("puts a region into the block below its marker, without its indentation", () => {
    const page = "Text\n\n<!-- snippet: examples/x.ts#body -->\n```ts\nold\nlines\n```\nMore\n"
    const { text, problems } = sync(page, read)
    expect(text).toBe(
      "Text\n\n<!-- snippet: examples/x.ts#body -->\n```ts\nconst a = 1\n  return a\n```\nMore\n",
    )
    expect(problems).toEqual(["5: differs from `examples/x.ts#body`"])
  })

  it("says nothing about a page that is in step", () => {
    const page = "<!-- snippet: examples/x.ts#body -->\n```ts\nold\n```\n"
    expect(sync(sync(page, read).text, read).problems).toEqual([])
  })

  it("fills an empty block", () => {
    const { text } = sync("<!-- snippet: examples/x.ts#body -->\n```ts\n```\n", read)
    expect(text).toBe("<!-- snippet: examples/x.ts#body -->\n```ts\nconst a = 1\n  return a\n```\n")
  })

  it("takes the whole file without its region marks when no region is named", () => {
    const { text } = sync("<!-- snippet: examples/x.ts -->\n```ts\n```\n", read)
    expect(text).toContain("function f() {\n  const a = 1\n    return a\n}\n```")
  })

  it("names a marker that points at nothing, and leaves its block", () => {
    const page =
      "<!-- snippet: examples/x.ts#gone -->\n```ts\nold\n```\n<!-- snippet: examples/y.ts -->\n```ts\n```\n"
    expect(sync(page, read)).toEqual({
      text: page,
      problems: ["3: there is no `examples/x.ts#gone`", "7: there is no `examples/y.ts`"],
    })
  })

  it("leaves blocks without a marker alone", () => {
    expect(sync("```ts\nfree\n```\n", read).problems).toEqual([])
  })
})
