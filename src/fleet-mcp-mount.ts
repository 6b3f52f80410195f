import { assertOptions } from "./components/options.ts"
import { assertPrefix } from "./components/prefix.ts"
import { ImportedBefore, MountCycle } from "./errors/composition.ts"
import { InvalidOption } from "./errors/server.ts"
import { isObject } from "./protocol/jsonrpc.ts"
import { lazyProvider } from "./providers/lazy-provider.ts"
import type { AnyComponent } from "./providers/local.ts"
import { type MountOptions, mountOptions } from "./providers/mount-options.ts"
import type { Core } from "./server/core.ts"
import { Engine, type EngineParts } from "./server/engine.ts"
import { assertProvider, type Provider } from "./server/provider.ts"

/** What can be mounted or imported: a server, or what finds components, such as a proxy. */
export type MountTarget = { readonly handler: object } | Provider

/** One server within another. */
export interface Mounting {
  readonly root: Engine
  readonly target: MountTarget
  readonly options: MountOptions
}

/** Mounts: all that the target has, now and later. What does it is loaded when the server starts. */
export function mount(mounting: Mounting): void {
  const { root, target, options } = mounting
  const child = engineOf(target)
  if (child !== undefined) {
    childrenOf(root).push(child)
    warn(root.parts.core, child.parts)
  }
  root.addProviders([
    lazyProvider({
      name: options.prefix ?? "mount",
      load: async () => {
        const [{ mounted }, source] = await Promise.all([
          import("./providers/mounted.ts"),
          sourceOf(mounting, true),
        ])
        return mounted(source, options, root.parts.core.log)
      },
      onLoaded: () => root.catalog.refresh(),
    }),
  ])
}

/** Imports: copies what the target has now. The server starts no sooner than all is copied. */
export async function importOnce(
  mounting: Mounting,
  add: (components: readonly AnyComponent[]) => void,
): Promise<void> {
  const child = assertMountable(mounting)
  const { root, options } = mounting
  const source = sourceOf(mounting, false)
  const copying = Promise.all([import("./providers/imported.ts"), source]).then(
    async ([{ importedFrom }, from]) => add(await importedFrom(from, options)),
  )
  const { core } = root.parts
  root.lifespans.add({
    name: options.prefix ?? "import",
    lifespan: async () => {
      await copying
      return (await source).lifespan?.()
    },
  })
  await copying
  if (child === undefined) return
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

/**
 * Refuses what cannot be mounted or imported. Gives the server, where it is one.
 *
 * @throws {UnknownOption} FLEET-09
 * @throws {InvalidOption}
 * @throws {InvalidPrefix} FLEET-21
 * @throws {MountCycle} FLEET-19
 */
export function assertMountable({ root, target, options }: Mounting): Engine | undefined {
  assertOptions("The mount", options, mountOptions)
  const { prefix, separator = "_" } = options
  if (prefix !== undefined) assertPrefix(prefix, separator)
  const child = engineOf(target)
  if (child === undefined) {
    assertProvider(target)
    return undefined
  }
  const chain = chainTo(root, child)
  if (chain !== undefined) throw new MountCycle([root, ...chain].map(({ parts }) => parts.core.info.name))
  return child
}

function engineOf(target: MountTarget): Engine | undefined {
  if (!isObject(target) || !("handler" in target)) return undefined
  if (target.handler instanceof Engine) return target.handler
  const fix = "Install one copy of `fleetmcp`; `npm ls fleetmcp` shows which there are."
  throw new InvalidOption("What should be mounted", "a server of another copy of `fleetmcp`", fix)
}

/** Gives the servers by which `from` finds `root` among those that it mounts. */
function chainTo(root: Engine, from: Engine): readonly Engine[] | undefined {
  if (from === root) return [root]
  for (const child of childrenOf(from)) {
    const further = chainTo(root, child)
    if (further !== undefined) return [from, ...further]
  }
  return undefined
}

const children: WeakMap<Engine, Engine[]> = /* @__PURE__ */ new WeakMap()

function childrenOf(engine: Engine): Engine[] {
  const known = children.get(engine) ?? []
  children.set(engine, known)
  return known
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

async function sourceOf({ target, options }: Mounting, hasHooks: boolean): Promise<Provider> {
  const child = engineOf(target)
  // `assertMountable` let only providers pass besides servers.
  if (child === undefined) return target as Provider
  const { serverSource } = await import("./providers/mounted-server.ts")
  const id =
    options.prefix ??
    encodeURIComponent(child.parts.core.info.name)
      .replaceAll(/[^\w.-]/g, ".")
      .slice(0, 100)
  return serverSource(child, { id, hasHooks })
}
