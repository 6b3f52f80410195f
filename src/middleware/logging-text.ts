import { hidden } from "../shared/characters.ts"

/** Cuts a text to so many characters, and no character in two. */
export function cut(text: string, most: number): string {
  if (text.length <= most) return text
  return `${text.slice(0, wholeUntil(text, most))}…`
}

/** Where to cut a text so that a pair of surrogates stays together. */
export function wholeUntil(text: string, most: number): number {
  const unit = text.charCodeAt(most - 1)
  return most > 0 && unit >= 0xd800 && unit <= 0xdbff ? most - 1 : most
}

/** Writes what could end a line, hide, or drive a terminal as what it is: a peer must not write lines of its own. */
export function escaped(text: string): string {
  // Nearly all are plain.
  if (/^[\x20-\x7e]*$/.test(text)) return text
  return text.replace(hidden, escapeOf).replace(/[\ud800-\udfff]/gu, "\ufffd")
}

/** Makes any text one short printable line. */
export function oneLine(text: string, most: number): string {
  return escaped(cut(text, most))
}

function escapeOf(character: string): string {
  const short = shortEscapes[character]
  return short ?? `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`
}

const shortEscapes: { readonly [character: string]: string } = { "\n": "\\n", "\r": "\\r", "\t": "\\t" }

/** Writes a number of bytes for people. */
export function shownBytes(bytes: number): string {
  if (bytes < 1000) return `${bytes} B`
  return bytes < 1_000_000 ? `${(bytes / 1000).toFixed(1)} kB` : `${(bytes / 1_000_000).toFixed(1)} MB`
}
