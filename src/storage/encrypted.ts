import { assertOptions, type KnownOptions } from "../components/options.ts"
import { CannotDecrypt } from "../errors/storage.ts"
import { createKeyRing, type Decrypted } from "../shared/key-ring.ts"
import { assertSecrets } from "../shared/secrets.ts"
import { fromUtf8, toUtf8 } from "../shared/utf8.ts"
import { over } from "./over.ts"
import type { StorageDriver } from "./storage.ts"

/** What values are encrypted with. */
export interface EncryptedOptions {
  /** Secrets of 32 random characters or bytes at least. The first encrypts, all decrypt. */
  readonly secrets: readonly (string | Uint8Array)[]
  /** What is kept: the same secrets have other keys for another purpose. Default `values`. */
  readonly purpose?: string
}

const known: KnownOptions = {
  kinds: {
    secrets: { holds: Array.isArray, expected: "a list of strings or bytes", isSecret: true },
    purpose: "string",
  },
  required: ["secrets"],
}

/**
 * Encrypts values before they reach a storage, with AES-256-GCM under keys derived by HKDF-SHA-256. The key of an
 * entry is bound to its value, so that values cannot change places. Keys stay readable, and so do the lives and
 * lengths of values. Counters are values like others: there is no `increment`, and `createAtomic()` counts by
 * conditional writes.
 *
 * @param driver Where the encrypted values are kept.
 * @param options `secrets`, and the `purpose` of the storage.
 * @throws {WeakSecret} A secret is missing or can be guessed.
 * @throws {CannotDecrypt} By `get`: the value was encrypted under another secret, or changed, or is not encrypted.
 * @example
 * const secret = process.env.STORAGE_SECRET ?? "32 random characters of your own!"
 * const storage = encrypted(memoryStorage(), { secrets: [secret] })
 * await storage.write("token", "xoxb-1234")
 * @see RFC 5116 for authenticated encryption
 */
export function encrypted(driver: StorageDriver, options: EncryptedOptions): StorageDriver {
  assertOptions("`encrypted()`", options, known)
  const { secrets, purpose = "values" } = options
  assertSecrets(secrets)
  const ring = createKeyRing(secrets, `storage ${purpose}`)
  return over(driver, {
    async get(key) {
      const stored = await driver.get(key)
      return stored && { ...stored, value: read(key, await ring.decrypt(stored.value, key)) }
    },
    async write(key, value, writeOptions) {
      const text = value === undefined ? undefined : await ring.encrypt(toUtf8(value), key)
      return driver.write(key, text, writeOptions)
    },
    increment: undefined,
  })
}

function read(key: string, opened: Decrypted): string {
  switch (opened.kind) {
    case "plain": {
      const text = fromUtf8(opened.bytes)
      if (text === undefined) throw new CannotDecrypt(key, "malformed")
      return text
    }
    case "changed":
      throw new CannotDecrypt(key, "changed", opened.cause)
    default:
      throw new CannotDecrypt(key, opened.kind)
  }
}
