import { metaKeys } from "../spec/meta.ts"
import { isProtocolRevision, isStateless } from "../spec/revisions.ts"
import type { Params } from "./jsonrpc.ts"

/** A wire dialect: with sessions (2024-11-05 … 2025-11-25) or without (2026-07-28). */
export type Era = "session" | "stateless"

/**
 * Decides to which era a message belongs. The body decides; a header never overrides it, but names the era of
 * a request whose body forgot to, so that it is told what is missing.
 *
 * @param claimed The protocol version in the body's `_meta`, if it has one.
 * @param header The `MCP-Protocol-Version` header, if there is one.
 * @see S28/basic/versioning#compatibility-matrix
 */
export function eraOf(claimed: unknown, header: string | undefined): Era {
  if (claimed !== undefined) return "stateless"
  return header !== undefined && isProtocolRevision(header) && isStateless(header) ? "stateless" : "session"
}

/** Reads the protocol version that a message claims in its `_meta`. */
export function claimedVersion(params: Params | undefined): unknown {
  const meta = params?._meta
  if (typeof meta !== "object" || meta === null) return undefined
  // An object, by the line above; what it holds is unknown still.
  return (meta as Params)[metaKeys.protocolVersion]
}
