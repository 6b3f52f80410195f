import { isAuthList, missingScopes } from "../components/auth-check.ts"
import type { Component } from "../components/component.ts"
import { InsufficientScope } from "../errors/server.ts"
import type { Call } from "../protocol/call.ts"
import type { Core } from "./core.ts"

/**
 * Challenges a caller to step up: for scopes that a component demands openly and the caller's credential lacks.
 *
 * @throws {InsufficientScope} 403 over HTTP, with the scopes to ask for.
 * @see https://www.rfc-editor.org/rfc/rfc6750#section-3.1
 */
export function assertScopes(core: Core, call: Call, { auth }: Component): void {
  if (auth === undefined || call.isTrusted) return
  const checks = isAuthList(auth) ? auth : [auth]
  const missing = checks.flatMap((check) =>
    typeof check === "function" || check.challenge !== true ? [] : missingScopes(check, call.peer.principal),
  )
  if (missing.length > 0) throw new InsufficientScope(missing, core.challengeHeaders(missing))
}
