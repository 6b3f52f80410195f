import { describe, expect, it } from "vitest"
import { compilePattern } from "./pattern.ts"
import { createPeer } from "./peer.ts"

describe("compilePattern", () => {
  it.each(["own", createPeer()] as const)("matches anywhere in the text, for %s schemas", (origin) => {
    const compiled = compilePattern("b+", origin)
    expect("test" in compiled && compiled.test("abbc", { fuel: 1_000 })).toBe(true)
  })

  it("reads a pattern as Unicode", () => {
    const compiled = compilePattern("^.$", "own")
    expect("test" in compiled && compiled.test("😀", { fuel: 1_000 })).toBe(true)
  })

  it("says why a pattern cannot be used", () => {
    expect(compilePattern("(", "own")).toEqual({ problem: "is not a valid regular expression" })
  })
})
