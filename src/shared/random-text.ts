import { encodeBase64Url } from "./base64.ts"

/** Makes a text that nobody guesses: so many random bytes, in Base64 for URLs. */
export function randomText(bytes = 24): string {
  return encodeBase64Url(crypto.getRandomValues(new Uint8Array(bytes)))
}
