import { NameWithoutPrefix, UriWithoutPrefix } from "../../errors/composition.ts"
import { ResourceNotFound } from "../../errors/server.ts"
import { UnknownPrompt, UnknownTool } from "../../errors/unknown-name.ts"
import type { Call } from "../../protocol/call.ts"
import { nearestName } from "../../shared/nearest-name.ts"
import { type Core, scopeOf } from "../core.ts"
import { findReadable } from "../find-readable.ts"
import type { Scope } from "../provider.ts"

type NamedKind = "tool" | "prompt" | "resource"

/** Makes the error of a name or URI that is none of what the caller may see, with what may have been meant. */
export async function unknownName(core: Core, call: Call, kind: NamedKind): Promise<Error> {
  const name = call.target
  const scope = scopeOf(call)
  const right = await withPrefix(core, { kind, name }, scope)
  if (right !== undefined)
    return kind === "resource" ? new UriWithoutPrefix(name, right) : new NameWithoutPrefix(kind, name, right)
  const entries = await core.catalog.list(kind, scope)
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

/** The most mounts that are asked. */
const maxCandidates = 100

/** Finds what a name of a mounted server is called here. */
async function withPrefix(
  { catalog }: Core,
  { kind, name }: { readonly kind: NamedKind; readonly name: string },
  scope: Scope,
): Promise<string | undefined> {
  // `math+config://settings`, as others write what is `config://math/settings` here.
  const own = kind === "resource" ? name.replace(/^[A-Za-z][\w.-]*\+(?=[A-Za-z][\w.-]*:)/, "") : name
  const candidates = catalog.providers.flatMap((provider) => provider.namesFor?.(kind, own) ?? [])
  for (const candidate of candidates.slice(0, maxCandidates)) {
    const found =
      kind === "resource"
        ? await findReadable(catalog, candidate, scope)
        : await catalog.find(kind, candidate, scope)
    if (found !== undefined) return candidate
  }
  return undefined
}
