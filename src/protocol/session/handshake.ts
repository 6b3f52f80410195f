import { InvalidRequest, show } from "../../errors/protocol.ts"
import type { ClientCapabilities, Implementation } from "../../spec/index.ts"
import { isProtocolRevision, type SessionRevision, sessionRevisions } from "../../spec/revisions.ts"
import { isObject, type Params } from "../jsonrpc.ts"
import { type Principal, principalKey } from "../principal.ts"
import type { HeaderBag } from "../transport.ts"
import type { SessionData } from "./session.ts"

/** Makes the session that an `initialize` asks for. */
export function newSession(
  revision: SessionRevision,
  { capabilities, clientInfo }: Params,
  principal: Principal | undefined,
): SessionData {
  return {
    // 122 random bits: nobody guesses it.
    id: crypto.randomUUID(),
    owner: principalKey(principal),
    revision,
    // Its row of the method table checks both before there is a session.
    capabilities: capabilities as ClientCapabilities,
    info: isObject(clientInfo) ? (clientInfo as unknown as Implementation) : undefined,
    logLevel: undefined,
    subscriptions: [],
  }
}

/**
 * @throws {InvalidRequest} The header names a revision that does not exist, or has no sessions.
 * @see S11/basic/transports#protocol-version-header
 */
export function checkVersionHeader(headers: HeaderBag | undefined): void {
  const version = headers?.get("mcp-protocol-version")
  if (version === undefined || isSessionRevision(version)) return
  const known = sessionRevisions.map((revision) => `\`${revision}\``).join(", ")
  throw new InvalidRequest(`The header \`MCP-Protocol-Version\` says \`${show(version)}\`.`, {
    fix: isProtocolRevision(version)
      ? `Requests of \`${version}\` say it in \`_meta\` too; with sessions, send one of ${known}.`
      : `Send what was negotiated, one of ${known}.`,
  })
}

/**
 * The revision of a client without a session: what its header says, and the last that had no such header else.
 *
 * @see S11/basic/transports#protocol-version-header
 */
export function spokenWithout(headers: HeaderBag | undefined): SessionRevision {
  const version = headers?.get("mcp-protocol-version")
  return version !== undefined && isSessionRevision(version) ? version : "2025-03-26"
}

function isSessionRevision(version: string): version is SessionRevision {
  return sessionRevisions.some((revision) => revision === version)
}
