import { MissingClientCapability } from "../errors/capabilities.ts"
import { InvalidPlugin, UndeclaredResultType } from "../errors/plugins.ts"
import type { Dispatch } from "../protocol/dispatcher.ts"
import type { Method } from "../protocol/method.ts"
import { sessionMethodNames } from "../protocol/session/method-names.ts"
import type { ServerCapabilities } from "../spec/index.ts"
import { coreTopics } from "./events.ts"
import type { CallHooks } from "./hooks.ts"
import type { Notice } from "./middleware.ts"
import { observe } from "./observe.ts"
import type { ListenFilter, Plugin } from "./plugin-contract.ts"

/** The plugins of a server, and what they add to the rows of the core. */
export class Extensions {
  readonly listenFilters: Map<string, ListenFilter> = new Map()
  readonly #methods: Map<string, Method>
  readonly #plugins: Plugin[] = []

  /** @param methods Those of the core, so that no plugin takes their names; those of plugins are added to them. */
  constructor(methods: Map<string, Method>) {
    this.#methods = methods
  }

  get plugins(): readonly Plugin[] {
    return this.#plugins
  }

  /** Has their hooks hear of calls. */
  observe(run: Dispatch, onError: (error: unknown) => void): Dispatch {
    const hooks: readonly (CallHooks | undefined)[] = this.#plugins.map(({ on }) => on?.call)
    return observe(
      hooks.filter((hook) => hook !== undefined),
      run,
      onError,
    )
  }

  /** What `capabilities.extensions` says of them. */
  get capabilities(): NonNullable<ServerCapabilities["extensions"]> {
    return Object.fromEntries(this.#plugins.map(({ id, settings }) => [id, settings ?? {}]))
  }

  /**
   * Checks a plugin that is to be added.
   *
   * @throws {InvalidPlugin} Another, or the core, has the id, a method, filter or type of it.
   */
  accept(plugin: Plugin): void {
    if (this.#plugins.some(({ id }) => id === plugin.id)) {
      throw new InvalidPlugin(`The plugin \`${plugin.id}\` is added already.`, { fix: "Add it once." })
    }
    const { methods = [], listenFilters = {}, resultTypes = [] } = plugin
    const names = methods.map(({ name }) => name)
    const taken = new Set([...this.#methods.keys(), ...sessionMethodNames])
    assertFree({ plugin, what: "method", taken }, names)
    assertFree(
      { plugin, what: "listen filter", taken: new Set([...coreTopics, ...this.listenFilters.keys()]) },
      Object.keys(listenFilters),
    )
    assertFree({ plugin, what: "result type", taken: new Set(this.#ownersOfTypes().keys()) }, resultTypes)
  }

  /** Adds all rows of a plugin that was accepted. */
  add(plugin: Plugin): void {
    for (const method of plugin.methods ?? []) this.#methods.set(method.name, method)
    for (const [name, filter] of Object.entries(plugin.listenFilters ?? {}))
      this.listenFilters.set(name, filter)
    this.#plugins.push(plugin)
  }

  /** Tells plugins of a notification that they listen to. */
  async notify(notice: Notice): Promise<void> {
    const { method } = notice
    for (const { notifications = {} } of this.#plugins) {
      // Own names only: a peer may well send `toString`.
      if (Object.hasOwn(notifications, method)) await notifications[method]?.(notice)
    }
  }

  /**
   * Lets results of an extension's type pass only to clients that declared it.
   *
   * @see S28/basic/index#resulttype
   */
  onlyDeclared(run: Dispatch): Dispatch {
    const owners = this.#ownersOfTypes()
    if (owners.size === 0) return run
    return async (call) => {
      const outcome = await run(call)
      if (outcome.kind !== "extended") return outcome
      const id = owners.get(outcome.resultType)
      if (id === undefined) throw new UndeclaredResultType(outcome.resultType)
      if (call.peer.capabilities.extensions?.[id] === undefined) {
        throw new MissingClientCapability({ extensions: { [id]: {} } })
      }
      return outcome
    }
  }

  #ownersOfTypes(): ReadonlyMap<string, string> {
    return new Map(
      this.#plugins.flatMap(({ id, resultTypes = [] }) => resultTypes.map((type) => [type, id] as const)),
    )
  }
}

interface Claim {
  readonly plugin: Plugin
  readonly what: string
  readonly taken: Set<string>
}

function assertFree({ plugin, what, taken }: Claim, names: readonly string[]): void {
  for (const name of names) {
    if (taken.has(name)) {
      throw new InvalidPlugin(
        `The plugin \`${plugin.id}\` adds the ${what} \`${name}\`, which exists already.`,
        { fix: "Choose a name under the plugin's own prefix." },
      )
    }
    taken.add(name)
  }
}
