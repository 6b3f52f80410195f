import { changedComponent } from "../components/changed.ts"
import type { Tool } from "../components/tool.ts"
import { inlined } from "../schema/inlined.ts"
import type { Resolved } from "../server/provider.ts"
import { defineTransform, type Transform } from "../server/transform.ts"
import { andThen } from "../shared/maybe-promise.ts"
import { withComponent } from "./renaming.ts"
import { createListed, createWrapped } from "./wrapped.ts"

/**
 * Replaces local `$ref`s in the schemas of tools by what they point to, as the middleware `dereference()` does for lists
 * that are answered by others: for tools of providers whose schemas others wrote. Recursive definitions keep their
 * references, and so do large ones that are used in several places.
 *
 * @see S28/basic/index#ref-resolution
 * @example
 * const mcp = new FleetMCP("Gateway", { transforms: [inlineRefs()] })
 */
export function inlineRefs(): Transform {
  const wrapped = createWrapped((entry) => (entry.component.kind === "tool" ? plain(entry) : entry))
  const listed = createListed((entries) => entries.map((entry) => wrapped(entry)))
  return defineTransform({
    name: "inline references",
    list: (_kind, entries) => listed(entries),
    find: (_kind, id, next) => andThen(next(id), (entry) => entry && wrapped(entry)),
  })
}

function plain(entry: Resolved): Resolved {
  // Only tools come here.
  const tool = entry.component as Tool
  const inputSchema = inlined(tool.inputSchema)
  const outputSchema = tool.outputSchema && inlined(tool.outputSchema)
  if (inputSchema === tool.inputSchema && outputSchema === tool.outputSchema) return entry
  const shown = { inputSchema, ...(outputSchema && { outputSchema }) }
  return withComponent(entry, changedComponent(tool, { inputSchema, outputSchema }, shown))
}
