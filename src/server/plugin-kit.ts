import { InvalidOption, quoted } from "../errors/server.ts"
import type { Method } from "../protocol/method.ts"
import type { Extensions } from "./extensions.ts"
import type { Plugin } from "./plugin-contract.ts"

/** Under Symbol.for, so that plugins made by another copy of this package bring along what serves them, too. */
export const kPlugin: unique symbol = /* @__PURE__ */ Symbol.for("fleetmcp.plugin") as never

/** A plugin that was checked, with what serves the plugins of a server. */
export interface MadePlugin extends Plugin {
  readonly [kPlugin]: (methods: Map<string, Method>) => Extensions
}

/**
 * Refuses what was not checked.
 *
 * @throws {InvalidOption}
 */
export function assertPlugin(plugin: Plugin): asserts plugin is MadePlugin {
  // Whatever it is: what is no object has none.
  if (typeof Object(plugin)[kPlugin] !== "function")
    throw new InvalidOption("A plugin", quoted(plugin), "Make it by `definePlugin({ … })`.")
}
