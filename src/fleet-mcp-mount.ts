import { assertOptions } from "./components/options.ts"
import { assertPrefix } from "./components/prefix.ts"
import { MountCycle } from "./errors/composition.ts"
import { InvalidOption } from "./errors/server.ts"
import { isObject } from "./protocol/jsonrpc.ts"
import { lazyProvider } from "./providers/lazy-provider.ts"
import type { AnyComponent } from "./providers/local.ts"
import { type MountOptions, mountOptions } from "./providers/mount-options.ts"
import { Engine } from "./server/engine.ts"
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
  if (child !== undefined) childrenOf(root).push(child)
  root.addProviders([
    lazyProvider({
      name: options.prefix ?? "mount",
      load: async () => (await import("./providers/mounting.ts")).mountOf({ ...mounting, child }),
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
  const copying = import("./providers/mounting.ts").then(({ importOf }) =>
    importOf({ ...mounting, child }, add),
  )
  root.lifespans.add({
    name: options.prefix ?? "import",
    lifespan: async () => (await copying).lifespan?.(),
  })
  await copying
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
