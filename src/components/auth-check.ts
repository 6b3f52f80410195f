import type { Principal } from "../protocol/principal.ts"
import type { Component } from "./component.ts"

/** What an {@link AuthPredicate} decides about. */
export interface AuthSubject {
  readonly principal: Principal | undefined
  readonly component: Component
}

/** Decides whether a caller may see and use a component. */
export interface AuthPredicate {
  (subject: AuthSubject): boolean | Promise<boolean>
  /** Names what the answer depends on, so that lists can be cached; without it they are not. */
  readonly cacheKey?: (principal: Principal | undefined) => string
}

/** Demands these scopes, all of them. */
export interface AuthRule {
  readonly scopes: readonly string[]
}

/** A rule, a predicate, or several of which all must hold. */
export type AuthCheck = AuthRule | AuthPredicate | readonly (AuthRule | AuthPredicate)[]

/**
 * Lets only callers with all of these scopes see and use a component.
 *
 * @param scopes The scopes, as the authorization server names them.
 */
export function requireScopes(...scopes: string[]): AuthRule {
  return Object.freeze({ scopes: Object.freeze(scopes) })
}

/**
 * Decides one check. A predicate that throws denies.
 */
export function allows(check: AuthCheck, subject: AuthSubject): boolean | Promise<boolean> {
  if (isAuthList(check)) return allowsAll(check, subject)
  if (typeof check !== "function") return missingScopes(check, subject.principal).length === 0
  try {
    const verdict = check(subject)
    // Only `true` opens: a predicate that returns something truthy by accident must not.
    return verdict instanceof Promise ? verdict.then(isTrue, () => false) : verdict === true
  } catch {
    // Fail closed, and say no more than "not found": the reason is no business of the caller.
    return false
  }
}

/** The scopes a rule demands that the caller lacks. */
export function missingScopes(rule: AuthRule, principal: Principal | undefined): readonly string[] {
  return rule.scopes.filter((scope) => principal === undefined || !principal.scopes.includes(scope))
}

export function isAuthList(check: AuthCheck): check is readonly (AuthRule | AuthPredicate)[] {
  return Array.isArray(check)
}

function allowsAll(
  checks: readonly (AuthRule | AuthPredicate)[],
  subject: AuthSubject,
): boolean | Promise<boolean> {
  const pending: Promise<boolean>[] = []
  for (const check of checks) {
    const verdict = allows(check, subject)
    if (verdict === false) return false
    if (verdict !== true) pending.push(verdict)
  }
  return pending.length === 0 || Promise.all(pending).then((verdicts) => verdicts.every(isTrue))
}

function isTrue(verdict: unknown): boolean {
  return verdict === true
}
