import { canonicalJson } from "../shared/canonical-json.ts"
import { toUtf8 } from "../shared/utf8.ts"

/** What a fingerprint covers: what a model is told of a component, and what it may send and get. */
const covered = [
  "name",
  "uri",
  "uriTemplate",
  "description",
  "inputSchema",
  "outputSchema",
  "arguments",
] as const

/** A component as lists show it; further fields are allowed and not covered. */
export type FingerprintSource = { readonly [Field in (typeof covered)[number]]?: unknown }

/**
 * Digests the name, schemas and description of a component, so that a silent change of any shows: `sha256:` and 64
 * hexadecimal digits. The order of members and absent fields make no difference.
 *
 * @throws {NotCanonicalJson} when a schema is not JSON
 * @see https://www.rfc-editor.org/rfc/rfc8785
 */
export async function fingerprintOf(definition: FingerprintSource): Promise<string> {
  const text = canonicalJson(Object.fromEntries(covered.map((field) => [field, definition[field]])))
  const digest = await crypto.subtle.digest("SHA-256", toUtf8(text))
  return `sha256:${Array.from(new Uint8Array(digest), toHex).join("")}`
}

function toHex(byte: number): string {
  return byte.toString(16).padStart(2, "0")
}
