import type { Secrets } from "../../shared/secrets.ts"
import type { StorageParts } from "../../storage/storage.ts"

/** Seals what a client keeps for us, so that it can neither read nor change nor move it to another call. */
export interface Sealer {
  seal(payload: object, associated: string): Promise<string>
  /** Rejects with {@link InvalidRequestState}. */
  open(text: string, associated: string): Promise<{ readonly [name: string]: unknown }>
}

/** How long a sealed state can be opened: 10 minutes. */
export const stateLifeMs = 600_000

/** What seals, and where that is kept which is too much for a client. */
export interface StateKeeper {
  readonly sealer: Sealer
  readonly storage: StorageParts
}

export interface SealerOptions {
  /** The key ring: the first seals, all open. Without it a random key of this process is used. */
  readonly secrets?: Secrets | undefined
  /** How long a sealed state can be opened, in milliseconds. Default {@link stateLifeMs}. */
  readonly ttlMs?: number | undefined
  /** The largest sealed text, in characters. Default 256 Ki. */
  readonly maxSize?: number | undefined
  readonly now?: (() => number) | undefined
  /** Hears, once, where a key of this process will not do. */
  readonly log?:
    | ((record: { readonly level: "warning"; readonly message: string; readonly error: unknown }) => void)
    | undefined
}
