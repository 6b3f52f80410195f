import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { linearPattern } from "./linear-regex.ts"

const plenty = 5_000_000

function matches(pattern: string, text: string, flags = "u"): boolean {
  const compiled = linearPattern(pattern, flags)
  if ("problem" in compiled) throw new TypeError(compiled.problem)
  return compiled.test(text, { fuel: plenty })
}

describe("linearPattern", () => {
  it.each([
    ["^a+b?$", ["a", "aab", "b", "", "aabb"]],
    ["a|bc|", ["", "x"]],
    ["^(?:a|bc)$", ["a", "bc", "abc", "b"]],
    ["^(?<year>\\d{4})-(\\d\\d)$", ["2026-07", "2026-7", "x2026-07"]],
    ["^(?!\\.)(?!.*\\.\\.)[a-z.]+$", ["a.b", ".a", "a..b", "a"]],
    ["^(?=.*\\d)(?=.*[a-z]).{4,6}$", ["ab12", "abcd", "1234", "abcde12", "a1\n23"]],
    ["\\bcat\\b", ["a cat!", "concat", "cat"]],
    ["\\Bcat", ["concat", "cat"]],
    ["^[^\\]a]{2,}$", ["bb", "b]", "ab", "b\nb"]],
    ["^\\p{L}+\\u{1F600}?$", ["é😀", "é", "😀", "1"]],
    ["^\\uD83D\\uDE00$", ["😀"]],
    ["^.$", ["😀", "\n", "a", "ab"]],
    ["(a*)*$", ["", "aaa", "b"]],
    ["^(a?){3}$", ["", "a", "aaa", "aaaa"]],
    ["x{0}y", ["y", "xy"]],
    ["^\\x41\\cJ\\/$", ["A\n/"]],
  ])("agrees with the native engine on `%s`", (pattern, texts) => {
    const native = new RegExp(pattern, "u")
    for (const text of texts) expect([text, matches(pattern, text)]).toEqual([text, native.test(text)])
  })

  it("agrees with the native engine on the older syntax", () => {
    for (const [pattern, text] of [
      ["^[\\w-.]+$", "a-b.c"],
      ["^a{,3}$", "a{,3}"],
      ["^\\-\\_$", "-_"],
      ["^\\p$", "p"],
    ] as const) {
      expect([pattern, matches(pattern, text, "")]).toEqual([pattern, new RegExp(pattern).test(text)])
    }
  })

  it("agrees with the native engine on any pattern it accepts", () => {
    const atom = fc.constantFrom(
      "a",
      "b",
      ".",
      "[ab]",
      "[^a]",
      "\\w",
      "\\b",
      "(?=a)",
      "(?!b)",
      "^",
      "$",
      "(a|b)",
      "(?:ab?)",
    )
    const part = fc.tuple(atom, fc.constantFrom("", "*", "+", "?", "{2}", "{1,}", "{0,2}", "*?"))
    const pattern = fc
      .array(
        fc.oneof(
          part.map((pair) => pair.join("")),
          fc.constant("|"),
        ),
        { maxLength: 6 },
      )
      .map((parts) => parts.join(""))
    fc.assert(
      fc.property(
        pattern,
        fc.string({ unit: fc.constantFrom("a", "b", "c", " ", "\n"), maxLength: 8 }),
        (source, text) => {
          let native: RegExp
          try {
            native = new RegExp(source, "u")
          } catch {
            // Not a pattern: nothing to compare.
            return
          }
          expect(matches(source, text)).toBe(native.test(text))
        },
      ),
      { numRuns: 1_500 },
    )
  }, 60_000)

  it.each(["(a+)+$", "(a|a)*$", "(a|ab)*c", "a*a*a*a*a*a*a*a*a*a*b", "(?=(a+)+b)a"])(
    "takes linear time for `%s`, which hangs a backtracking engine",
    (pattern) => {
      const compiled = linearPattern(pattern, "u")
      if ("problem" in compiled) throw new TypeError(compiled.problem)
      const steps = (length: number) => {
        const tank = { fuel: 1e9 }
        compiled.test(`${"a".repeat(length)}!`, tank)
        return 1e9 - tank.fuel
      }
      // The look ahead runs to the end from every place: at worst the square.
      expect(steps(200)).toBeLessThan(steps(100) * 5)
    },
  )

  it("stops when the fuel is used up", () => {
    const compiled = linearPattern("a*b", "u")
    if ("problem" in compiled) throw new TypeError(compiled.problem)
    const tank = { fuel: 50 }
    expect(compiled.test("a".repeat(1_000), tank)).toBe(false)
    expect(tank.fuel).toBeLessThan(0)
  })

  it.each([
    "(a)\\1",
    "(?<n>a)\\k<n>",
    "(?<=a)b",
    "(?<!a)b",
    "((a{100}){100}){100}",
    "(?:){999999999}",
    "(".repeat(200) + ")".repeat(200),
  ])("refuses `%s`", (pattern) => {
    expect(linearPattern(pattern, "u")).toHaveProperty("problem")
  })
})
