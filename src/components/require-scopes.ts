import { NoScopes } from "../errors/no-scopes.ts"
import type { AuthRule } from "./auth-check.ts"

/**
 * Lets only callers with all of these scopes see and use a component.
 *
 * @param scopes The scopes, as the authorization server names them; one at least.
 * @throws {NoScopes} None is named, which would let everyone in.
 * @see https://www.rfc-editor.org/rfc/rfc6749#section-3.3
 * @example
 * tool({ name: "purge", auth: requireScopes("files:write") }, () => "gone")
 */
export function requireScopes(...scopes: string[]): AuthRule {
  return Object.freeze({ scopes: someScopes(scopes) })
}

/**
 * Shows a component to every caller, and answers those who use it without these scopes with a challenge to ask
 * for them (step-up).
 *
 * @param scopes The scopes, as the authorization server names them; one at least.
 * @throws {NoScopes} None is named, which would let everyone in.
 * @see S28/basic/authorization#scope-challenge-handling
 * @example
 * tool({ name: "upload", auth: challengeScopes("files:write") }, () => "stored")
 */
export function challengeScopes(...scopes: string[]): AuthRule {
  return Object.freeze({ scopes: someScopes(scopes), challenge: true })
}

/** No scopes would let everyone pass, which nobody means who spreads an empty list. */
function someScopes(scopes: readonly string[]): readonly string[] {
  if (scopes.length === 0) throw new NoScopes()
  return Object.freeze([...scopes])
}
