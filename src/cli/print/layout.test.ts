import fc from "fast-check"
import stringWidth from "fast-string-width"
import { describe, expect, it } from "vitest"
import { bytes, shorten, withRemark, wrap } from "./layout.ts"

describe("layout", () => {
  it("wraps to columns, where an ideograph takes two", () => {
    const lines = wrap("世界".repeat(30), 40, { indent: 2, hanging: 4 }).split("\n")
    expect(lines.length).toBeGreaterThan(1)
    for (const line of lines) expect(stringWidth(line)).toBeLessThanOrEqual(40)
    expect(lines[1]).toMatch(/^ {6}界/)
  })

  it("wraps nothing where nobody reads lines", () => {
    expect(wrap("a ".repeat(200), Number.POSITIVE_INFINITY)).not.toContain("\n")
  })

  it("shortens to columns", () => {
    expect(shorten("abc", 3)).toBe("abc")
    expect(shorten("世界世界", 5)).toBe("世界…")
    fc.assert(
      fc.property(fc.string({ unit: "grapheme" }), fc.integer({ min: 2, max: 40 }), (text, columns) => {
        expect(stringWidth(shorten(text, columns))).toBeLessThanOrEqual(columns)
      }),
    )
  })

  it("puts a remark where there is room for it", () => {
    expect(withRemark("abc", "#x", 20)).toBe("abc  #x")
    expect(withRemark("a".repeat(19), "#x", 20)).toBe(`${"a".repeat(19)}\n      #x`)
  })

  it.each([
    [0, "0 B"],
    [999, "999 B"],
    [1_000, "1.0 kB"],
    [12_345, "12.3 kB"],
    [999_960, "1.0 MB"],
    [5e12, "5000.0 GB"],
  ])("writes %d bytes as %s", (count, text) => {
    expect(bytes(count)).toBe(text)
  })
})
