import { changedComponent } from "../components/changed.ts"
import type { ComponentKind } from "../components/component.ts"
import { assertPromptName, assertToolName } from "../components/name.ts"
import { InvalidOption, quoted } from "../errors/server.ts"
import { isObject } from "../protocol/jsonrpc.ts"
import type { Resolved } from "../server/provider.ts"
import { defineTransform, type Transform } from "../server/transform.ts"
import { andThen } from "../shared/maybe-promise.ts"
import { createWrapped } from "./wrapped.ts"

/**
 * Gives tools and prompts other names. Under its old name a renamed one is not found.
 *
 * @param names The new name of each old one, such as `{ add: "plus" }`.
 * @throws {InvalidName} A new name is none.
 * @throws {InvalidOption} Two would have one name.
 * @example
 * const mcp = new FleetMCP("Demo", { transforms: [rename({ add: "plus" })] })
 */
export function rename(names: { readonly [name: string]: string }): Transform {
  assertNames(names)
  const outer = new Map(Object.entries(names))
  const inner = new Map([...outer].map(([from, to]) => [to, from]))
  const wrapped = createWrapped((entry) => {
    const name = outer.get(entry.component.id)
    return name === undefined || !isNamed(entry.component.kind) ? entry : renamed(entry, name)
  })
  return defineTransform({
    name: "rename",
    list: (_kind, entries) => entries.map((entry) => wrapped(entry)),
    find(kind, id, next) {
      if (!isNamed(kind)) return next(id)
      const own = inner.get(id)
      if (own === undefined) return outer.has(id) ? undefined : next(id)
      return andThen(next(own), (entry) => entry && wrapped(entry))
    },
  })
}

function isNamed(kind: ComponentKind): boolean {
  return kind === "tool" || kind === "prompt"
}

function renamed(entry: Resolved, name: string): Resolved {
  // Only tools and prompts come here, which have a name of the same type.
  const component = changedComponent(
    entry.component as Resolved<"tool">["component"],
    { id: name, name },
    { name },
  )
  return { ...entry, component } as Resolved
}

function assertNames(names: unknown): asserts names is { readonly [name: string]: string } {
  if (!isObject(names))
    throw new InvalidOption("The names of `rename()`", quoted(names), 'Give `{ old: "new" }`.')
  const taken = new Set<unknown>()
  for (const [from, to] of Object.entries(names)) {
    assertToolName(to)
    assertPromptName(to)
    if (taken.has(to))
      throw new InvalidOption(`The new name of \`${from}\``, quoted(to), "Give each a name of its own.")
    taken.add(to)
  }
}
