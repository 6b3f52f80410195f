import type { CacheHints } from "../components/component.ts"

/**
 * Writes cache hints. What depends on the caller is private, whatever was configured.
 *
 * @see S28/server/utilities/caching#security-considerations
 */
export function wireHints(
  hints: { readonly [hint in keyof CacheHints]?: CacheHints[hint] | undefined } | undefined,
  isPrivate: boolean,
): {
  ttlMs: number
  cacheScope: "public" | "private"
} {
  return { ttlMs: toTtl(hints?.ttlMs), cacheScope: isPrivate ? "private" : (hints?.scope ?? "private") }
}

/** S28/server/utilities/caching#cacheable-results: an integer, and not below 0, whatever an author computed. */
function toTtl(ms: number | undefined): number {
  if (ms === undefined || !(ms > 0)) return 0
  return Math.min(Math.trunc(ms), Number.MAX_SAFE_INTEGER)
}
