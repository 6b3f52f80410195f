import { isIdentifier } from "../shared/characters.ts"
import { clip } from "../shared/clip.ts"
import { longestValue } from "./literals.ts"

/** One thing that is wrong with a value: where, what was expected and what came. */
export interface Issue {
  /** Where, from the root of the value; empty for the root itself. */
  readonly path: readonly (string | number)[]
  /** One sentence in plain words, such as `expected number, got string "abc"`. */
  readonly message: string
  /** What was expected, such as `number` or `string of at least 3 characters`; absent when a library does not say. */
  readonly expected?: string
  /** What came: type and shortened value, or `nothing`. */
  readonly received?: string
}

/** The verdict on a value. */
export type Validated =
  | { readonly ok: true; readonly value: unknown }
  | { readonly ok: false; readonly issues: readonly Issue[] }

/** Lines shown of one value. */
const mostLines = 12

/** Steps kept of a path; characters kept of a name in a path, and of one sentence. */
const longestPath = 64
const longestName = 100
const longestSentence = 240

/**
 * Renders issues for a person or a model: one line per path that says what was expected and what came. A value
 * that is wrong as a whole is called `the whole value`.
 */
export function describeIssues(issues: readonly Issue[]): string {
  const byPath = new Map<string, string[]>()
  for (const issue of issues) {
    const place = issue.path.length === 0 ? "the whole value" : `\`${showPath(issue.path)}\``
    const messages = byPath.get(place)
    if (messages === undefined) byPath.set(place, [issue.message])
    else if (!messages.includes(issue.message)) messages.push(issue.message)
  }
  const lines = [...byPath].map(
    ([place, messages]) => `${place}: ${clip(messages.join("; "), longestSentence * 2)}`,
  )
  const rest = lines.length - mostLines
  return [...lines.slice(0, mostLines), ...(rest > 0 ? [`… and ${rest} more`] : [])].join("\n")
}

/** Writes a path the way code would: `items[0].name`, names that are no identifiers in quotes. */
export function showPath(path: readonly (string | number)[]): string {
  const shown = path.map((step, at) => {
    if (typeof step === "number") return `[${step}]`
    if (!isDashed(step)) return `[${JSON.stringify(clip(step, longestName))}]`
    return `${at === 0 ? "" : "."}${clip(step, longestName)}`
  })
  return clip(shown.join(""), longestSentence)
}

/** Whether a name is an identifier, but for dashes within it, as headers and options have them. */
function isDashed(name: string): boolean {
  return name.split("-").every((part, at) => isIdentifier(at === 0 ? part : `_${part}`))
}

/** Makes an issue whose sentence is built from what was expected; `received` is the value itself. */
export function expectedIssue(
  path: readonly (string | number)[],
  expected: string,
  received: unknown,
): Issue {
  const got = describeValue(received)
  const wanted = clip(expected, longestSentence)
  return { path: boundPath(path), message: `expected ${wanted}, got ${got}`, expected: wanted, received: got }
}

/** Makes an issue from a sentence of the schema's author or library. */
export function saidIssue(path: readonly (string | number)[], sentence: string, received: unknown): Issue {
  const got = describeValue(received)
  return { path: boundPath(path), message: `${clip(sentence, longestSentence)} (got ${got})`, received: got }
}

/** Names a value: its type and, shortened, the value; objects only by type, since they may hold anything. */
export function describeValue(value: unknown): string {
  switch (typeof value) {
    case "undefined":
      return "nothing"
    case "string":
      return `string ${JSON.stringify(clip(value, longestValue))}`
    case "number":
    case "boolean":
      return `${typeof value} ${value}`
    case "bigint":
      return `bigint ${clip(String(value), longestValue)}`
    case "object":
      if (value === null) return "null"
      if (Array.isArray(value)) return `array of ${value.length} ${value.length === 1 ? "item" : "items"}`
      return value instanceof Date ? "Date" : "object"
    default:
      return typeof value
  }
}

/** Keeps as much of a path as one answer may carry. */
export function boundPath(path: readonly (string | number)[]): readonly (string | number)[] {
  return path
    .slice(0, longestPath)
    .map((step) => (typeof step === "string" && step.length > longestName ? clip(step, longestName) : step))
}
