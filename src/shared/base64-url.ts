import { decodeBase64, encodeBase64Url } from "./base64.ts"
import { fromUtf8, toUtf8 } from "./utf8.ts"

/** Decodes Base64url without padding, as strictly as `decodeBase64`. */
export function decodeBase64Url(text: string): Uint8Array<ArrayBuffer> | undefined {
  if (/[^A-Za-z0-9_-]/.test(text)) return undefined
  const padding = "=".repeat((4 - (text.length % 4)) % 4)
  return decodeBase64(text.replaceAll("-", "+").replaceAll("_", "/") + padding)
}

/** Encodes the UTF-8 of a text as Base64url. Lone surrogates become U+FFFD. */
export function encodeBase64UrlText(text: string): string {
  return encodeBase64Url(toUtf8(text))
}

/** Decodes Base64url that holds UTF-8; `undefined` when it is not Base64url or the bytes are not UTF-8. */
export function decodeBase64UrlText(text: string): string | undefined {
  const bytes = decodeBase64Url(text)
  return bytes && fromUtf8(bytes)
}
