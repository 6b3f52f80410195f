import type { RequestInfo } from "../components/context.ts"
import type { Call } from "../protocol/call.ts"
import type { HeaderBag } from "../protocol/transport.ts"

/**
 * What is known of the request of a call. Headers by which callers prove who they are stand apart: a handler that passes
 * headers on, or shows them, must not give those away by accident.
 */
export function requestInfo({ id, peer, exchange, meta, round }: Call): RequestInfo {
  const { headers, transport } = exchange
  return {
    id,
    revision: peer.revision,
    transport,
    origin: headers?.get("origin"),
    headers: headers && part(headers, false),
    credentials: headers && part(headers, true),
    meta,
    round,
  }
}

/**
 * `Mcp-Session-Id` too: where nobody has to say who they are, it is all that a session asks for. Of keys there are too
 * many kinds to name; the one that many servers have and that opens nothing is let through.
 */
const credentials =
  /authorization|cookie|token|secret|pass|credential|assertion|signature|jwt|dpop|session-id|(?<!idempotency-)key\b/i

/** The headers that are credentials, or those that are not. */
function part(headers: HeaderBag, areCredentials: boolean): HeaderBag {
  const isOfIt = (name: string) => credentials.test(name) === areCredentials
  return {
    get: (name) => (isOfIt(name) ? headers.get(name.toLowerCase()) : undefined),
    entries: () => [...headers.entries()].filter(([name]) => isOfIt(name)),
  }
}
