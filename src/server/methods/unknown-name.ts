import { ResourceNotFound } from "../../errors/resource-not-found.ts"
import { UnknownPrompt, UnknownTool } from "../../errors/unknown-name.ts"
import type { Call } from "../../protocol/call.ts"
import { nearestName } from "../../shared/nearest-name.ts"
import { type Core, scopeOf } from "../core.ts"

/** Makes the error of a name or URI that is none of what the caller may see, with what may have been meant. */
export async function unknownName(
  core: Core,
  call: Call,
  kind: "tool" | "prompt" | "resource",
): Promise<Error> {
  const name = call.target
  const entries = await core.catalog.list(kind, scopeOf(call))
  const near = nearestName(
    name,
    entries.map(({ component }) => component.id),
  )
  switch (kind) {
    case "tool":
      return new UnknownTool(name, near)
    case "prompt":
      return new UnknownPrompt(name, near)
    case "resource":
      return new ResourceNotFound(name, near)
  }
}
