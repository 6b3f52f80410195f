import { changedComponent } from "../components/changed.ts"
import { assertPromptName, assertToolName, renamedTitle } from "../components/name.ts"
import { InvalidOption, quoted } from "../errors/server.ts"
import { isObject } from "../protocol/jsonrpc.ts"
import type { Resolved } from "../server/provider.ts"
import type { Transform } from "../server/transform.ts"
import { createRenaming, withComponent } from "./renaming.ts"

/**
 * Gives tools and prompts other names. Under its old name a renamed one is not found, and neither is what had the new
 * name before. A title that was made of the old name is made of the new one.
 *
 * @param names The new name of each old one, such as `{ add: "plus" }`.
 * @throws {InvalidName} A new name is none.
 * @throws {InvalidOption} Two would have one name.
 * @example
 * const mcp = new FleetMCP("Demo", { transforms: [rename({ add: "plus" })] })
 */
export function rename(names: { readonly [name: string]: string }): Transform {
  assertNames(names)
  return createRenaming({
    name: "rename",
    kinds: ["tool", "prompt"],
    names: new Map(Object.entries(names)),
    change: (entry, name) => {
      // Only tools and prompts come here, which have a name of the same type.
      const component = entry.component as Resolved<"tool">["component"]
      const title = renamedTitle(component, name)
      return withComponent(entry, changedComponent(component, { id: name, name, title }, { name }))
    },
  })
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
