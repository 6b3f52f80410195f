import { InvalidRequestState, RequestStateTooLarge, WeakSecret } from "../../errors/protocol.ts"
import { decodeBase64Url, encodeBase64Url } from "../../shared/base64.ts"

/** Seals what a client keeps for us, so that it can neither read nor change nor move it to another call. */
export interface Sealer {
  seal(payload: object, associated: string): Promise<string>
  /** Rejects with {@link InvalidRequestState}. */
  open(text: string, associated: string): Promise<{ readonly [name: string]: unknown }>
}

export interface SealerOptions {
  /** The key ring: the first seals, all open. Without it a random key of this process is used. */
  readonly secrets?: readonly (string | Uint8Array)[] | undefined
  /** How long a sealed state can be opened, in milliseconds. Default 10 minutes. */
  readonly ttlMs?: number | undefined
  /** The largest sealed text, in characters. Default 8192. */
  readonly maxSize?: number | undefined
  readonly now?: (() => number) | undefined
}

// The platform's own type, by a name that every set of type definitions has.
type AesKey = Awaited<ReturnType<typeof crypto.subtle.importKey>>

interface RingKey {
  readonly id: string
  readonly key: AesKey
}

/**
 * Makes a {@link Sealer}: AES-256-GCM under keys derived by HKDF-SHA-256 from the ring, with a version byte and
 * the key's id in front and the expiry inside.
 *
 * @see S28/basic/patterns/mrtr#server-requirements-basic-workflow
 */
export function createSealer(options: SealerOptions = {}): Sealer {
  const { ttlMs = 600_000, maxSize = 8192, now = Date.now } = options
  options.secrets?.forEach(assertSecret)
  const secrets = options.secrets ?? [crypto.getRandomValues(new Uint8Array(32))]
  if (secrets.length === 0) throw new WeakSecret("`secrets` is empty")
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
      const plain = encoder.encode(JSON.stringify({ ...payload, exp: now() + ttlMs }))
      const additionalData = encoder.encode(associated)
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

/** Keys are derived from it, so whoever guesses it can write any state. */
function assertSecret(secret: unknown, index: number): void {
  const isSecret = typeof secret === "string" || secret instanceof Uint8Array
  if (!isSecret || secret.length < 32) {
    throw new WeakSecret(
      `\`secrets[${index}]\` is ${isSecret ? `only ${secret.length} long` : `\`${typeof secret}\``}`,
    )
  }
}

const version = "1"
const encoder = /* @__PURE__ */ new TextEncoder()

async function decrypt(key: AesKey, bytes: Uint8Array<ArrayBuffer>, associated: string) {
  const iv = bytes.subarray(0, 12)
  const additionalData = encoder.encode(associated)
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
  const material = typeof secret === "string" ? encoder.encode(secret) : new Uint8Array(secret)
  const base = await crypto.subtle.importKey("raw", material, "HKDF", false, ["deriveKey", "deriveBits"])
  const hkdf = (info: string) => ({
    name: "HKDF",
    hash: "SHA-256",
    salt: new Uint8Array(32),
    info: encoder.encode(`fleetmcp request-state ${info}`),
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
