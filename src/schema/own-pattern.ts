import { linearPattern } from "./linear-regex.ts"
import { type CompiledPattern, compilePattern, nativePattern, type Origin } from "./pattern.ts"
import { parseRegex, type RegexNode } from "./regex-syntax.ts"

/** Ways to match that a backtracking engine may try from one place. */
const mostWays = 64

/** Characters that may be read anew from every place of a text. */
const mostChars = 64

/**
 * Compiles a pattern for texts of a client. A pattern of our own runs natively only where no text can make that slow,
 * and where nothing but the native engine can match it.
 */
export function guardedPattern(pattern: string, origin: Origin): CompiledPattern {
  const compiled = compilePattern(pattern, origin)
  return origin === "own" ? (linearInstead(pattern) ?? compiled) : compiled
}

/** Tells whether a pattern of our own may run natively, as generated code does. */
export function runsNatively(pattern: string): boolean {
  return linearInstead(pattern) === undefined
}

function linearInstead(pattern: string): CompiledPattern | undefined {
  const native = nativePattern(pattern)
  if (native === undefined || isSimple(pattern, native.flags)) return undefined
  const linear = linearPattern(pattern, native.flags)
  return "test" in linear ? linear : undefined
}

/** Tells whether backtracking is sure to stay small; that says nothing against a pattern of which it is not sure. */
function isSimple(pattern: string, flags: string): boolean {
  const parsed = parseRegex(pattern, flags)
  if ("problem" in parsed) return false
  const branches = parsed.node.kind === "choice" ? parsed.node.branches : [parsed.node]
  return branches.reduce((sum, branch) => sum + waysOfWhole(flatten(branch)), 0) <= mostWays
}

/** Without a fixed start every place begins anew, so that a long repeat before the end takes the square. */
function waysOfWhole(parts: readonly RegexNode[]): number {
  const [first] = parts
  const isAnchored = first?.kind === "edge" && first.edge === "start"
  if (!isAnchored && lengthBeforeEnd(parts) > mostChars) return Number.POSITIVE_INFINITY
  return waysOf(parts, true)
}

/** The most characters that are read from one place before it shows that nothing begins there. */
function lengthBeforeEnd(parts: readonly RegexNode[]): number {
  const last = parts.at(-1)
  // Once it has enough, the match is there, however far it goes on.
  if (last?.kind === "repeat" && last.body.kind === "read") return last.least + lengthOf(parts.slice(0, -1))
  return lengthOf(parts)
}

function lengthOf(parts: readonly RegexNode[]): number {
  return parts.reduce((sum, part) => sum + lengthOfOne(part), 0)
}

function lengthOfOne(node: RegexNode): number {
  switch (node.kind) {
    case "read":
      return 1
    case "repeat": {
      const length = lengthOfOne(node.body)
      // Nothing, however often, is nothing: not the product of zero and infinity.
      return length === 0 || node.most === 0 ? 0 : length * (node.most ?? Number.POSITIVE_INFINITY)
    }
    case "sequence":
      return lengthOf(node.parts)
    case "choice":
      return Math.max(...node.branches.map(lengthOfOne))
    default:
      return 0
  }
}

function waysOf(parts: readonly RegexNode[], isWhole: boolean): number {
  let ways = 1
  for (const [at, part] of parts.entries()) {
    const next = parts[at + 1]
    ways *= part.kind === "repeat" && endsOnce(part, next, isWhole) ? 1 : waysOfOne(part)
  }
  return ways
}

function waysOfOne(node: RegexNode): number {
  switch (node.kind) {
    case "read":
    case "edge":
      return 1
    case "look":
      return Number.POSITIVE_INFINITY
    case "sequence":
      return waysOf(flatten(node), false)
    case "choice":
      return node.branches.reduce((sum, branch) => sum + waysOf(flatten(branch), false), 0)
    case "repeat": {
      const { least, most = Number.POSITIVE_INFINITY } = node
      const once = waysOfOne(node.body)
      return (most - least + 1) * (once === 1 ? 1 : once ** most)
    }
  }
}

/** Tells whether a repeat of single characters can end in one place only: where what follows it stands. */
function endsOnce(
  node: RegexNode & { kind: "repeat" },
  next: RegexNode | undefined,
  isWhole: boolean,
): boolean {
  if (node.body.kind !== "read") return false
  if (next === undefined) return isWhole
  if (next.kind === "edge") return next.edge === "end"
  const char = firstChar(next)
  return char !== undefined && !node.body.reads(char)
}

/** The one character that a node begins with. */
function firstChar(node: RegexNode): string | undefined {
  if (node.kind === "read") return node.char
  if (node.kind === "repeat") return node.least > 0 ? firstChar(node.body) : undefined
  return undefined
}

/** Groups inside a sequence are parts of it, since nothing is captured. */
function flatten(node: RegexNode): readonly RegexNode[] {
  return node.kind === "sequence" ? node.parts.flatMap(flatten) : [node]
}
