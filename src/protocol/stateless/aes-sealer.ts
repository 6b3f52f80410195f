import { InvalidRequestState, RequestStateTooLarge } from "../../errors/rounds.ts"
import { decodeBase64Url, encodeBase64Url } from "../../shared/base64.ts"
import { toUtf8 } from "../../shared/utf8.ts"
import { type Sealer, type SealerOptions, stateLifeMs } from "./sealer.ts"

// The platform's own type, by a name that every set of type definitions has.
type AesKey = Awaited<ReturnType<typeof crypto.subtle.importKey>>

interface RingKey {
  readonly id: string
  readonly key: AesKey
}

/** Makes the sealer that {@link createSealer} describes, of secrets that it has looked at. */
export function createAesSealer(
  options: SealerOptions & { readonly secrets: readonly (string | Uint8Array)[] },
): Sealer {
  const { secrets, ttlMs = stateLifeMs, maxSize = 262_144, now = Date.now } = options
  let ring: Promise<readonly RingKey[]> | undefined

  function keys(): Promise<readonly RingKey[]> {
    ring ??= Promise.all(secrets.map(deriveKey))
    return ring
  }

  return {
    async seal(payload, associated) {
      const [first] = await keys()
      // The ring has one key at least: see `secrets` above.
      const { id, key } = first as RingKey
      const iv = crypto.getRandomValues(new Uint8Array(12))
      const plain = toUtf8(JSON.stringify({ ...payload, exp: now() + ttlMs }))
      const additionalData = toUtf8(associated)
      const sealed = await crypto.subtle.encrypt({ name: "AES-GCM", iv, additionalData }, key, plain)
      const text = `${version}${id}${encodeBase64Url(concat(iv, new Uint8Array(sealed)))}`
      if (text.length > maxSize) throw new RequestStateTooLarge(text.length, maxSize)
      return text
    },
    async open(text, associated) {
      if (text.length > maxSize) throw new InvalidRequestState("it is too long")
      const id = text.slice(1, 7)
      const found = (await keys()).find((entry) => entry.id === id)
      const bytes = text[0] === version ? decodeBase64Url(text.slice(7)) : undefined
      if (found === undefined || bytes === undefined || bytes.length < 29)
        throw new InvalidRequestState("it was not made here")
      const payload = await decrypt(found.key, bytes, associated)
      if (typeof payload.exp !== "number" || payload.exp < now())
        throw new InvalidRequestState("it has expired")
      return payload
    },
  }
}

const version = "1"

async function decrypt(key: AesKey, bytes: Uint8Array<ArrayBuffer>, associated: string) {
  const iv = bytes.subarray(0, 12)
  const additionalData = toUtf8(associated)
  try {
    const plain = await crypto.subtle.decrypt(
      { name: "AES-GCM", iv, additionalData },
      key,
      bytes.subarray(12),
    )
    // Authenticated: it is what `seal` wrote.
    return JSON.parse(new TextDecoder().decode(plain)) as { [name: string]: unknown }
  } catch (cause) {
    throw new InvalidRequestState("it was changed, or belongs to another call or caller", cause)
  }
}

async function deriveKey(secret: string | Uint8Array): Promise<RingKey> {
  const material = typeof secret === "string" ? toUtf8(secret) : new Uint8Array(secret)
  const base = await crypto.subtle.importKey("raw", material, "HKDF", false, ["deriveKey", "deriveBits"])
  const hkdf = (info: string) => ({
    name: "HKDF",
    hash: "SHA-256",
    salt: new Uint8Array(32),
    info: toUtf8(`fleetmcp request-state ${info}`),
  })
  const aes = { name: "AES-GCM", length: 256 }
  const key = await crypto.subtle.deriveKey(hkdf("key"), base, aes, false, ["encrypt", "decrypt"])
  const bits = await crypto.subtle.deriveBits(hkdf("id"), base, 32)
  return { id: encodeBase64Url(new Uint8Array(bits)), key }
}

function concat(a: Uint8Array, b: Uint8Array): Uint8Array {
  const both = new Uint8Array(a.length + b.length)
  both.set(a)
  both.set(b, a.length)
  return both
}
