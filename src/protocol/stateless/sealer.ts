import type { Secrets } from "../../shared/secrets.ts"

/** Seals what a client keeps for us, so that it can neither read nor change nor move it to another call. */
export interface Sealer {
  seal(payload: object, associated: string): Promise<string>
  /** Rejects with {@link InvalidRequestState}. */
  open(text: string, associated: string): Promise<{ readonly [name: string]: unknown }>
}

export interface SealerOptions {
  /** The key ring: the first seals, all open. Without it a random key of this process is used. */
  readonly secrets?: Secrets | undefined
  /** How long a sealed state can be opened, in milliseconds. Default 10 minutes. */
  readonly ttlMs?: number | undefined
  /** The largest sealed text, in characters. Default 8192. */
  readonly maxSize?: number | undefined
  readonly now?: (() => number) | undefined
}
