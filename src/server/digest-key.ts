import { encodeBase64Url } from "../shared/base64.ts"
import { toUtf8 } from "../shared/utf8.ts"

/**
 * Makes the key of a storage under which something of somebody is kept. A digest, so that no id of a session and no
 * handle can be read there; of a JSON array, which keeps its parts apart, whatever characters they hold.
 */
export async function digestKey(kind: string, ...parts: readonly string[]): Promise<string> {
  const digest = await crypto.subtle.digest("SHA-256", toUtf8(JSON.stringify([kind, ...parts])))
  return encodeBase64Url(new Uint8Array(digest))
}
