import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { compileSchema } from "./compile.ts"
import { guardedPattern, runsNatively } from "./own-pattern.ts"

function matches(pattern: string, text: string): boolean {
  const compiled = guardedPattern(pattern, "own")
  return "test" in compiled && compiled.test(text, { fuel: 5_000_000 })
}

describe("a pattern of our own", () => {
  it.each([
    "^[a-z]+$",
    "^[a-z0-9-]{1,63}$",
    "^\\d{4}-\\d{2}-\\d{2}$",
    "^[\\w-]+@[\\w-]+\\.com$",
    "^(?:GET|POST) \\S*$",
    "^#[0-9a-f]{6}$",
    "^https?://",
    "^a+$|^b+$",
    "foo.*",
    "\\d",
    "^(a)\\1+$",
    "(?<=a+)b",
    "^(?:a{64}){64}b",
    "[a-z]{10,}",
  ])("runs natively when it is simple or nothing else can match it: %s", (pattern) => {
    expect(runsNatively(pattern)).toBe(true)
  })

  it.each([
    "^(a+)+$",
    "^(a|a)*$",
    "^(a|aa)+$",
    "^.*a.*b.*c$",
    "^\\S+@\\S+\\.\\S+$",
    "^(?:[a-z]+\\.)*[a-z]+$",
    "a+b",
    "^(?=(a+)+b)a",
    `^${"(a|a)".repeat(7)}$`,
    "^(?:a?){30}b$",
    "[a-z]{0,500}!",
    "\\s+$",
    "(?:a{64}){64}b",
    "(?:a{60}){60}",
    "a{50}a{50}b",
    "(?:(?:a{30}){30}c){1,2}",
    "(?:a*){0}(?:a{64}){64}b",
    "(?:b|a{64}a{64})b",
  ])("runs in linear time when backtracking could be slow: %s", (pattern) => {
    expect(runsNatively(pattern)).toBe(false)
  })

  it("does not let a client's text stop the process", async () => {
    const schema = { type: "object", properties: { s: { type: "string", pattern: "^(a+)+$" } } }
    const { validate } = compileSchema(schema, { side: "input", subject: "tool `t`" })
    const started = performance.now()
    // More often than it takes to go over to generated code.
    for (let call = 0; call < 150; call++) {
      expect(await validate({ s: `${"a".repeat(200)}!` })).toMatchObject({ ok: false })
      expect(await validate({ s: "a".repeat(200) })).toMatchObject({ ok: true })
    }
    expect(performance.now() - started).toBeLessThan(3_000)
  })

  it("gives the verdicts of the native engine", () => {
    const atom = fc.constantFrom(
      "a",
      "b",
      "-",
      "\\.",
      ".",
      "[ab]",
      "[^a]",
      "\\w",
      "(?:a|b)",
      "(?:ab?)",
      "^",
      "$",
    )
    const part = fc.tuple(atom, fc.constantFrom("", "", "*", "+", "?", "{2}", "{1,3}", "+?"))
    const pattern = fc
      .array(
        part.map((pair) => pair.join("")),
        { maxLength: 6 },
      )
      .map((parts) => parts.join(""))
    const text = fc.string({ unit: fc.constantFrom("a", "b", "-", "."), maxLength: 8 })
    fc.assert(
      fc.property(pattern, text, (source, value) => {
        const native = attempt(() => new RegExp(source, "u"))
        if (native === undefined) return
        expect(matches(source, value)).toBe(native.test(value))
      }),
      { numRuns: 1_000 },
    )
  })

  it.each([
    ["^\\012$", "\n"],
    ["^\\07$", "\u0007"],
    ["^\\c1+b$", "\\c1b"],
    ["^[\\w-.]+x$", "a-.x"],
  ])("gives the verdict of the native engine in the older syntax: %s", (pattern, text) => {
    expect(matches(pattern, text)).toBe(new RegExp(pattern).test(text))
  })

  it("takes time in proportion to the text where it runs natively", () => {
    const atom = fc.constantFrom("a", "b", "-", "[ab]", ".", "(?:a|b)")
    const part = fc.tuple(atom, fc.constantFrom("", "*", "+", "?", "{0,60}"))
    const inner = fc
      .array(
        part.map((pair) => pair.join("")),
        { maxLength: 6 },
      )
      .map((parts) => parts.join(""))
    const pattern = fc
      .tuple(fc.constantFrom("^", ""), inner, fc.constantFrom("$", "", "!"))
      .map((all) => all.join(""))
    const hostile = "a".repeat(20_000)
    fc.assert(
      fc.property(pattern, (source) => {
        if (!runsNatively(source)) return
        const native = new RegExp(source, "u")
        const started = performance.now()
        for (const text of [`${hostile}?`, `${hostile}-?`, `${"ab".repeat(10_000)}?`]) native.test(text)
        expect(performance.now() - started).toBeLessThan(500)
      }),
      { numRuns: 300 },
    )
  }, 60_000)
})

function attempt<Result>(run: () => Result): Result | undefined {
  try {
    return run()
  } catch {
    // Not a pattern: nothing to compare.
    return undefined
  }
}
