import { InvalidOption, quoted } from "../errors/server.ts"
import type { VisibilityRule } from "../protocol/visibility-rule.ts"
import type { ComponentKind } from "./component.ts"
import { assertOptions, type KnownOptions } from "./options.ts"
import type { ComponentFilter } from "./visibility.ts"

/** The most names or tags of one rule: each is looked at for each component. */
const most = 100
/** The most characters of a name or tag. */
const longestName = 2048

/** All kinds of components. */
export const allKinds: readonly ComponentKind[] = ["tool", "resource", "template", "prompt"]

const filterOptions: KnownOptions = {
  kinds: { kind: "any", id: "any", tags: "any", version: "any", key: "any" },
  foreign: {
    name: "Use `id`.",
    names: "Use `id`.",
    ids: "Use `id`.",
    keys: "Use `key`.",
    kinds: "Use `kind`.",
    versions: "Use `version`.",
    components: "Use `kind`.",
    uri: "Use `id`.",
  },
}

/**
 * Makes of a filter the rule that hides or shows what it names.
 *
 * @throws {UnknownOption} FLEET-09
 * @throws {InvalidOption}
 */
export function toRule(filter: ComponentFilter | "all", isHidden: boolean): VisibilityRule {
  if (filter === "all") return { isHidden }
  assertOptions("The filter of components", filter, filterOptions)
  const { kind, id, tags, version, key } = filter
  if ([kind, id, tags, version, key].every((field) => field === undefined))
    throw new InvalidOption(
      "The filter of components",
      "`{}`",
      'Say a `kind`, `id`, `tags`, `version` or `key`, or `"all"`.',
    )
  return {
    isHidden,
    ...(kind === undefined ? undefined : { kinds: toKinds(kind) }),
    ...(id === undefined ? undefined : { ids: toNames("id", id) }),
    ...(tags === undefined ? undefined : { tags: toNames("tags", tags) }),
    ...(version === undefined ? undefined : { versions: toNames("version", version) }),
    ...(key === undefined ? undefined : { keys: toKeys(key) }),
  }
}

/**
 * Puts a rule last, in place of what it makes meaningless.
 *
 * @param max The most rules there may be.
 * @throws {InvalidOption} There would be more.
 */
export function withRule(
  rules: readonly VisibilityRule[],
  rule: VisibilityRule,
  { of, max }: { readonly of: string; readonly max: number },
): readonly VisibilityRule[] {
  const concerns = concernOf(rule)
  if (concerns === everything) return rule.isHidden ? [rule] : []
  const kept = rules.filter((before) => concernOf(before) !== concerns)
  if (kept.length < max) return [...kept, rule]
  throw new InvalidOption(
    `The visibility of ${of}`,
    `a change beyond ${max}`,
    "Hide by tags, or `reset()` first.",
  )
}

function concernOf({ kinds, ids, tags, versions, keys }: VisibilityRule): string {
  return JSON.stringify([kinds, ids, tags, versions, keys])
}

const everything: string = /* @__PURE__ */ concernOf({ isHidden: true })

function toKinds(given: unknown): readonly string[] {
  const names = toNames("kind", given)
  const wrong = names.find((name) => !(allKinds as readonly string[]).includes(name))
  if (wrong === undefined) return names
  throw new InvalidOption("The `kind` of components", quoted(wrong), `Give one of ${allKinds.join(", ")}.`)
}

/** A key that no component can have would hide nothing, and nobody would notice. */
function toKeys(given: unknown): readonly string[] {
  const keys = toNames("key", given)
  const wrong = keys.find((key) => !keyPattern.test(key))
  if (wrong === undefined) return keys
  const what = "The `key` of components"
  if (/@/.test(wrong)) throw new InvalidOption(what, quoted(wrong), "Begin with the kind: `tool:add@1`.")
  throw new InvalidOption(
    what,
    `${quoted(wrong)}, without \`@\``,
    "End it with `@` and the version, or `@` alone where there is none; for all versions give the `id`.",
  )
}

const keyPattern = /^(?:tool|resource|template|prompt):.+@[^@]*$/s

/** Sorted, so that what means the same is the same. */
function toNames(field: string, given: unknown): readonly string[] {
  const names: readonly unknown[] = Array.isArray(given) ? given : [given]
  const isRight = names.length > 0 && names.length <= most && names.every(isName)
  if (isRight) return [...new Set(names as readonly string[])].sort()
  const shown = Array.isArray(given) ? `a list of ${given.length}` : quoted(given)
  throw new InvalidOption(`The \`${field}\` of components`, shown, `Give 1 to ${most} texts.`)
}

function isName(value: unknown): boolean {
  return typeof value === "string" && value.length > 0 && value.length <= longestName
}
