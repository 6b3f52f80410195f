import { fromUtf8, toUtf8 } from "./utf8.ts"

/** Encodes bytes as Base64 with padding (RFC 4648 §4). */
export function encodeBase64(bytes: Uint8Array): string {
  const native: NativeBytes = bytes
  if (native.toBase64 !== undefined) return native.toBase64()
  const buffer = nodeBuffer()
  if (buffer !== undefined)
    return buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString("base64")
  let text = ""
  for (let start = 0; start < bytes.length; start += CHUNK) {
    text += btoa(String.fromCharCode(...bytes.subarray(start, start + CHUNK)))
  }
  return text
}

/** Encodes bytes as Base64url without padding (RFC 4648 §5). */
export function encodeBase64Url(bytes: Uint8Array): string {
  const text = encodeBase64(bytes)
  const end = text.length - paddingOf(text)
  return text.slice(0, end).replaceAll("+", "-").replaceAll("/", "_")
}

/**
 * Decodes Base64. Strict where decoders of platforms forgive: returns `undefined` for white space, missing or
 * surplus padding, another alphabet, and unused bits that are not zero, so that one value has one text only.
 */
export function decodeBase64(text: string): Uint8Array<ArrayBuffer> | undefined {
  if (!isBase64(text)) return undefined
  const bytes = new Uint8Array(decodedLength(text))
  const buffer = nodeBuffer()
  if (buffer !== undefined) {
    // Written into memory of its own: small results of `Buffer.from` share a pool with other data.
    buffer.from(bytes.buffer).write(text, "base64")
    return bytes
  }
  const binary = atob(text)
  for (let at = 0; at < bytes.length; at++) bytes[at] = binary.charCodeAt(at)
  return bytes
}

/** Encodes the UTF-8 of a text as Base64. Lone surrogates become U+FFFD. */
export function encodeBase64Text(text: string): string {
  return encodeBase64(toUtf8(text))
}

/** Decodes Base64 that holds UTF-8; `undefined` when it is not Base64 or the bytes are not UTF-8. */
export function decodeBase64Text(text: string): string | undefined {
  const bytes = decodeBase64(text)
  return bytes && fromUtf8(bytes)
}

/** Tells whether a text is what {@link encodeBase64} writes: padded, without white space, unused bits zero. */
export function isBase64(text: string): boolean {
  if (text.length % 4 !== 0) return false
  const padding = paddingOf(text)
  const end = text.length - padding
  if (/[^A-Za-z0-9+/]/.test(padding === 0 ? text : text.slice(0, end))) return false
  const last = text.charAt(end - 1)
  return padding === 0 || (padding === 1 ? fourBits : twoBits).includes(last)
}

/** Returns how many bytes a valid Base64 or Base64url text holds, without decoding it. */
export function decodedLength(text: string): number {
  return Math.floor(((text.length - paddingOf(text)) * 3) / 4)
}

// A multiple of three, so that the pieces need no padding; few enough to be arguments of one call.
const CHUNK = 0x3000

// The characters that may stand before padding: those whose unused low bits are zero.
const fourBits = "AEIMQUYcgkosw048"
const twoBits = "AQgw"

interface NativeBytes extends Uint8Array {
  /** In Node 25 and newer, and in browsers. */
  toBase64?: () => string
}

interface NodeBuffer {
  from(bytes: ArrayBufferLike, offset?: number, length?: number): NodeBytes
}

interface NodeBytes {
  toString(encoding: "base64"): string
  write(text: string, encoding: "base64"): number
}

function nodeBuffer(): NodeBuffer | undefined {
  // Runtimes without `Buffer` have no such global, whatever the types of Node say.
  return (globalThis as { Buffer?: NodeBuffer }).Buffer
}

function paddingOf(text: string): number {
  return text.endsWith("==") ? 2 : text.endsWith("=") ? 1 : 0
}
