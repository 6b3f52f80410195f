import { linearPattern } from "./linear-regex.ts"
import type { CompiledPattern, PeerOrigin } from "./pattern.ts"

/** The longest pattern a peer may send. */
const longestPattern = 4_096

/** The most states that the patterns of one schema may have: what makes them takes some tenths of a second. */
const mostStatesOfAll = 50_000

/**
 * Makes the origin of one schema that somebody sent. Its patterns run on an engine that takes linear time, since a
 * backtracking one can be made to hang by a pattern and a text of the same sender; and there is an end to how many there are.
 */
export function createPeer(): PeerOrigin {
  const known = new Map<string, CompiledPattern>()
  let states = 0
  return {
    compilePattern(pattern, flags) {
      if (pattern.length > longestPattern) return { problem: `is longer than ${longestPattern} characters` }
      // Asked for when the schema is looked at, and again when its validator is made.
      const key = `${flags} ${pattern}`
      const before = known.get(key)
      if (before !== undefined) return before
      if (states >= mostStatesOfAll) return { problem: "is one of too many" }
      const compiled = linearPattern(pattern, flags)
      states += "test" in compiled ? compiled.states : 0
      known.set(key, compiled)
      return compiled
    },
  }
}
