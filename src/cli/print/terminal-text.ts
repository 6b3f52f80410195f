import { hidden } from "../../shared/characters.ts"

/** Colours and weights of text, which hide nothing. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: that is what they begin with.
const styling = /\u001b\[[0-9;:]*m/g

/** What no text shows and no emoji or script needs: spaces without width, marks of byte order, tags. */
const unseen = /[\u00ad\u200b\u2060-\u2064\ufeff\u{e0000}-\u{e007f}]/gu

const surrogates = /[\ud800-\udfff]/gu

/**
 * Makes a text of somebody else fit for a terminal: escape sequences would move its cursor, set its title or fill the
 * clipboard, and marks of direction would show words in another order than they have. Colours are taken out; every other
 * such character is shown as its code, as `\u{1b}`. Line breaks and tabs stay.
 */
export function terminalText(text: string): string {
  return text
    .replaceAll("\r\n", "\n")
    .replace(styling, "")
    .replace(hidden, (character) =>
      character === "\n" || character === "\t" ? character : codeOf(character),
    )
    .replace(unseen, codeOf)
    .replace(surrogates, "\ufffd")
}

/** Makes a text of somebody else one line that is fit for a terminal, and shortens it. */
export function terminalLine(text: string, most = 1_000): string {
  const line = terminalText(text.slice(0, most)).replace(/\s+/g, " ").trim()
  return text.length > most ? `${line}…` : line
}

/**
 * Writes a value as JSON that a terminal shows as it is: what JSON would leave raw is escaped as well, which programs
 * read as the same.
 */
export function terminalJson(value: unknown, indent = 2): string {
  const text = JSON.stringify(value, undefined, indent) ?? "null"
  return text
    .replace(hidden, (character) => (character === "\n" ? character : escapesOf(character)))
    .replace(unseen, escapesOf)
}

function codeOf(character: string): string {
  return `\\u{${character.codePointAt(0)?.toString(16) ?? ""}}`
}

function escapesOf(character: string): string {
  return Array.from({ length: character.length }, (_, at) => character.charCodeAt(at))
    .map((unit) => `\\u${unit.toString(16).padStart(4, "0")}`)
    .join("")
}
