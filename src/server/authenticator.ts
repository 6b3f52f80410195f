import type { FleetError } from "../errors/fleet-error.ts"
import { isObject } from "../protocol/jsonrpc.ts"
import type { Principal } from "../protocol/principal.ts"
import type { HeaderBag } from "../protocol/transport.ts"

/** What an authenticator sees of a request: never its body. */
export interface AuthRequest {
  /** The HTTP method. */
  readonly method: string
  /** The URL as the client wrote it, also behind a proxy. */
  readonly externalUrl: URL
  /** The HTTP headers. */
  readonly headers: HeaderBag
  /** Aborted when the client leaves. */
  readonly signal: AbortSignal
}

/** Turns a request away, with the status and headers that say why. */
export interface Refusal {
  /** 401 for an unknown caller, 403 for one who may not. */
  readonly status: 401 | 403 | 400 | 429 | 503
  /** Such as `WWW-Authenticate`. Default: none. */
  readonly headers?: { readonly [name: string]: string } | undefined
}

/** Says who sends a request. Runs before the body is read. */
export interface Authenticator {
  /**
   * Says who is calling, or turns the request away. What it throws is logged and answered with 500, as is what
   * `createPrincipal()` did not make and is no refusal.
   *
   * @see S28/basic/authorization
   */
  authenticate(request: AuthRequest): Promise<Principal | Refusal> | Principal | Refusal
  /** The headers that challenge a caller to come back with more scopes. Default: `WWW-Authenticate: Bearer …`. */
  challenge?(scopes: readonly string[]): { readonly [name: string]: string }
}

export function isRefusal(verdict: Principal | Refusal): verdict is Refusal {
  // Types do not hold at run time: what is neither refusal nor principal must pass for neither.
  return isObject(verdict) && statuses.includes(verdict.status)
}

const statuses: readonly unknown[] = [400, 401, 403, 429, 503]

/** Words what an authenticator says that is neither a principal nor a refusal. Loaded when one does. */
export async function invalidAuthentication(verdict: unknown): Promise<FleetError> {
  const { InvalidAuthentication } = await import("../errors/returned.ts")
  return new InvalidAuthentication(verdict)
}

/**
 * Writes the standard challenge for missing scopes.
 *
 * @see https://www.rfc-editor.org/rfc/rfc6750#section-3
 */
export function scopeChallenge(scopes: readonly string[]): { readonly [name: string]: string } {
  // Scope tokens hold no quotes or backslashes (RFC 6749 section 3.3); what does is no scope.
  const scope = scopes.join(" ").replace(/["\\\r\n]/g, "")
  return { "www-authenticate": `Bearer error="insufficient_scope", scope="${scope}"` }
}
