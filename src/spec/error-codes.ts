import { isStateless, type ProtocolRevision } from "./revisions.ts"

/** One JSON-RPC error code the protocol defines. */
export interface ErrorCode {
  readonly code: number
  readonly name: string
  /** The first revision that may send the code; unset for the oldest. */
  readonly since?: ProtocolRevision
  /** The last revision that may send the code; unset for the newest. */
  readonly until?: ProtocolRevision
}

/**
 * The error codes of JSON-RPC and of every protocol revision.
 *
 * @see https://modelcontextprotocol.io/specification/2026-07-28/basic#error-codes
 */
export const errorCodes: readonly ErrorCode[] = [
  { code: -32700, name: "ParseError" },
  { code: -32600, name: "InvalidRequest" },
  { code: -32601, name: "MethodNotFound" },
  { code: -32602, name: "InvalidParams" },
  { code: -32603, name: "InternalError" },
  { code: -32020, name: "HeaderMismatch", since: "2026-07-28" },
  { code: -32021, name: "MissingRequiredClientCapability", since: "2026-07-28" },
  { code: -32022, name: "UnsupportedProtocolVersion", since: "2026-07-28" },
  { code: -32002, name: "ResourceNotFound", until: "2025-11-25" },
  {
    code: -32042,
    name: "URLElicitationRequired",
    since: "2025-11-25",
    until: "2025-11-25",
  },
]

/**
 * Tells whether a revision allows sending an error code: it must be an integer, not one that the revision does not
 * know, and from 2026-07-28 none that the specification reserves (-32020 to -32099) without defining it.
 */
export function isErrorCodeAllowed(code: number, revision: ProtocolRevision): boolean {
  if (!Number.isSafeInteger(code)) return false
  const row = errorCodes.find((candidate) => candidate.code === code)
  if (row === undefined) return !(isStateless(revision) && code <= -32020 && code >= -32099)
  // Revisions are dates, so they compare as strings.
  return (row.since ?? revision) <= revision && revision <= (row.until ?? revision)
}
