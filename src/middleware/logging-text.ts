import { escaped } from "../shared/escaped.ts"

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

/** Makes any text one short printable line. */
export function oneLine(text: string, most: number): string {
  return escaped(cut(text, most))
}

/** Writes a number of bytes for people. */
export function shownBytes(bytes: number): string {
  if (bytes < 1000) return `${bytes} B`
  return bytes < 1_000_000 ? `${(bytes / 1000).toFixed(1)} kB` : `${(bytes / 1_000_000).toFixed(1)} MB`
}
