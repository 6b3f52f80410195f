/** A regular expression as a tree; groups are gone, since nothing is captured. */
export type RegexNode =
  | {
      readonly kind: "read"
      readonly reads: (char: string) => boolean
      /** The one character it reads, where it is written as itself. */
      readonly char?: string
    }
  | { readonly kind: "edge"; readonly edge: "start" | "end" | "word" | "not-word" }
  | { readonly kind: "look"; readonly body: RegexNode; readonly negated: boolean }
  | { readonly kind: "sequence"; readonly parts: readonly RegexNode[] }
  | { readonly kind: "choice"; readonly branches: readonly RegexNode[] }
  | {
      readonly kind: "repeat"
      readonly body: RegexNode
      readonly least: number
      readonly most: number | undefined
    }

interface Reader {
  readonly source: string
  readonly flags: string
  at: number
  depth: number
  problem: string | undefined
}

/** Groups inside one another. */
const deepestGroup = 100

/**
 * Parses a pattern that the native engine has accepted. References back to groups, looking behind and inline
 * flags are refused: they cannot be matched in linear time, or hardly ever appear.
 */
export function parseRegex(
  source: string,
  flags: string,
): { readonly node: RegexNode } | { readonly problem: string } {
  const reader: Reader = { source, flags, at: 0, depth: 0, problem: undefined }
  const node = parseChoice(reader)
  if (reader.problem !== undefined) return { problem: reader.problem }
  return { node }
}

function parseChoice(reader: Reader): RegexNode {
  const branches = [parseSequence(reader)]
  while (reader.source[reader.at] === "|" && reader.problem === undefined) {
    reader.at++
    branches.push(parseSequence(reader))
  }
  const [only] = branches
  return branches.length === 1 && only !== undefined ? only : { kind: "choice", branches }
}

function parseSequence(reader: Reader): RegexNode {
  const parts: RegexNode[] = []
  while (reader.at < reader.source.length && reader.problem === undefined) {
    const char = reader.source[reader.at]
    if (char === "|" || char === ")") break
    parts.push(parseQuantified(reader))
  }
  return { kind: "sequence", parts }
}

function parseQuantified(reader: Reader): RegexNode {
  const body = parseAtom(reader)
  const quantifier = /^(?:([*+?])|\{(\d+)(?:(,)(\d*))?\})\??/.exec(
    reader.source.slice(reader.at, reader.at + 32),
  )
  if (quantifier === null) return body
  reader.at += quantifier[0].length
  const [, sign, low, comma, high] = quantifier
  if (sign !== undefined) {
    return { kind: "repeat", body, least: sign === "+" ? 1 : 0, most: sign === "?" ? 1 : undefined }
  }
  const least = Number(low)
  const most = comma === undefined ? least : high === "" ? undefined : Number(high)
  return { kind: "repeat", body, least, most }
}

function parseAtom(reader: Reader): RegexNode {
  const rest = reader.source.slice(reader.at)
  switch (rest[0]) {
    case "^":
      return edge(reader, "start", 1)
    case "$":
      return edge(reader, "end", 1)
    case "(":
      return parseGroup(reader)
    case "[":
      return reads(reader, classLength(rest))
    case "\\":
      return parseEscape(reader, rest)
    default:
      return reads(
        reader,
        reader.flags.includes("u") ? String.fromCodePoint(rest.codePointAt(0) ?? 0).length : 1,
      )
  }
}

function parseGroup(reader: Reader): RegexNode {
  const [opening] = /^\((?:\?(?:[:=!]|<[=!]|<[^>]*>|[a-z-]*:))?/.exec(reader.source.slice(reader.at)) ?? ["("]
  if (/^\(\?(?:<[=!]|[a-z-]+:)/.test(opening)) return unsupported(reader, "looks behind or changes flags")
  if (++reader.depth > deepestGroup) return unsupported(reader, "has groups too deep inside one another")
  reader.at += opening.length
  const body = parseChoice(reader)
  reader.at++
  reader.depth--
  if (opening === "(?=" || opening === "(?!") return { kind: "look", body, negated: opening === "(?!" }
  return body
}

function parseEscape(reader: Reader, rest: string): RegexNode {
  if (rest[1] === "b") return edge(reader, "word", 2)
  if (rest[1] === "B") return edge(reader, "not-word", 2)
  if (/^\\[1-9k]/.test(rest)) return unsupported(reader, "refers back to a group")
  // The older syntax reads these as octal numbers and as a backslash.
  if (/^\\(?:0\d|c(?![a-zA-Z]))/.test(rest)) return unsupported(reader, "has an escape of the older syntax")
  const unicode =
    /^\\(?:[pP]\{[^}]*\}|u\{[^}]*\}|u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2})/.exec(rest)
  if (unicode !== null && reader.flags.includes("u")) return reads(reader, unicode[0].length)
  const [escaped] = /^\\(?:u[0-9a-fA-F]{4}|x[0-9a-fA-F]{2}|c[a-zA-Z]|.)/s.exec(rest) ?? ["\\"]
  return reads(reader, escaped.length)
}

/** Says how long the character class at the start of `rest` is, brackets included. */
function classLength(rest: string): number {
  for (let at = 1; at < rest.length; at++) {
    if (rest[at] === "\\") at++
    else if (rest[at] === "]") return at + 1
  }
  return rest.length
}

function edge(reader: Reader, name: Extract<RegexNode, { kind: "edge" }>["edge"], length: number): RegexNode {
  reader.at += length
  return { kind: "edge", edge: name }
}

/** Takes what reads one character; the native engine says which characters, for it knows Unicode. */
function reads(reader: Reader, length: number): RegexNode {
  const source = reader.source.slice(reader.at, reader.at + length)
  reader.at += length
  const isExact = !/^[[\\.]/.test(source) && !reader.flags.includes("i")
  if (isExact) return { kind: "read", reads: (char) => char === source, char: source }
  const native = new RegExp(`^${source}$`, reader.flags)
  const isEscaped = /^\\[^\w]$/.test(source)
  const known = new Map<string, boolean>()
  return {
    kind: "read",
    reads: (char) => {
      const before = known.get(char)
      if (before !== undefined) return before
      const now = native.test(char)
      if (known.size < 256) known.set(char, now)
      return now
    },
    ...(isEscaped && { char: source.slice(1) }),
  }
}

function unsupported(reader: Reader, what: string): RegexNode {
  reader.problem ??= `${what}, which cannot be matched in bounded time`
  return { kind: "sequence", parts: [] }
}
