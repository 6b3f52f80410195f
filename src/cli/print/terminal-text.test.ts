import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { terminalJson, terminalLine, terminalText } from "./terminal-text.ts"

/** What must never reach a terminal: C0 and C1 controls but line breaks and tabs, and marks of direction. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for.
const harmful = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/u

/** Texts with more of what is harmful than chance would give. */
const hostile = fc
  .array(
    fc.oneof(
      fc.string({ unit: "binary" }),
      fc.constantFrom(
        "\u001b[2J",
        "\u001b]0;title\u0007",
        "\u001b]52;c;aGk=\u001b\\",
        "\u009b31m",
        "\u202e",
        "\u2066",
      ),
      fc.integer({ min: 0, max: 0x9f }).map((code) => String.fromCharCode(code)),
      fc.integer({ min: 0xd800, max: 0xdfff }).map((code) => String.fromCharCode(code)),
    ),
  )
  .map((parts) => parts.join(""))

describe("terminalText", () => {
  it("lets nothing through that a terminal obeys", () => {
    fc.assert(
      fc.property(hostile, (text) => {
        expect(terminalText(text)).not.toMatch(harmful)
        expect(terminalText(text)).not.toMatch(/[\ud800-\udfff]/u)
      }),
      { numRuns: 2_000 },
    )
  })

  it("leaves plain text of any script as it is", () => {
    const text = "Grüße, 世界! שלום 👩‍👩‍👧 नमस्ते\n\tnext"
    expect(terminalText(text)).toBe(text)
  })

  it("takes out colours, and shows every other sequence", () => {
    expect(terminalText("\u001b[1;31mred\u001b[0m")).toBe("red")
    expect(terminalText("\u001b[2Jgone\u001b]0;t\u0007")).toBe("\\u{1b}[2Jgone\\u{1b}]0;t\\u{7}")
  })

  it("shows marks that turn the direction of text, and text nobody sees", () => {
    expect(terminalText("a\u202eb\u{e0041}")).toBe("a\\u{202e}b\\u{e0041}")
  })

  it("does not let the removal of colours make a sequence", () => {
    expect(terminalText("\u001b\u001b[0m[2J")).toBe("\\u{1b}[2J")
  })

  it("ends lines by line breaks alone, so that no line is written over", () => {
    expect(terminalText("safe\r\nsafe\revil")).toBe("safe\nsafe\\u{d}evil")
  })
})

describe("terminalLine", () => {
  it("is one line of bounded length", () => {
    expect(terminalLine("a\n b\t c")).toBe("a b c")
    expect(terminalLine("x".repeat(50), 10)).toBe(`${"x".repeat(10)}…`)
  })

  it("lets nothing through that a terminal obeys", () => {
    fc.assert(
      fc.property(hostile, (text) => {
        expect(terminalLine(text)).not.toMatch(harmful)
      }),
    )
  })
})

describe("terminalJson", () => {
  it("is the same value to whoever reads it, and nothing to a terminal", () => {
    fc.assert(
      fc.property(fc.dictionary(hostile, fc.oneof(hostile, fc.double(), fc.constant(null))), (value) => {
        const text = terminalJson(value)
        expect(text).not.toMatch(harmful)
        expect(JSON.parse(text)).toEqual(JSON.parse(JSON.stringify(value)))
      }),
      { numRuns: 1_000 },
    )
  })

  it("is `null` for what JSON cannot say", () => {
    expect(terminalJson(undefined)).toBe("null")
  })
})
