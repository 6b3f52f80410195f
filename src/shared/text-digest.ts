import { encodeBase64Url } from "./base64.ts"
import { toUtf8 } from "./utf8.ts"

/** Makes the SHA-256 digest of a text, in Base64 for URLs. */
export async function textDigest(text: string): Promise<string> {
  return encodeBase64Url(new Uint8Array(await crypto.subtle.digest("SHA-256", toUtf8(text))))
}
