import { WeakSecret } from "../../errors/protocol.ts"
import type { Sealer, SealerOptions } from "./sealer.ts"

/**
 * Makes a {@link Sealer}: AES-256-GCM under keys derived by HKDF-SHA-256 from the ring, with a version byte and
 * the key's id in front and the expiry inside. The cipher is loaded by the first call that asks something.
 *
 * @throws {WeakSecret} The ring is empty, or one of it is too short to keep anything secret.
 * @see S28/basic/patterns/mrtr#server-requirements-basic-workflow
 */
export function createSealer(options: SealerOptions = {}): Sealer {
  options.secrets?.forEach(assertSecret)
  if (options.secrets?.length === 0) throw new WeakSecret("`secrets` is empty")
  let cipher: Promise<Sealer> | undefined

  function load(): Promise<Sealer> {
    // Not before: workers make no random numbers while they start.
    cipher ??= import("./aes-sealer.ts").then(({ createAesSealer }) =>
      createAesSealer({
        ...options,
        secrets: options.secrets ?? [crypto.getRandomValues(new Uint8Array(32))],
      }),
    )
    return cipher
  }

  return {
    seal: async (payload, associated) => (await load()).seal(payload, associated),
    open: async (text, associated) => (await load()).open(text, associated),
  }
}

/** Keys are derived from it, so whoever guesses it can write any state. */
function assertSecret(secret: unknown, index: number): void {
  const unit = typeof secret === "string" ? "characters" : secret instanceof Uint8Array ? "bytes" : undefined
  if (unit === undefined) throw new WeakSecret(`\`secrets[${index}]\` is \`${typeof secret}\``)
  // A string or bytes: `unit` says so.
  const { length } = secret as string | Uint8Array
  if (length < 32) throw new WeakSecret(`\`secrets[${index}]\` has only ${length} ${unit}`)
}
