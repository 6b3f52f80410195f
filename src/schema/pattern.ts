import { linearPattern, type TestPattern } from "./linear-regex.ts"

/** The longest pattern a peer may send. */
const longestPattern = 4_096

/**
 * Compiles the regular expression of a `pattern` keyword. The patterns of a peer run on an engine that takes
 * linear time, since a backtracking one can be made to hang by a pattern and a text of the same sender.
 */
export function compilePattern(
  pattern: string,
  origin: "own" | "peer",
): { readonly test: TestPattern } | { readonly problem: string } {
  const native = nativePattern(pattern)
  if (native === undefined) return { problem: "is not a valid regular expression" }
  if (origin === "own") return { test: (text) => native.test(text) }
  if (pattern.length > longestPattern) return { problem: `is longer than ${longestPattern} characters` }
  return linearPattern(pattern, native.flags)
}

/**
 * Compiles a pattern natively: as Unicode, which the specification asks for, else in the older syntax that
 * many written patterns (such as `[\w-.]`) need; `undefined` when neither reads it.
 */
export function nativePattern(pattern: string): RegExp | undefined {
  for (const flags of ["u", ""]) {
    try {
      return new RegExp(pattern, flags)
    } catch {
      // The next syntax may read it.
    }
  }
  return undefined
}
