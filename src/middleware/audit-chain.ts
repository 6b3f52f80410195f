import { encodeBase64Url } from "../shared/base64.ts"
import { canonicalJson } from "../shared/canonical-json.ts"
import { toUtf8 } from "../shared/utf8.ts"
import type { AuditRecord } from "./audit-record.ts"

/** What a chain is made with: of 32 characters or bytes at least. */
export type AuditKey = string | Uint8Array

/** Makes the digest of a text, which nobody else can make where there is a key. */
export type Digest = (text: string) => Promise<string>

export function createDigest(key: AuditKey | undefined): Digest {
  if (key === undefined) return async (text) => toText(await crypto.subtle.digest("SHA-256", toUtf8(text)))
  const hmac = { name: "HMAC", hash: "SHA-256" }
  const bytes = typeof key === "string" ? toUtf8(key) : new Uint8Array(key)
  let imported: ReturnType<typeof crypto.subtle.importKey> | undefined
  return async (text) => {
    imported ??= crypto.subtle.importKey("raw", bytes, hmac, false, ["sign"])
    return toText(await crypto.subtle.sign("HMAC", await imported, toUtf8(text)))
  }
}

function toText(bytes: ArrayBuffer): string {
  return encodeBase64Url(new Uint8Array(bytes))
}

/** Makes the digest of a record, whatever `hash` it says. */
export function hashOf(record: AuditRecord, digest: Digest): Promise<string> {
  const { hash: _, ...rest } = record
  return digest(`fleetmcp audit\n${canonicalJson(rest)}`)
}
