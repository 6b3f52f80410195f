import { utf8Length } from "../shared/utf8-length.ts"

/** Whether the JSON of a value certainly has no more bytes than this; found without writing it. */
export function certainlyFits(value: unknown, maxBytes: number): boolean {
  const budget = { left: maxBytes }
  spend(value, budget, 0)
  return budget.left >= 0
}

/** Levels beyond which a value is measured by writing it. */
const deepest = 64

/** Takes off the most bytes that the JSON of a value can have. */
function spend(value: unknown, budget: { left: number }, depth: number): void {
  if (budget.left < 0) return
  if (typeof value === "string") budget.left -= value.length * 6 + 3
  else if (typeof value === "number") budget.left -= 26
  else if (typeof value !== "object" || value === null) budget.left -= 6
  // What writes itself may write anything.
  else if (depth > deepest || ("toJSON" in value && typeof value.toJSON === "function")) budget.left = -1
  else if (Array.isArray(value)) {
    budget.left -= 3
    for (const item of value) spend(item, budget, depth + 1)
  } else {
    budget.left -= 3
    for (const [name, member] of Object.entries(value)) {
      budget.left -= name.length * 6 + 4
      spend(member, budget, depth + 1)
      if (budget.left < 0) return
    }
  }
}

/** Counts the bytes of the JSON of a value. */
export function jsonBytes(value: unknown): number {
  return utf8Length(JSON.stringify(value) ?? "")
}

/**
 * Cuts a text such that, with the suffix, it takes no more than so many bytes within a JSON string. Never within what is
 * one character to its reader.
 */
export function cutText(text: string, suffix: string, maxBytes: number): string {
  const room = maxBytes - inString(suffix)
  let used = 0
  let end = 0
  for (const char of text) {
    used += inJson(char.codePointAt(0) ?? 0)
    if (used > room) break
    end += char.length
  }
  if (end === text.length) return text
  return text.slice(0, wholeCharacters(text, end)) + suffix
}

/** The bytes of a text within a JSON string, without the quotes. */
export function inString(text: string): number {
  return jsonBytes(text) - 2
}

/** The bytes of a code point within a JSON string. */
function inJson(point: number): number {
  if (point < 0x20) return short.has(point) ? 2 : 6
  if (point < 0x80) return point === 0x22 || point === 0x5c ? 2 : 1
  if (point < 0x800) return 2
  // Half of a pair alone is written as its escape.
  if (point >= 0xd800 && point <= 0xdfff) return 6
  return point < 0x10000 ? 3 : 4
}

/** Control characters that have an escape of two characters: backspace, tab, line feed, form feed, return. */
const short: ReadonlySet<number> = /* @__PURE__ */ new Set([8, 9, 10, 12, 13])

/** How far back the start of a character is looked for. */
const longestCharacter = 64

/** What belongs to the code point before: marks, skin tones, tags, joiners. */
const extending = /^(?:\p{M}|\p{Emoji_Modifier}|[\u{e0020}-\u{e007f}]|\u200c|\u200d)/u

/** Moves an end back to where no character is cut in two. */
function wholeCharacters(text: string, end: number): number {
  let at = end
  while (at > 0 && end - at < longestCharacter && isWithin(text, at)) {
    at -= isLowSurrogate(text, at - 1) ? 2 : 1
  }
  // A text of marks only has no character to keep whole.
  return end - at < longestCharacter ? at : end
}

function isWithin(text: string, at: number): boolean {
  const after = String.fromCodePoint(text.codePointAt(at) ?? 0)
  if (extending.test(after) || text[at - 1] === "\u200d") return true
  return (after === "\n" && text[at - 1] === "\r") || (flagLetter.test(after) && isOddInFlags(text, at))
}

/** A letter of a flag; two make one. */
const flagLetter = /^[\u{1f1e6}-\u{1f1ff}]$/u

/** How many units of flags are looked back through: a row of more may be cut in one. */
const longestFlags = 4096

/** Whether an odd number of letters of flags stands before. */
function isOddInFlags(text: string, at: number): boolean {
  let from = at
  while (from >= 2 && at - from < longestFlags && flagLetter.test(text.slice(from - 2, from))) from -= 2
  return (at - from) % 4 !== 0
}

function isLowSurrogate(text: string, at: number): boolean {
  const unit = text.charCodeAt(at)
  return at > 0 && unit >= 0xdc00 && unit <= 0xdfff
}
