import { ResourceNotFound } from "../../errors/server.ts"
import { UnknownPrompt, UnknownTool, UnknownVersion } from "../../errors/unknown-name.ts"
import type { Call } from "../../protocol/call.ts"
import { nearestName } from "../../shared/nearest-name.ts"
import { compareVersions } from "../../shared/version-order.ts"
import { type Core, scopeOf } from "../core.ts"

/** Makes the error of a name or URI that is none of what the caller may see, with what may have been meant. */
export async function unknownName(
  core: Core,
  call: Call,
  kind: "tool" | "prompt" | "resource",
): Promise<Error> {
  const name = call.target
  const { wantedVersion } = call
  const versions = wantedVersion === undefined ? undefined : await versionsOf(core, call, kind)
  if (wantedVersion !== undefined && versions !== undefined)
    return new UnknownVersion(name, wantedVersion, versions)
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

/** The versions that the caller may see of what he named, highest first; nothing where it is not there for him at all. */
async function versionsOf(
  core: Core,
  call: Call,
  kind: "tool" | "prompt" | "resource",
): Promise<readonly string[] | undefined> {
  const scope = { ...scopeOf(call), version: undefined }
  const entries = (await core.catalog.listVersions(kind, scope)).filter(
    ({ component }) => component.id === call.target,
  )
  if (entries.length === 0) return undefined
  const versions = entries.map(({ component }) => component.version).filter((each) => each !== undefined)
  return [...new Set(versions)].sort((a, b) => compareVersions(b, a))
}
