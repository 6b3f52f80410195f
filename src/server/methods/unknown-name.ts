import { NameWithoutPrefix, UriWithoutPrefix } from "../../errors/mounted-names.ts"
import { ResourceNotFound } from "../../errors/resource-not-found.ts"
import { UnknownPrompt, UnknownTool, UnknownVersion } from "../../errors/unknown-name.ts"
import type { Call } from "../../protocol/call.ts"
import { nearestName } from "../../shared/nearest-name.ts"
import { compareVersions } from "../../shared/version-order.ts"
import { type Core, scopeOf } from "../core.ts"
import { findReadable } from "../find-readable.ts"
import type { Scope } from "../provider.ts"

type NamedKind = "tool" | "prompt" | "resource"

/** Makes the error of a name or URI that is none of what the caller may see, with what may have been meant. */
export async function unknownName(core: Core, call: Call, kind: NamedKind): Promise<Error> {
  const name = call.target
  const { wantedVersion } = call
  const versions = wantedVersion === undefined ? undefined : await versionsOf(core, call, kind)
  if (wantedVersion !== undefined && versions !== undefined)
    return new UnknownVersion(name, wantedVersion, versions)
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

/** The versions that the caller may see of what he named, highest first; nothing where it is not there for him at all. */
async function versionsOf(core: Core, call: Call, kind: NamedKind): Promise<readonly string[] | undefined> {
  const scope = { ...scopeOf(call), version: undefined }
  const entries = (await core.catalog.listVersions(kind, scope)).filter(
    ({ component }) => component.id === call.target,
  )
  if (entries.length === 0) return undefined
  const versions = entries.map(({ component }) => component.version).filter((each) => each !== undefined)
  return [...new Set(versions)].sort((a, b) => compareVersions(b, a))
}
