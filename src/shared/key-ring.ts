import { encodeBase64Url } from "./base64.ts"
import { decodeBase64Url } from "./base64-url.ts"
import type { Secrets } from "./secrets.ts"
import { toUtf8 } from "./utf8.ts"

/**
 * Encrypts with AES-256-GCM under a key derived from the first secret, and decrypts under those of all. What it writes
 * is URL-safe text: a version, the id of the key, a random nonce, and the bytes with their tag.
 */
export interface KeyRing {
  /** Encrypts bytes, bound to a text: without the same text nobody decrypts them. */
  encrypt(plain: Uint8Array<ArrayBuffer>, bound: string): Promise<string>
  decrypt(text: string, bound: string): Promise<Decrypted>
}

/** What became of a text: its bytes, or why there are none. */
export type Decrypted =
  | { readonly kind: "plain"; readonly bytes: ArrayBuffer }
  /** Another ring wrote it. */
  | { readonly kind: "unknown-key" }
  /** No ring wrote it. */
  | { readonly kind: "malformed" }
  /** It was changed, or bound to another text. */
  | { readonly kind: "changed"; readonly cause: unknown }

/**
 * Makes a ring of keys.
 *
 * @param secrets What `assertSecrets()` has passed.
 * @param purpose What the keys are for. Those for something else are others, of the same secrets too.
 * @see RFC 5869 for HKDF
 */
export function createKeyRing(secrets: Secrets, purpose: string): KeyRing {
  let ring: Promise<readonly RingKey[]> | undefined

  function keys(): Promise<readonly RingKey[]> {
    ring ??= Promise.all(secrets.map((secret) => deriveKey(secret, purpose)))
    return ring
  }

  return {
    async encrypt(plain, bound) {
      const [first] = await keys()
      // The ring has one key at least: see `secrets` above.
      const { id, key } = first as RingKey
      const iv = crypto.getRandomValues(new Uint8Array(ivLength))
      const algorithm = { name: "AES-GCM", iv, additionalData: toUtf8(bound) }
      const sealed = new Uint8Array(await crypto.subtle.encrypt(algorithm, key, plain))
      const bytes = new Uint8Array(ivLength + sealed.length)
      bytes.set(iv)
      bytes.set(sealed, ivLength)
      return `${version}${id}${encodeBase64Url(bytes)}`
    },
    async decrypt(text, bound) {
      const bytes = text[0] === version ? decodeBase64Url(text.slice(1 + idLength)) : undefined
      if (bytes === undefined || bytes.length < ivLength + tagLength) return { kind: "malformed" }
      const id = text.slice(1, 1 + idLength)
      const found = (await keys()).find((entry) => entry.id === id)
      if (found === undefined) return { kind: "unknown-key" }
      const algorithm = { name: "AES-GCM", iv: bytes.subarray(0, ivLength), additionalData: toUtf8(bound) }
      try {
        const plain = await crypto.subtle.decrypt(algorithm, found.key, bytes.subarray(ivLength))
        return { kind: "plain", bytes: plain }
      } catch (cause) {
        return { kind: "changed", cause }
      }
    },
  }
}

const version = "1"
const idLength = 6
const ivLength = 12
const tagLength = 16

// The platform's own type, by a name that every set of type definitions has.
type AesKey = Awaited<ReturnType<typeof crypto.subtle.importKey>>

interface RingKey {
  readonly id: string
  readonly key: AesKey
}

async function deriveKey(secret: string | Uint8Array, purpose: string): Promise<RingKey> {
  const material = typeof secret === "string" ? toUtf8(secret) : new Uint8Array(secret)
  const base = await crypto.subtle.importKey("raw", material, "HKDF", false, ["deriveKey", "deriveBits"])
  const hkdf = (info: string) => ({
    name: "HKDF",
    hash: "SHA-256",
    salt: new Uint8Array(32),
    info: toUtf8(`fleetmcp ${purpose} ${info}`),
  })
  const aes = { name: "AES-GCM", length: 256 }
  const key = await crypto.subtle.deriveKey(hkdf("key"), base, aes, false, ["encrypt", "decrypt"])
  const bits = await crypto.subtle.deriveBits(hkdf("id"), base, 32)
  return { id: encodeBase64Url(new Uint8Array(bits)), key }
}
