import { assertSecrets } from "../../shared/secrets.ts"
import type { Sealer, SealerOptions } from "./sealer.ts"

/**
 * Makes a {@link Sealer}: AES-256-GCM under keys derived by HKDF-SHA-256 from the ring, with a version byte and
 * the key's id in front and the expiry inside. The cipher is loaded by the first call that asks something.
 *
 * @throws {WeakSecret} The ring is empty, or one of it is too short to keep anything secret.
 * @see S28/basic/patterns/mrtr#server-requirements-basic-workflow
 */
export function createSealer(options: SealerOptions = {}): Sealer {
  if (options.secrets !== undefined) assertSecrets(options.secrets)
  let cipher: Promise<Sealer> | undefined

  function load(): Promise<Sealer> {
    // Not before: workers make no random numbers while they start.
    cipher ??= import("./aes-sealer.ts").then(({ createAesSealer, ownSecrets }) =>
      createAesSealer({ ...options, secrets: options.secrets ?? ownSecrets(options.log) }),
    )
    return cipher
  }

  return {
    seal: async (payload, associated) => (await load()).seal(payload, associated),
    open: async (text, associated) => (await load()).open(text, associated),
  }
}
