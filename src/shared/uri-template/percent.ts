import { control } from "../characters.ts"

/** The longest URI that is read or made, in UTF-16 units. */
export const MAX_URI_LENGTH = 8192

const scheme = /^[A-Za-z][A-Za-z0-9+.-]*:/
// What most URIs look like; such a URI is in normal form already.
const plainUri = /^[a-z][a-z0-9+.-]*:[!#$&-;=?-Z[\]_a-z~]*$/
const unreserved = /^[A-Za-z0-9._~-]$/
const unsettled = /%[0-9A-Fa-f]{2}|[^!#-$&-;=?-Z[\]_a-z~%]+/g

/**
 * Brings a URI into the one form in which URIs are compared: scheme in lower case, escapes in upper case, no
 * escape that is not needed, and every character that a URI cannot hold escaped as UTF-8. Returns `undefined`
 * for what is no URI: no scheme, control characters, malformed escapes, invalid UTF-8, more than 8,192 characters.
 *
 * @see https://www.rfc-editor.org/rfc/rfc3986#section-6.2.2
 */
export function normalizeUri(uri: string): string | undefined {
  if (uri.length > MAX_URI_LENGTH) return undefined
  if (plainUri.test(uri)) return uri
  const found = scheme.exec(uri)?.[0]
  const rest = found === undefined ? undefined : normalizePercent(uri.slice(found.length))
  return found === undefined || rest === undefined ? undefined : found.toLowerCase() + rest
}

/** Normalises the escapes of a part of a URI; `undefined` when they are malformed or hold no UTF-8. */
export function normalizePercent(text: string): string | undefined {
  if (control.test(text)) return undefined
  try {
    decodeURIComponent(text)
    return text.replace(unsettled, settle)
  } catch {
    // A malformed escape, invalid UTF-8 or a lone surrogate: no URI holds it, so there is nothing to report.
    return undefined
  }
}

function settle(found: string): string {
  if (!found.startsWith("%")) return encodeURIComponent(found)
  const char = String.fromCharCode(Number.parseInt(found.slice(1), 16))
  return unreserved.test(char) ? char : found.toUpperCase()
}

/** Decodes a part of a normalised URI. */
export function decodePercent(text: string): string {
  return text.includes("%") ? decodeURIComponent(text) : text
}

/** Decodes a name or value of a query, where `+` is a space as in every HTML form. */
export function decodeQueryText(text: string): string {
  return decodePercent(text.includes("+") ? text.replaceAll("+", " ") : text)
}

/** Encodes all but unreserved characters (RFC 6570 §3.2.2). Throws `URIError` on a lone surrogate, as all here do. */
export function encodeUnreserved(text: string): string {
  return encodeURIComponent(text).replace(/[!'()*]/g, escapeAscii)
}

/** Encodes all but unreserved characters and slashes. */
export function encodeSegments(text: string): string {
  return encodeUnreserved(text).replaceAll("%2F", "/")
}

/** Encodes all but unreserved and reserved characters. A `%` is data and encoded, so that decoding gives it back. */
export function encodeReserved(text: string): string {
  return encodeURI(text).replaceAll("%5B", "[").replaceAll("%5D", "]")
}

function escapeAscii(char: string): string {
  return `%${char.charCodeAt(0).toString(16).toUpperCase()}`
}
