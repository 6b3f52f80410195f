import { InvalidEnvelope, show, UnsupportedVersion } from "../../errors/protocol.ts"
import type { ClientCapabilities, Implementation, LoggingLevel } from "../../spec/index.ts"
import { metaKeys } from "../../spec/meta.ts"
import type { ProtocolRevision } from "../../spec/revisions.ts"
import type { Peer } from "../call.ts"
import { isObject, type Params } from "../jsonrpc.ts"
import { isLoggingLevel, loggingLevels } from "../logging-level.ts"
import type { Principal } from "../principal.ts"

/** The client of one stateless request: what its `_meta` says, read when asked for. */
export class StatelessPeer implements Peer {
  readonly revision: ProtocolRevision
  readonly principal: Principal | undefined
  readonly #meta: Params

  constructor(revision: ProtocolRevision, principal: Principal | undefined, meta: Params) {
    this.revision = revision
    this.principal = principal
    this.#meta = meta
  }

  get info(): Implementation | undefined {
    const info = this.#meta[metaKeys.clientInfo]
    // Self-reported and for display only, so its inner shape is not policed.
    return isObject(info) ? (info as unknown as Implementation) : undefined
  }

  get capabilities(): ClientCapabilities {
    // `readEnvelope` checked that it is an object.
    return this.#meta[metaKeys.clientCapabilities] as ClientCapabilities
  }
}

/**
 * Checks the envelope of a request: the version first, so that a client of another revision learns which to use.
 *
 * @throws {InvalidEnvelope} `_meta` or a required key of it is missing or malformed.
 * @throws {UnsupportedVersion} The version is not served.
 * @see S28/basic/index#meta
 */
export function readEnvelope(params: Params | undefined, supported: readonly ProtocolRevision[]): Params {
  const meta = params?._meta
  if (!isObject(meta)) throw malformed("", meta, "an object")
  const version = meta[metaKeys.protocolVersion]
  if (typeof version !== "string") throw malformed(metaKeys.protocolVersion, version, "a string")
  // `includes` narrows nothing: a plain string against a list of literals.
  if (!supported.includes(version as ProtocolRevision)) throw new UnsupportedVersion(version, supported)
  checkCapabilities(meta[metaKeys.clientCapabilities])
  const token = meta[metaKeys.progressToken]
  // Progress repeats the token; one that the schema forbids would make every such notification malformed.
  if (token !== undefined && typeof token !== "string" && !Number.isSafeInteger(token))
    throw malformed(metaKeys.progressToken, token, "a string or an integer")
  return meta
}

function checkCapabilities(capabilities: unknown): void {
  const key = metaKeys.clientCapabilities
  if (!isObject(capabilities)) throw malformed(key, capabilities, "an object")
  // Those that questions depend on: what is no object can neither be asked nor be called undeclared.
  for (const name of ["elicitation", "sampling", "roots"] as const) {
    const value = capabilities[name]
    if (value !== undefined && !isObject(value)) throw malformed(`${key}.${name}`, value, "an object")
  }
}

function malformed(key: string, value: unknown, expected: string): InvalidEnvelope {
  const place = key === "" ? "`params._meta`" : `\`params._meta["${key}"]\``
  const problem = value === undefined ? "is missing" : `must be ${expected}`
  return new InvalidEnvelope(`${place} ${problem}.`, { fix: envelopeFix })
}

/**
 * Reads the log level of a request. Unknown levels are an error, as a silent server would puzzle.
 *
 * @throws {InvalidEnvelope}
 */
export function readLogLevel(meta: Params): LoggingLevel | undefined {
  const level = meta[metaKeys.logLevel]
  if (level === undefined) return undefined
  if (isLoggingLevel(level)) return level
  throw new InvalidEnvelope(`The log level \`${show(level)}\` is unknown.`, {
    fix: `Use one of ${loggingLevels.join(", ")}.`,
  })
}

const envelopeFix = `Send \`${metaKeys.protocolVersion}\` (a string) and \`${metaKeys.clientCapabilities}\` (an object, may be empty) in \`params._meta\`.`
