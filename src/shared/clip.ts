import { hidden } from "./characters.ts"

/** Shortens a text and takes out what could end its line or hide in it, so that a peer's words can stand in ours. */
export function clip(text: string, most = 100): string {
  const short = text.length > most ? `${text.slice(0, most)}…` : text
  return short.replace(hidden, " ").replace(/[\ud800-\udfff]/gu, "\ufffd")
}
