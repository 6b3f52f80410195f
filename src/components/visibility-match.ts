import type { VisibilityRule } from "../protocol/visibility-rule.ts"
import { compareVersions } from "../shared/version-order.ts"
import { type Component, componentKey } from "./component.ts"

/** Whether rules hide a component: of those that concern it, the last decides. */
export function isHidden(component: Component, rules: readonly VisibilityRule[]): boolean {
  return rules.findLast((rule) => concerns(rule, component))?.isHidden === true
}

/** Whether a component has every field that a rule names. */
function concerns({ kinds, ids, tags, versions, keys }: VisibilityRule, component: Component): boolean {
  const { version } = component
  return (
    kinds?.includes(component.kind) !== false &&
    ids?.includes(component.id) !== false &&
    tags?.some((tag) => component.tags.includes(tag)) !== false &&
    versions?.some((each) => version !== undefined && compareVersions(each, version) === 0) !== false &&
    keys?.includes(componentKey(component)) !== false
  )
}
