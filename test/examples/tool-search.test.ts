import { describe, expect, it } from "vitest"
import bulk from "../../examples/middleware-bulk-tools.ts"
import code from "../../examples/transforms-code-mode.ts"
import search from "../../examples/transforms-search.ts"
import { callForText, connect } from "./example.ts"

describe("transforms-*.ts", () => {
  it("finds a tool and calls it", async () => {
    const client = await connect(search)
    expect(await callForText(client, "search_tools", { query: "seats for a meeting" })).toContain("book_room")
    const args = { name: "book_room", arguments: { people: 4 } }
    expect(await callForText(client, "call_tool", args)).toBe("A room for 4")
  })

  it("runs a program", { timeout: 20_000 }, async () => {
    const program =
      "const all = await Promise.all(['pen', 'paper'].map((article) => tools.price({ article })))\n" +
      "return all.reduce((sum, { euros }) => sum + euros, 0)"
    expect(await callForText(await connect(code), "execute", { code: program })).toBe("8")
  })

  it("calls a tool many times", async () => {
    const calls = [1, 2].map((n) => ({ name: "double", arguments: { n } }))
    expect(await callForText(await connect(bulk), "call_tools_bulk", { calls })).toContain(
      '"structuredContent":4',
    )
  })
})
