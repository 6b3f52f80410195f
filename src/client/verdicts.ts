import type { DiscoverResult } from "@modelcontextprotocol/client"
import { createLru, type Lru } from "../shared/lru.ts"

/** What is known of the era that a server speaks. */
export type Verdict =
  | { readonly kind: "modern"; readonly discover: DiscoverResult }
  | { readonly kind: "legacy" }

/** Keeps what servers were found to speak, so that they need not be asked again. */
export interface Verdicts {
  get(key: string): Verdict | undefined
  set(key: string, verdict: Verdict): void
  delete(key: string): void
}

/** How long a verdict holds, in milliseconds: a server may be replaced by one that speaks more. */
const ttlMs = 300_000

/** Makes a place for verdicts; the least used of more than a thousand are forgotten. */
export function createVerdicts(options: { readonly now?: () => number } = {}): Verdicts {
  const kept: Lru<string, Verdict> = createLru({ max: 1_000, ttlMs, ...options })
  return {
    get: (key) => kept.get(key),
    set: (key, verdict) => kept.set(key, verdict),
    delete: (key) => void kept.delete(key),
  }
}

/** Those of this process. */
export const sharedVerdicts: Verdicts = /* @__PURE__ */ createVerdicts()
