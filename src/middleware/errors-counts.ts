import { MethodNotFound } from "../errors/protocol.ts"
import type { CallFailure } from "./shared-failure.ts"

/** Counts failures by kind and method. */
export interface Counts {
  add(failure: CallFailure, method: string): void
  all(): { readonly [typeAndMethod: string]: number }
  reset(): void
}

/** Makes the counts of so many kinds; those beyond are counted together. */
export function createCounts(max: number): Counts {
  const counts = new Map<string, number>()
  return {
    add({ error, type }, method) {
      // Clients make up as many methods as they like.
      const key = `${type}:${error instanceof MethodNotFound ? "(unknown)" : method}`
      const counted = counts.has(key) || counts.size < max ? key : "(other)"
      counts.set(counted, (counts.get(counted) ?? 0) + 1)
    },
    all: () => Object.fromEntries(counts),
    reset: () => counts.clear(),
  }
}
