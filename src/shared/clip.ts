/** Shortens a text and takes out what could end its line or hide in it, so that a peer's words can stand in ours. */
export function clip(text: string, most = 100): string {
  const short = text.length > most ? `${text.slice(0, most)}…` : text
  return short
    .replace(/[\p{Cc}\p{Zl}\p{Zp}\u202a-\u202e\u2066-\u2069]/gu, " ")
    .replace(/[\ud800-\udfff]/gu, "\ufffd")
}
