import { allows } from "../components/auth-check.ts"
import type { Component } from "../components/component.ts"
import type { VisibilityRule } from "../protocol/visibility-rule.ts"
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

/** Of the rules that concern a component, the last decides. */
function isHidden({ kind, id, tags }: Component, rules: readonly VisibilityRule[]): boolean {
  const last = rules.findLast(
    (rule) =>
      rule.kinds?.includes(kind) !== false &&
      rule.ids?.includes(id) !== false &&
      rule.tags?.some((tag) => tags.includes(tag)) !== false,
  )
  return last?.isHidden === true
}
