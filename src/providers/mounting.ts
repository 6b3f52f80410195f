import { ImportedBefore } from "../errors/mounted-names.ts"
import type { Core } from "../server/core.ts"
import type { Engine, EngineParts } from "../server/engine.ts"
import type { Provider } from "../server/provider.ts"
import { importedFrom } from "./imported.ts"
import type { AnyComponent } from "./local.ts"
import type { MountOptions } from "./mount-options.ts"
import { mounted } from "./mounted.ts"
import { serverSource } from "./mounted-server.ts"

/** What is mounted or imported, and where. */
export interface MountPlace {
  readonly root: Engine
  readonly target: object
  /** The server that `target` is, where it is one; it is a provider where not. */
  readonly child: Engine | undefined
  readonly options: MountOptions
}

/** Offers what the target has under the names that the options give it. */
export function mountOf(place: MountPlace): Provider {
  const { root, child, options } = place
  const { core } = root.parts
  if (child !== undefined) warn(core, child.parts)
  return mounted(sourceOf(place, true), options, core.log)
}

/** Says what is otherwise than whoever mounts may think. */
function warn({ info, log, maskErrors }: Core, { core, middleware }: EngineParts): void {
  const [root, child] = [info.name, core.info.name]
  const names = middleware.filter(({ message, request, notification }) => message ?? request ?? notification)
  if (names.length > 0) {
    const hooks = names.map(({ name }) => `\`${name ?? "(unnamed)"}\``).join(", ")
    const message = `Of the middleware of \`${child}\`, only hooks for methods run where it is mounted: not those of ${hooks} for all messages. Add it to \`${root}\`.`
    log({ level: "info", message })
  }
  if (maskErrors && !core.maskErrors) {
    const message = `\`${root}\` masks errors, but \`${child}\`, which it mounts, does not. Give both \`maskErrors: true\`.`
    log({ level: "warning", message })
  }
}

/**
 * Copies what the target has now, and tells in the log when it has changed since.
 *
 * @returns Where the copies come from.
 */
export async function importOf(
  place: MountPlace,
  add: (components: readonly AnyComponent[]) => void,
): Promise<Provider> {
  const { root, child, options } = place
  const source = sourceOf(place, false)
  add(await importedFrom(source, options))
  if (child !== undefined) warnOnce(root, child)
  return source
}

function warnOnce(root: Engine, child: Engine): void {
  const { core } = root.parts
  let isTold = false
  core.onClose.add(
    child.catalog.onChange(() => {
      if (isTold) return
      isTold = true
      const error = new ImportedBefore(core.info.name, child.parts.core.info.name)
      core.log({ level: "warning", message: "A server that was imported has changed", error })
    }),
  )
}

function sourceOf({ target, child, options }: MountPlace, hasHooks: boolean): Provider {
  // Only providers are let in besides servers.
  if (child === undefined) return target as Provider
  const id =
    options.prefix ??
    encodeURIComponent(child.parts.core.info.name)
      .replaceAll(/[^\w.-]/g, ".")
      .slice(0, 100)
  return serverSource(child, { id, hasHooks })
}
