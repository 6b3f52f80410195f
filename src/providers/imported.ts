import { changedComponent } from "../components/changed.ts"
import type { ComponentKind } from "../components/component.ts"
import type { Provider, Resolved } from "../server/provider.ts"
import { wholeScope } from "../server/snapshot.ts"
import type { MountOptions } from "./mount-options.ts"
import { mounted } from "./mounted.ts"

const kinds: readonly ComponentKind[] = ["tool", "resource", "template", "prompt"]

/**
 * Copies what a provider has now, under the names that the options give it. What the copies run is what the provider's
 * own run.
 */
export async function importedFrom(
  source: Provider,
  options: MountOptions,
): Promise<readonly Resolved["component"][]> {
  const { list } = mounted(source, options)
  const lists = await Promise.all(kinds.map(async (kind) => list(kind, wholeScope)))
  return lists.flat().map(({ component, invoke }) =>
    // The `invoke` of an entry is the one for the kind of its component.
    changedComponent(component, { invoke } as Partial<typeof component>),
  )
}
