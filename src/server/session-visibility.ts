import type { ComponentFilter, SessionVisibility } from "../components/visibility.ts"
import { allKinds, toRule, withRule } from "../components/visibility-rules.ts"
import { VisibilityNeedsSession } from "../errors/context.ts"
import type { Call, ExchangeSession } from "../protocol/call.ts"
import type { VisibilityRule } from "../protocol/visibility-rule.ts"
import type { Core } from "./core.ts"

/** The most rules of one session: each is looked at for each component. */
const maxRules = 100

/**
 * Makes `ctx.visibility` of a call.
 *
 * @throws {VisibilityNeedsSession}
 */
export function visibilityOf(core: Core, call: Call): SessionVisibility {
  const { session } = call.exchange
  if (session === undefined) throw new VisibilityNeedsSession()
  const change = (filter: ComponentFilter | "all", isHidden: boolean) => {
    const rule = toRule(filter, isHidden)
    return changed(core, session, (rules) => withRule(rules, rule, { of: "a session", max: maxRules }))
  }
  return {
    hide: (filter) => change(filter, true),
    show: (filter) => change(filter, false),
    reset: () => changed(core, session, () => []),
  }
}

async function changed(
  core: Core,
  session: ExchangeSession,
  next: (rules: readonly VisibilityRule[]) => readonly VisibilityRule[],
): Promise<void> {
  let isNews = false
  await session.changeVisibility((before) => {
    const after = next(before)
    isNews = JSON.stringify(after) !== JSON.stringify(before)
    return after
  })
  if (isNews) core.announce(allKinds.filter(core.offers), { sessions: [session.id] })
}
