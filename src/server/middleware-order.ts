import type { ContextKey } from "../components/context.ts"
import { MisorderedMiddleware } from "../errors/middleware-order.ts"

/** Where a middleware stands among others. What makes an impossible order is refused when it is added. */
export interface MiddlewarePlace {
  /** Shown in errors, and by which others say where they stand. */
  readonly name?: string
  /** The names of those that must stand further in. */
  readonly before?: readonly string[]
  /** The names of those that must stand further out. */
  readonly after?: readonly string[]
  /** What it leaves in calls, for others and for handlers. */
  readonly provides?: readonly ContextKey<unknown>[]
  /** What must have been left in calls before they come to it. */
  readonly requires?: readonly ContextKey<unknown>[]
}

/** Where two of a server must stand, by their places. */
interface Rule {
  readonly outer: number
  readonly inner: number
  /** Why: "`cache` says so". */
  readonly why: string
}

/**
 * Refuses an order in which one of a server's middleware stands where it cannot, and says the right one.
 *
 * @param layer The one that is looked at.
 * @param all All of them, from the outermost.
 * @throws {MisorderedMiddleware} FLEET-18
 */
export function assertInOrder(layer: MiddlewarePlace, all: readonly MiddlewarePlace[]): void {
  const broken = rulesOf(layer, all).find(({ outer, inner }) => outer > inner)
  if (broken !== undefined) throw misplaced(broken, all)
  for (const key of layer.requires ?? []) {
    if (all.some(({ provides }) => provides?.includes(key))) continue
    throw new MisorderedMiddleware(
      `The middleware ${nameOf(layer)} needs \`${key.name}\`, and nothing provides it.`,
      {
        fix: `Put one before it that says \`provides: [${key.name}]\` and calls \`call.set()\`.`,
      },
    )
  }
}

/** What one of them says of its place among the others. */
function rulesOf(layer: MiddlewarePlace, all: readonly MiddlewarePlace[]): readonly Rule[] {
  const own = all.indexOf(layer)
  const { before, after, requires } = layer
  return all.flatMap((other, at): Rule[] => {
    if (at === own) return []
    const rules: Rule[] = []
    if (other.name !== undefined && before?.includes(other.name))
      rules.push({ outer: own, inner: at, why: `${nameOf(layer)} says \`before\`` })
    if (other.name !== undefined && after?.includes(other.name))
      rules.push({ outer: at, inner: own, why: `${nameOf(layer)} says \`after\`` })
    const key = requires?.find((wanted) => other.provides?.includes(wanted))
    // One provider further out is enough.
    const isProvided = key !== undefined && all.slice(0, own).some(({ provides }) => provides?.includes(key))
    if (key !== undefined && !isProvided)
      rules.push({ outer: at, inner: own, why: `it provides \`${key.name}\`` })
    return rules
  })
}

function misplaced({ outer, inner, why }: Rule, all: readonly MiddlewarePlace[]): MisorderedMiddleware {
  const order = sorted(all)
  const message = `The middleware ${nameOf(all[outer])} must stand before ${nameOf(all[inner])}: ${why}.`
  if (order === undefined)
    return new MisorderedMiddleware(message, {
      fix: "What they say of each other can be met by no order: let one of them say less.",
    })
  return new MisorderedMiddleware(message, {
    fix: `Give them in this order: ${order.map(nameOf).join(" → ")}.`,
  })
}

/** The order that keeps as much of what was given as can be kept; `undefined` where there is none. */
function sorted(all: readonly MiddlewarePlace[]): readonly MiddlewarePlace[] | undefined {
  const rules = all.flatMap((layer) => rulesOf(layer, all))
  const left = new Set(all.keys())
  const order: MiddlewarePlace[] = []
  while (left.size > 0) {
    const next = [...left].find((at) => !rules.some(({ outer, inner }) => inner === at && left.has(outer)))
    const layer = next === undefined ? undefined : all[next]
    if (next === undefined || layer === undefined) return undefined
    left.delete(next)
    order.push(layer)
  }
  return order
}

function nameOf(layer: MiddlewarePlace | undefined): string {
  return `\`${layer?.name ?? "(unnamed)"}\``
}
