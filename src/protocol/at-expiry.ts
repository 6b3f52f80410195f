import { longestTimer } from "../shared/longest-timer.ts"
import type { Principal } from "./principal.ts"

/** Calls `end` when the credential runs out with which a stream was opened: it must not outlive it. */
export function atExpiry(principal: Principal | undefined, end: () => void): () => void {
  const expiresAt = principal?.expiresAt
  if (expiresAt === undefined) return () => undefined
  const timer = setTimeout(end, Math.min(Math.max(expiresAt - Date.now(), 0), longestTimer))
  return () => clearTimeout(timer)
}
