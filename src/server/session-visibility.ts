import type { ComponentKind } from "../components/component.ts"
import { assertOptions } from "../components/options.ts"
import type { ComponentFilter, SessionVisibility } from "../components/visibility.ts"
import { VisibilityNeedsSession } from "../errors/context.ts"
import { InvalidOption, quoted } from "../errors/server.ts"
import type { Call, ExchangeSession } from "../protocol/call.ts"
import type { VisibilityRule } from "../protocol/visibility-rule.ts"
import type { Core } from "./core.ts"

/** The most rules of one session, and names or tags of one rule: each is looked at for each component. */
const maxRules = 100
/** The most characters of a name or tag. */
const longestName = 2048

const kinds: readonly ComponentKind[] = ["tool", "resource", "template", "prompt"]

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
    return changed(core, session, (rules) => withRule(rules, rule))
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
  if (isNews) core.announce(kinds.filter(core.offers), { sessions: [session.id] })
}

/** Puts a rule last, in place of what it makes meaningless. */
function withRule(rules: readonly VisibilityRule[], rule: VisibilityRule): readonly VisibilityRule[] {
  const concerns = concernOf(rule)
  if (concerns === everything) return rule.isHidden ? [rule] : []
  const kept = rules.filter((before) => concernOf(before) !== concerns)
  if (kept.length >= maxRules)
    throw new InvalidOption(
      "The visibility of a session",
      `a change beyond ${maxRules}`,
      "Hide by tags, or `reset()` first.",
    )
  return [...kept, rule]
}

function concernOf({ kinds: ofKinds, ids, tags }: VisibilityRule): string {
  return JSON.stringify([ofKinds, ids, tags])
}

const everything: string = /* @__PURE__ */ concernOf({ isHidden: true })

function toRule(filter: ComponentFilter | "all", isHidden: boolean): VisibilityRule {
  if (filter === "all") return { isHidden }
  assertOptions("The filter of components", filter, {
    kinds: { kind: "any", id: "any", tags: "any" },
    foreign: {
      name: "Use `id`.",
      names: "Use `id`.",
      keys: "Use `id`.",
      components: "Use `kind`.",
      uri: "Use `id`.",
    },
  })
  const { kind, id, tags } = filter
  if (kind === undefined && id === undefined && tags === undefined)
    throw new InvalidOption("The filter of components", "`{}`", 'Say a `kind`, `id` or `tags`, or `"all"`.')
  return {
    isHidden,
    ...(kind === undefined ? undefined : { kinds: toKinds(kind) }),
    ...(id === undefined ? undefined : { ids: toNames("id", id) }),
    ...(tags === undefined ? undefined : { tags: toNames("tags", tags) }),
  }
}

function toKinds(given: unknown): readonly string[] {
  const names = toNames("kind", given)
  const wrong = names.find((name) => !(kinds as readonly string[]).includes(name))
  if (wrong === undefined) return names
  throw new InvalidOption("The `kind` of components", quoted(wrong), `Give one of ${kinds.join(", ")}.`)
}

/** Sorted, so that what means the same is the same. */
function toNames(field: string, given: unknown): readonly string[] {
  const names: readonly unknown[] = Array.isArray(given) ? given : [given]
  const isRight = names.length > 0 && names.length <= maxRules && names.every(isName)
  if (isRight) return [...new Set(names as readonly string[])].sort()
  const shown = Array.isArray(given) ? `a list of ${given.length}` : quoted(given)
  throw new InvalidOption(`The \`${field}\` of components`, shown, `Give 1 to ${maxRules} texts.`)
}

function isName(value: unknown): boolean {
  return typeof value === "string" && value.length > 0 && value.length <= longestName
}
