import { hooks } from "../server/middleware.ts"
import type { CallFailure } from "./shared-failure.ts"

/** Counts failures by kind and method. */
export interface Counts {
  add(failure: CallFailure, method: string): void
  /** Hears of a method that answered, and so exists. */
  learn(method: string): void
  all(): { readonly [typeAndMethod: string]: number }
  reset(): void
}

/** How many methods of plugins are told apart. */
const mostLearnt = 100

/** Makes the counts of so many kinds; those beyond are counted together. */
export function createCounts(max: number): Counts {
  const counts = new Map<string, number>()
  const methods = new Set<string>(["ping", ...Object.values(hooks)])
  const mostMethods = methods.size + mostLearnt
  return {
    add({ type }, method) {
      // Clients make up as many methods as they like, of any length, and some are refused before anybody looks for them.
      const key = `${type}:${methods.has(method) ? method : "(unknown)"}`
      const counted = counts.has(key) || counts.size < max ? key : "(other)"
      counts.set(counted, (counts.get(counted) ?? 0) + 1)
    },
    learn(method) {
      if (methods.size < mostMethods) methods.add(method)
    },
    all: () => Object.fromEntries(counts),
    reset: () => counts.clear(),
  }
}
