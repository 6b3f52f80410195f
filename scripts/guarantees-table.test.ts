import { expect, it } from "vitest"
import { withTable } from "./guarantees-table.ts"

it("replaces what stands between the marks, and nothing else", () => {
  const text = "# Page\n\n<!-- guarantees:begin -->\n\n| old |\n\n<!-- guarantees:end -->\n\nText\n"
  expect(withTable(text, "| $& |\n| new |")).toBe(
    "# Page\n\n<!-- guarantees:begin -->\n\n| $& |\n| new |\n\n<!-- guarantees:end -->\n\nText\n",
  )
})

it("says so where the marks are missing", () => {
  expect(withTable("# Page\n", "| new |")).toBeUndefined()
})
