import { MissingSecrets } from "../../errors/missing-secrets.ts"
import { InvalidRequestState, RequestStateTooLarge } from "../../errors/rounds.ts"
import { deploymentSignals } from "../../shared/deployment.ts"
import { createKeyRing, type Decrypted } from "../../shared/key-ring.ts"
import type { Secrets } from "../../shared/secrets.ts"
import { toUtf8 } from "../../shared/utf8.ts"
import { type Sealer, type SealerOptions, stateLifeMs } from "./sealer.ts"

/** Makes the sealer that {@link createSealer} describes, of secrets that it has looked at. */
export function createAesSealer(options: SealerOptions & { readonly secrets: Secrets }): Sealer {
  const { secrets, ttlMs = stateLifeMs, maxSize = 262_144, now = Date.now } = options
  const ring = createKeyRing(secrets, "request-state")
  return {
    async seal(payload, associated) {
      const plain = toUtf8(JSON.stringify({ ...payload, exp: now() + ttlMs }))
      const text = await ring.encrypt(plain, associated)
      if (text.length > maxSize) throw new RequestStateTooLarge(text.length, maxSize)
      return text
    },
    async open(text, associated) {
      if (text.length > maxSize) throw new InvalidRequestState("it is too long")
      const payload = read(await ring.decrypt(text, associated))
      if (typeof payload.exp !== "number" || payload.exp < now())
        throw new InvalidRequestState("it has expired")
      return payload
    },
  }
}

function read(opened: Decrypted): { readonly [name: string]: unknown } {
  switch (opened.kind) {
    case "plain":
      // Authenticated: it is what `seal` wrote.
      return JSON.parse(new TextDecoder().decode(opened.bytes)) as { [name: string]: unknown }
    case "changed":
      throw new InvalidRequestState("it was changed, or belongs to another call or caller", opened.cause)
    case "unknown-key":
    case "malformed":
      throw new InvalidRequestState("it was not made here")
  }
}

/** Makes secrets of this process, and says so where they will not do. */
export function ownSecrets(log: SealerOptions["log"]): Secrets {
  const [signal] = deploymentSignals()
  if (signal !== undefined)
    log?.({ level: "warning", message: "The server has no `secrets`", error: new MissingSecrets(signal) })
  return [crypto.getRandomValues(new Uint8Array(32))]
}
