import { linearPattern } from "./linear-regex.ts"
import type { PeerOrigin } from "./pattern.ts"

/** The longest pattern a peer may send. */
const longestPattern = 4_096

/**
 * The origin of schemas that somebody sent. Their patterns run on an engine that takes linear time, since a
 * backtracking one can be made to hang by a pattern and a text of the same sender.
 */
export const peer: PeerOrigin = {
  compilePattern(pattern, flags) {
    if (pattern.length > longestPattern) return { problem: `is longer than ${longestPattern} characters` }
    return linearPattern(pattern, flags)
  },
}
