import { InvalidUriTemplate } from "../../errors/uri.ts"
import { parseExpression, parseLiteral } from "./expression.ts"
import { normalizeUri } from "./percent.ts"

/** The part of a template before its query. */
export interface PathPattern {
  /** The text before the first variable, normalised. */
  readonly prefix: string
  readonly variables: readonly PathVariable[]
}

export interface PathVariable {
  readonly name: string
  /** How far it reaches: to the next `/`, `?` or `#`; to the next `?` or `#`; without limit. */
  readonly kind: "path" | "explode" | "reserved"
  /** The text between it and the next variable, normalised. */
  readonly literal: string
}

const scheme = /^[A-Za-z][A-Za-z0-9+.-]*:/

/**
 * Reads the part of a template before its query. Its braces are known to be balanced.
 *
 * @throws {InvalidUriTemplate} No scheme, an illegal character, an expression that cannot stand there.
 */
export function parsePath(template: string, text: string): PathPattern {
  const [start = "", ...pieces] = text.split("{")
  if (!scheme.test(start)) {
    throw new InvalidUriTemplate(
      template,
      "it has no scheme",
      "Begin with a fixed one, such as `resource://`.",
    )
  }
  const prefix = parseLiteral(template, start)
  const variables = pieces.map((piece) => parseVariable(template, piece))
  const touching = variables.findIndex(({ literal }) => literal === "")
  if (touching >= 0 && touching < variables.length - 1) {
    const problem = `nothing says where \`${variables[touching]?.name}\` ends and the next variable begins`
    throw new InvalidUriTemplate(template, problem, "Put a `/` or other text between them.")
  }
  return { prefix: normalizeUri(prefix) ?? prefix, variables }
}

/**
 * Finds where each variable ends, or returns `undefined` if the text does not match. Variables are as long as they
 * can be, the first before the second. Takes time in proportion to the length of the text, whatever it holds.
 */
export function matchPath(pattern: PathPattern, text: string): readonly string[] | undefined {
  const { prefix, variables } = pattern
  if (!text.startsWith(prefix)) return undefined
  if (variables.length === 0) return text.length === prefix.length ? [] : undefined
  const search = { variables, text, tried: [], limits: [], values: [] }
  return place(search, 0, prefix.length) ? search.values : undefined
}

function parseVariable(template: string, piece: string): PathVariable {
  const close = piece.indexOf("}")
  const body = piece.slice(0, close)
  const { operator, names, explode } = parseExpression(template, body)
  const [name = ""] = names
  if (operator === "&") {
    const fix = `Write \`{?${names.join(",")}}\` at the end; \`{&…}\` continues a query such as \`?format=json\`.`
    throw new InvalidUriTemplate(template, `\`{${body}}\` continues a query that was not begun`, fix)
  }
  const literal = parseLiteral(template, piece.slice(close + 1))
  return { name, kind: operator === "+" ? "reserved" : explode ? "explode" : "path", literal }
}

interface Search {
  readonly variables: readonly PathVariable[]
  readonly text: string
  /** Per variable: the lowest start that failed. Every end above it has been tried. */
  readonly tried: number[]
  /** Per variable: how far it can reach from that start. */
  readonly limits: number[]
  readonly values: string[]
}

/**
 * Places one variable and all after it. Retries come with lower and lower starts only, so a variable skips the ends
 * that failed before: every end is tried once, where plain backtracking would take exponential time.
 */
function place(search: Search, index: number, start: number): boolean {
  const { variables, text, tried, limits } = search
  const variable = variables[index]
  if (variable === undefined) return start === text.length
  const { kind, literal } = variable
  const known = tried[index] ?? text.length
  let limit = start
  while (limit < known && !stops(kind, text.charCodeAt(limit))) limit++
  if (limit === known) limit = limits[index] ?? known
  // The last variable has one possible end: what is left must be its literal.
  const only = index === variables.length - 1 ? text.length - literal.length : undefined
  const lowest = Math.max(start + 1, only ?? 0)
  for (let end = Math.min(limit, known, only ?? known); end >= lowest; end--) {
    if (!isEnd(text, end) || !text.startsWith(literal, end)) continue
    if (!place(search, index + 1, end + literal.length)) continue
    search.values[index] = text.slice(start, end)
    return true
  }
  tried[index] = start
  limits[index] = limit
  return false
}

/** Whether a variable of this kind has to end before this character. */
function stops(kind: PathVariable["kind"], unit: number): boolean {
  if (kind === "reserved") return false
  return unit === QUESTION || unit === HASH || (unit === SLASH && kind === "path")
}

/** Whether a value may end here: not between the characters of one escape. */
function isEnd(text: string, end: number): boolean {
  return text.charCodeAt(end - 1) !== PERCENT && text.charCodeAt(end - 2) !== PERCENT
}

const HASH = 0x23
const PERCENT = 0x25
const SLASH = 0x2f
const QUESTION = 0x3f
