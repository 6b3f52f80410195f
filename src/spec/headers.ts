import { decodeBase64Text, encodeBase64Text } from "../shared/base64.ts"

/**
 * The HTTP header names of the protocol, in the lower case in which they are looked up.
 *
 * @see https://modelcontextprotocol.io/specification/2026-07-28/basic/transports/streamable-http#request-metadata
 */
export const headerNames = {
  protocolVersion: "mcp-protocol-version",
  method: "mcp-method",
  name: "mcp-name",
  /** Precedes the name that a tool's schema gives to a parameter. */
  paramPrefix: "mcp-param-",
  /** Sessions; until 2025-11-25. */
  sessionId: "mcp-session-id",
  /** Resumable streams; until 2025-11-25. */
  lastEventId: "last-event-id",
} as const

const prefix = "=?base64?"
const suffix = "?="
const printable = /^[\x20-\x7e]*$/
const fieldValue = /^[\t\x20-\x7e]*$/

/**
 * Encodes a value of `Mcp-Name` or `Mcp-Param-*`: as it is when it is plain visible ASCII, else as Base64 of its
 * UTF-8 between `=?base64?` and `?=`. Lone surrogates have no UTF-8 and become U+FFFD.
 *
 * @see https://modelcontextprotocol.io/specification/2026-07-28/basic/transports/streamable-http#value-encoding
 */
export function encodeHeaderValue(value: string): string {
  return isPlain(value) ? value : `${prefix}${encodeBase64Text(value)}${suffix}`
}

/**
 * Decodes a value of `Mcp-Name` or `Mcp-Param-*`. Only what has both markers is Base64; all else is literal.
 * Returns `undefined` for a malformed value: a character that no header may have, Base64 with a wrong alphabet,
 * padding or left-over bits, or bytes that are not UTF-8.
 *
 * @see https://modelcontextprotocol.io/specification/2026-07-28/basic/transports/streamable-http#value-encoding
 */
export function decodeHeaderValue(header: string): string | undefined {
  const value = withoutOuterSpace(header)
  if (!value.startsWith(prefix) || !value.endsWith(suffix)) return fieldValue.test(value) ? value : undefined
  // `=?base64?=` has both markers only because they overlap: a peer might read it as either form.
  if (value.length < prefix.length + suffix.length) return undefined
  return decodeBase64Text(value.slice(prefix.length, -suffix.length))
}

function isPlain(value: string): boolean {
  if (value === "" || value.startsWith(" ") || value.endsWith(" ")) return false
  return printable.test(value) && !(value.startsWith(prefix) && value.endsWith(suffix))
}

/** Removes optional white space as RFC 9110 §5.5 defines it: `trim` would take more. */
function withoutOuterSpace(value: string): string {
  let start = 0
  let end = value.length
  while (start < end && isSpace(value.charCodeAt(start))) start++
  while (end > start && isSpace(value.charCodeAt(end - 1))) end--
  return start === 0 && end === value.length ? value : value.slice(start, end)
}

function isSpace(code: number): boolean {
  return code === 0x20 || code === 0x09
}
