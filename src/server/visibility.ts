import { allows } from "../components/auth-check.ts"
import type { Component } from "../components/component.ts"
import { isHidden } from "../components/visibility-match.ts"
import type { Scope } from "./provider.ts"

/**
 * Decides whether `scope` may see and use a component. Lists, finds, completions and subscriptions all ask here.
 */
export function visible(component: Component, scope: Scope): boolean | Promise<boolean> {
  if (scope.trusted) return true
  if (scope.hidden !== undefined && isHidden(component, scope.hidden)) return false
  if (component.auth === undefined) return true
  return allows(component.auth, { principal: scope.principal, component })
}
