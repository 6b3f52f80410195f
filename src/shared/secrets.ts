import { WeakSecret } from "../errors/protocol.ts"

/** What keys are derived from, of 32 characters or bytes at least. The first encrypts, all decrypt. */
export type Secrets = readonly (string | Uint8Array)[]

/**
 * Refuses a ring of secrets that can be guessed: whoever does has its keys.
 *
 * @throws {WeakSecret} The ring is empty, or one of it is too short to keep anything secret.
 */
export function assertSecrets(secrets: Secrets): void {
  if (secrets.length === 0) throw new WeakSecret("`secrets` is empty")
  secrets.forEach(assertSecret)
}

function assertSecret(secret: unknown, index: number): void {
  const unit = typeof secret === "string" ? "characters" : secret instanceof Uint8Array ? "bytes" : undefined
  if (unit === undefined) throw new WeakSecret(`\`secrets[${index}]\` is \`${typeof secret}\``)
  // A string or bytes: `unit` says so.
  const { length } = secret as string | Uint8Array
  if (length < 32) throw new WeakSecret(`\`secrets[${index}]\` has only ${length} ${unit}`)
}
