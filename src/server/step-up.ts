import { isAuthList, missingScopes } from "../components/auth-check.ts"
import type { Component } from "../components/component.ts"
import { InsufficientScope } from "../errors/server.ts"
import type { Call } from "../protocol/call.ts"
import type { Principal } from "../protocol/principal.ts"
import type { Core } from "./core.ts"

/**
 * Challenges a caller to step up: for scopes that a component demands openly and the caller's credential lacks.
 *
 * @throws {InsufficientScope} 403 over HTTP, with the scopes to ask for.
 * @see https://www.rfc-editor.org/rfc/rfc6750#section-3.1
 */
export function assertScopes(core: Core, call: Call, component: Component): void {
  if (component.auth === undefined || call.isTrusted) return
  const missing = challengedScopes(component, call.peer.principal)
  if (missing.length > 0) throw new InsufficientScope(missing, core.challengeHeaders(missing))
}

/** The scopes that a component demands openly and the caller lacks. */
export function challengedScopes({ auth }: Component, principal: Principal | undefined): readonly string[] {
  if (auth === undefined) return []
  const checks = isAuthList(auth) ? auth : [auth]
  return checks.flatMap((check) =>
    typeof check === "function" || check.challenge !== true ? [] : missingScopes(check, principal),
  )
}
