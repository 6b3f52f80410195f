import type { Principal } from "../protocol/principal.ts"
import type { HeaderBag } from "../protocol/transport.ts"

/** What an authenticator sees of a request: never its body. */
export interface AuthRequest {
  readonly method: string
  /** The URL as the client wrote it, also behind a proxy. */
  readonly externalUrl: URL
  readonly headers: HeaderBag
  readonly signal: AbortSignal
}

/** Turns a request away, with the status and headers that say why. */
export interface Refusal {
  readonly status: 401 | 403 | 400 | 429 | 503
  /** Such as `WWW-Authenticate`. */
  readonly headers: { readonly [name: string]: string }
}

/** Says who sends a request. Runs before the body is read. */
export interface Authenticator {
  authenticate(request: AuthRequest): Promise<Principal | Refusal> | Principal | Refusal
}

export function isRefusal(verdict: Principal | Refusal): verdict is Refusal {
  return "status" in verdict
}
