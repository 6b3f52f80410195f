/** Why a value must not become part of a path. */
export type PathDanger = "traversal" | "absolute" | "null-byte"

/**
 * Says whether a decoded value would, as a part of a path, lead out of the folder it is meant for: above its start,
 * to a root, drive, host or `file:` URL, or past a null byte. `undefined` is harmless, as `a/../b`, `HEAD~1..HEAD` and
 * `.env` are.
 *
 * Readings that some handlers give a value count too: backslashes as separators (Windows), escapes decoded once more,
 * and resolution as a URL, where `%2e` is a dot, tabs and line breaks vanish and `?` ends the path. A whole URL of
 * another scheme passes: it is no path.
 */
export function screenPathValue(value: string): PathDanger | undefined {
  const decoded = decodeEscapes(value)
  if (decoded.includes("\0")) return "null-byte"
  const readings = decoded === value ? [value] : [value, decoded]
  if (urlSyntax.test(value)) readings.push(decodeEscapes(asUrlPath(value)))
  if (readings.some(isAbsolute)) return "absolute"
  return readings.some(climbsOut) ? "traversal" : undefined
}

// However often the sign itself was encoded: `%2e`, `%252e`, `%25252e` are a dot to a handler that decodes enough.
const pathEscape = /%(?:25)*(2[ef]|5c|00|3a)/gi
// What the URL standard strips, or takes for the end of a path.
const urlSyntax = /[\t\n\r?#]|^[\0- ]/
const absolute = /^(?:[/\\]|[a-z]:|file:)/i

function decodeEscapes(text: string): string {
  if (!text.includes("%")) return text
  return text.replace(pathEscape, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)))
}

function asUrlPath(text: string): string {
  const stripped = text.replace(/^[\0- ]+/, "").replace(/[\t\n\r]+/g, "")
  return stripped.slice(0, stripped.search(/[?#]|$/))
}

function isAbsolute(text: string): boolean {
  return absolute.test(text)
}

/** Whether the path goes above its start at any point, with slashes alone or with backslashes as separators too. */
function climbsOut(text: string): boolean {
  if (!text.includes("..")) return false
  return sinks(text.split("/")) || (text.includes("\\") && sinks(text.split(/[/\\]/)))
}

function sinks(segments: readonly string[]): boolean {
  let depth = 0
  for (const segment of segments) {
    // Windows drops the spaces at the end of a name.
    const name = segment.trimEnd()
    if (name === "..") depth--
    else if (name !== "" && name !== ".") depth++
    if (depth < 0) return true
  }
  return false
}
