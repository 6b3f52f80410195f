import { hidden } from "./characters.ts"

/** Writes what could end a line, hide, or drive a terminal as what it is: a peer must not write lines of its own. */
export function escaped(text: string): string {
  // Nearly all are plain.
  if (/^[\x20-\x7e]*$/.test(text)) return text
  return text.replace(hidden, escapeOf).replace(/[\ud800-\udfff]/gu, "\ufffd")
}

function escapeOf(character: string): string {
  const short = shortEscapes[character]
  return short ?? `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`
}

const shortEscapes: { readonly [character: string]: string } = { "\n": "\\n", "\r": "\\r", "\t": "\\t" }
