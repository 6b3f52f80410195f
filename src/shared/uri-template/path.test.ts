import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { matchPath, type PathPattern, parsePath } from "./path.ts"

const classes = { path: "[^/?#]+", explode: "[^?#]+", reserved: "[^]+" }

/** The same match by a backtracking regular expression: slow, but plainly right. */
function reference({ prefix, variables }: PathPattern, text: string): readonly string[] | undefined {
  const source = variables.map(({ kind, literal }) => `(${classes[kind]})${literal.replaceAll(".", "\\.")}`)
  return new RegExp(`^${prefix}${source.join("")}$`).exec(text)?.slice(1)
}

describe("matchPath", () => {
  it("agrees with a regular expression", () => {
    const variable = fc.record({
      name: fc.constant("v"),
      kind: fc.constantFrom("path" as const, "explode" as const, "reserved" as const),
      literal: fc.constantFrom("a", "/", "-", "aa", "a/", "/a", "-a", "."),
    })
    const text = fc.array(fc.constantFrom("a", "a", "/", "-", "b", "?", "."), { maxLength: 14 })
    fc.assert(
      fc.property(
        fc.array(variable, { minLength: 1, maxLength: 4 }),
        fc.boolean(),
        text,
        (variables, open, units) => {
          const last = variables.length - 1
          const pattern = {
            prefix: "x:",
            variables: variables.map((one, index) =>
              open && index === last ? { ...one, literal: "" } : one,
            ),
          }
          const uri = `x:${units.join("")}`
          expect(matchPath(pattern, uri)).toEqual(reference(pattern, uri))
        },
      ),
      { numRuns: 5000 },
    )
  })

  it.each([
    ["x://{a*}-{b*}-{c*}-{d*}-{e*}-{f*}-{g*}-{h*}!", "-"],
    ["x://{a*}-{b}-{c*}-{d}-{e*}-{f}-{g*}-{h}!", "-/"],
    ["x://{a*}/{b}/{c}/{d}/{e}/{f}/{g}/{h}!", "-/"],
    ["x://{+a}-{+b}-{+c}-{+d}-{+e}-{+f}-{+g}-{+h}!", "-"],
    ["x://{a}-{b}-{c}-{d}-{e}-{f}-{g}-{h}!", "-"],
    ["x://{a*}aaaa{b*}aaaa{c*}aaaa{d*}aaab", "a"],
  ])("gives up on a hostile URI in linear time: %s", (template, unit) => {
    const pattern = parsePath(template, template)
    const uri = `x://${unit.repeat(Math.floor(8000 / unit.length))}`
    const start = performance.now()
    for (let round = 0; round < 5; round++) expect(matchPath(pattern, uri)).toBeUndefined()
    // Backtracking would take years; this takes milliseconds, and the rest is for slow machines.
    expect(performance.now() - start).toBeLessThan(2000)
  })
})
