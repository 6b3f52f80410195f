import { type AuthPredicate, type AuthRule, admits, isAuthList } from "../components/auth-check.ts"
import type { Component } from "../components/component.ts"
import type { Scope } from "./provider.ts"

/**
 * Names the part of a list that depends on who asks, so that equal lists are made once; `undefined` when a
 * predicate gives no key and the list must be made for each request.
 */
export function visibilitySignature(components: readonly Component[], scope: Scope): string | undefined {
  let signature = scope.whole === true ? "whole" : ""
  if (scope.hidden !== undefined) signature += JSON.stringify(scope.hidden)
  for (const { auth } of components) {
    if (auth === undefined) continue
    if (scope.trusted) return `${signature}trusted`
    const checks = isAuthList(auth) ? auth : [auth]
    for (const check of checks) {
      const part = checkSignature(check, scope)
      if (part === undefined) return undefined
      signature += part
    }
  }
  return signature
}

function checkSignature(check: AuthRule | AuthPredicate, scope: Scope): string | undefined {
  if (typeof check !== "function") return admits(check, scope.principal) ? "1" : "0"
  try {
    const key: unknown = check.cacheKey?.(scope.principal)
    return typeof key === "string" ? JSON.stringify(key) : undefined
  } catch {
    // Without a key nothing is shared, and the predicate decides for each request.
    return undefined
  }
}
