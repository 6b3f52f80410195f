import type { ComponentKind } from "../components/component.ts"
import { assertOptions, type KnownOptions } from "../components/options.ts"
import type { ComponentFilter } from "../components/visibility.ts"
import { isHidden } from "../components/visibility-match.ts"
import { allKinds, toRule, withRule } from "../components/visibility-rules.ts"
import { InvalidOption, quoted } from "../errors/server.ts"
import { isObject } from "../protocol/jsonrpc.ts"
import type { Principal } from "../protocol/principal.ts"
import type { VisibilityRule } from "../protocol/visibility-rule.ts"
import type { ChangeListener, Resolved, Scope } from "../server/provider.ts"
import type { FindNext, InnerView, Transform } from "../server/transform.ts"
import { andThen, type MaybePromise } from "../shared/maybe-promise.ts"

/** Hides components, or shows them; `only` hides all others. */
export type Visibility =
  | { readonly hide: ComponentFilter | "all" }
  | { readonly show: ComponentFilter | "all" }
  | { readonly only: ComponentFilter }

/** What is hidden from whom. */
export interface VisibilityOptions {
  /** Of the rules that concern a component, the last decides. Default: none, so that all is shown. */
  readonly rules?: readonly Visibility[]
  /** Gives the rules for a caller, which come after those of `rules`. Default: all callers see the same. */
  readonly for?: (principal: Principal | undefined) => MaybePromise<readonly Visibility[]>
}

/** A transform whose rules can be changed while servers run; their clients are told that lists have changed. */
export interface VisibilityTransform extends Transform {
  /** Hides components: adds a rule. */
  readonly hide: (filter: ComponentFilter | "all") => void
  /** Shows components again: adds a rule. */
  readonly show: (filter: ComponentFilter | "all") => void
  /** Shows these, and nothing else: takes the place of all rules. */
  readonly only: (filter: ComponentFilter) => void
  /** Goes back to the rules that it was made with. */
  readonly reset: () => void
}

/** The most rules of one transform: each is looked at for each component. */
const maxRules = 1000

const options: KnownOptions = { kinds: { rules: "list", for: "function" } }

/**
 * Hides components from all callers, or from some: what is hidden is in no list, and cannot be called or read. Where a
 * version is hidden, the next one takes its place.
 *
 * @param given `rules`, `for`. Default: nothing is hidden.
 * @returns A transform with `hide()`, `show()`, `only()` and `reset()`.
 * @throws {UnknownOption} FLEET-09
 * @throws {InvalidOption} A rule names nothing, or a key without `@`.
 * @example
 * const shown = visibility({ rules: [{ hide: { tags: ["beta"] } }] })
 * const mcp = new FleetMCP("Demo", { transforms: [shown] })
 * shown.show({ id: "add" })
 */
export function visibility(given: VisibilityOptions = {}): VisibilityTransform {
  assertOptions("`visibility()`", given, options)
  const first = toRules(given.rules ?? [])
  const { for: rulesFor } = given
  const listeners = new Set<(before: readonly VisibilityRule[], after: readonly VisibilityRule[]) => void>()
  const kept = new WeakMap<readonly Visibility[], readonly VisibilityRule[]>()
  let rules = first

  function change(after: readonly VisibilityRule[]): void {
    const before = rules
    rules = after
    for (const listener of listeners) listener(before, after)
  }

  /** The rules for a caller; those of a list that stays the same are read once. */
  function rulesOf({ principal, trusted }: Scope): MaybePromise<readonly VisibilityRule[]> {
    // The server's own view is nobody's.
    if (rulesFor === undefined || trusted) return rules
    return andThen(rulesFor(principal), (own) => {
      const read = kept.get(own) ?? toRules(own)
      kept.set(own, read)
      return [...rules, ...read]
    })
  }

  const isShown = ({ component }: Resolved, by: readonly VisibilityRule[]) => !isHidden(component, by)
  const add = (filter: ComponentFilter | "all", hides: boolean) =>
    change(withRule(rules, toRule(filter, hides), bound))
  return Object.freeze({
    name: "visibility",
    attach: (inner: InnerView) => ({
      scoped: rulesFor !== undefined,
      list: <K extends ComponentKind>(_kind: K, entries: readonly Resolved<K>[], scope: Scope) =>
        andThen(rulesOf(scope), (by) =>
          by.length === 0 ? entries : entries.filter((entry) => isShown(entry as unknown as Resolved, by)),
        ),
      // biome-ignore lint/complexity/useMaxParams: the contract of transforms has four.
      find: <K extends ComponentKind>(_kind: K, id: string, next: FindNext<K>, scope: Scope) =>
        andThen(rulesOf(scope), (by) =>
          andThen(next(id), (entry) =>
            entry && isShown(entry as unknown as Resolved, by) ? entry : undefined,
          ),
        ),
      onChange: (listener: ChangeListener) => {
        const hear = (before: readonly VisibilityRule[], after: readonly VisibilityRule[]) => {
          const changed = allKinds.filter((kind) => isOther(inner, kind, { before, after }))
          if (changed.length > 0) listener(changed)
        }
        listeners.add(hear)
        return () => void listeners.delete(hear)
      },
    }),
    hide: (filter: ComponentFilter | "all") => add(filter, true),
    show: (filter: ComponentFilter | "all") => add(filter, false),
    only: (filter: ComponentFilter) => change([{ isHidden: true }, toRule(filter, false)]),
    reset: () => change(first),
  }) as VisibilityTransform
}

const bound = { of: "a server", max: maxRules }

interface Change {
  readonly before: readonly VisibilityRule[]
  readonly after: readonly VisibilityRule[]
}

/** Whether other components of a kind are shown now. What must be waited for may be. */
function isOther(inner: InnerView, kind: ComponentKind, { before, after }: Change): boolean {
  const entries = inner.listVersions(kind, whole)
  if (entries instanceof Promise) {
    entries.catch(() => undefined)
    return true
  }
  return entries.some(({ component }) => isHidden(component, before) !== isHidden(component, after))
}

const whole: Scope = { principal: undefined, trusted: true }

function toRules(given: unknown): readonly VisibilityRule[] {
  if (!Array.isArray(given))
    throw new InvalidOption("What `for` of `visibility()` gave", quoted(given), "Return a list of rules.")
  const rules = (given as readonly unknown[]).flatMap((rule): readonly VisibilityRule[] => {
    const acts = isObject(rule) ? Object.keys(rule) : []
    const [act] = acts
    if (!isObject(rule) || acts.length !== 1 || (act !== "hide" && act !== "show" && act !== "only"))
      throw new InvalidOption(
        "A rule of `visibility()`",
        quoted(rule),
        "Give `{ hide: filter }`, `{ show: filter }` or `{ only: filter }`.",
      )
    // `toRule` checks what it is.
    const made = toRule(rule[act] as ComponentFilter | "all", act === "hide")
    return act === "only" ? [{ isHidden: true }, made] : [made]
  })
  if (rules.length <= maxRules) return rules
  throw new InvalidOption("The rules of `visibility()`", `${rules.length}`, `Give ${maxRules} at most.`)
}
