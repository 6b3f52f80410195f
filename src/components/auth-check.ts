import type { Principal } from "../protocol/principal.ts"
import { isTexts } from "../shared/is-texts.ts"

/** What an {@link AuthPredicate} decides about: who, and which component. */
export interface AuthSubject {
  /** Who is calling; `undefined` for a caller nobody knows. */
  readonly principal: Principal | undefined
  /** What is listed, found or used. */
  readonly component: AuthTarget
}

/** The component in question, as far as a decision may depend on it. */
export interface AuthTarget {
  /** `tool`, `resource`, `template` or `prompt`. */
  readonly kind: string
  /** Its name, URI or URI template. */
  readonly id: string
  /** Its version, if it was given one. */
  readonly version: string | undefined
  /** Its tags; empty without any. */
  readonly tags: readonly string[]
  /** The `_meta` it was given. */
  readonly meta: { readonly [key: string]: unknown } | undefined
}

/** Decides whether a caller may see and use a component. */
export interface AuthPredicate {
  /** Returns `true` to let the caller in; anything else, and whatever it throws, keeps the caller out. */
  (subject: AuthSubject): boolean | Promise<boolean>
  /** Names what the answer depends on, so that lists can be cached; without it they are not. */
  readonly cacheKey?: (principal: Principal | undefined) => string
}

/** Demands these scopes, all of them. */
export interface AuthRule {
  /** One scope at least. */
  readonly scopes: readonly string[]
  /** Shows the component to callers without them, and challenges them when they use it. Default: hides it. */
  readonly challenge?: boolean
}

/** A rule, a predicate, or several of which all must hold. */
export type AuthCheck = AuthRule | AuthPredicate | readonly (AuthRule | AuthPredicate)[]

/** Tells whether a value is a check, and one that can refuse anybody: no scopes at all would let everyone pass. */
export function isAuthCheck(value: unknown): boolean {
  if (Array.isArray(value)) return value.length > 0 && value.every(isSingleCheck)
  return isSingleCheck(value)
}

function isSingleCheck(value: unknown): boolean {
  if (typeof value === "function") return true
  if (typeof value !== "object" || value === null || !("scopes" in value)) return false
  const { scopes } = value
  return isTexts(scopes) && scopes.length > 0
}

/**
 * Decides one check. A predicate that throws denies.
 */
export function allows(check: AuthCheck, subject: AuthSubject): boolean | Promise<boolean> {
  if (isAuthList(check)) return allowsAll(check, subject)
  if (typeof check !== "function") return admits(check, subject.principal)
  try {
    const verdict = check(subject)
    // Only `true` opens: a predicate that returns something truthy by accident must not.
    return verdict instanceof Promise ? verdict.then(isTrue, () => false) : verdict === true
  } catch {
    // Fail closed, and say no more than "not found": the reason is no business of the caller.
    return false
  }
}

/** Whether a rule lets the caller see the component. */
export function admits(rule: AuthRule, principal: Principal | undefined): boolean {
  return rule.challenge === true || missingScopes(rule, principal).length === 0
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
