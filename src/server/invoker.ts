import type { Call, ValueKey } from "../protocol/call.ts"
import type { Params } from "../protocol/jsonrpc.ts"
import type { Principal } from "../protocol/principal.ts"

/** Runs calls that come from inside: handlers calling other components. */
export interface Invoker {
  /** Runs a method as part of `parent`, for the same caller. Rejects where a peer would get an error. */
  nested(parent: Call, method: string, params: Params): Promise<object>
  /** What the server itself has for handlers. */
  readonly values: ServerValues
}

/** What a server has for handlers, besides what is left in their calls. */
export interface ServerValues {
  /**
   * Takes the value of a lifespan.
   *
   * @throws {LifespanNotRun} FLEET-17: the lifespan does not run.
   * @throws {MissingContextValue} The key is of no lifespan.
   */
  require<T>(key: ValueKey<T>): T
  /** Takes what is under a key for a call, and makes it if it must be made. */
  use<T>(key: ValueKey<T>, call: Call, invoker: Invoker): Promise<T>
}

/** How a call of the own process is made. */
export interface InProcessOptions {
  /** On whose behalf. Default: the server's own, which no auth check concerns. */
  readonly as?: Principal | undefined
  readonly signal?: AbortSignal | undefined
}
