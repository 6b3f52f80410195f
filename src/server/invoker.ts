import { type Context, type ContextKey, contextKey } from "../components/context.ts"
import type { SamplingOptions, SamplingTool } from "../components/sampling.ts"
import type { Call, ValueKey } from "../protocol/call.ts"
import type { Params } from "../protocol/jsonrpc.ts"
import type { Principal } from "../protocol/principal.ts"
import type { CallToolResult } from "../spec/index.ts"
import type { Resolved } from "./provider.ts"

/** Runs calls that come from inside: handlers calling other components. */
export interface Inside {
  /**
   * Runs a method as part of `parent`, a call or the context of one, for the same caller. Rejects where a peer would get
   * an error.
   */
  nested(parent: Call | Context, method: string, params: Params): Promise<object>
  /** Runs a tool that need not be offered as part of `parent`, for the same caller, as `nested` runs those that are. */
  runTool(parent: Call, tool: SamplingTool, args: Params): Promise<CallToolResult>
}

/** What handlers call by, and what there is for them. */
export interface Invoker {
  /** Loads what runs calls: one promise for all, so that calls of one turn begin in their order. */
  readonly load: () => Promise<Inside>
  /** What the server itself has for handlers. */
  readonly values: ServerValues
  /** Who answers sampling requests besides the client. */
  readonly sampling: SamplingOptions | undefined
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
  use<T>(key: ValueKey<T>, call: Call, contextWith: ContextWith): Promise<T>
}

/** Makes the context of what is made for a call, in which these are the values of the server. */
export type ContextWith = (values: ServerValues) => Context

/** How a call of the own process is made. */
export interface InProcessOptions {
  /** On whose behalf. Default: the server's own, which no auth check concerns. */
  readonly as?: Principal | undefined
  readonly signal?: AbortSignal | undefined
  /** The version of the component. Default: the highest. */
  readonly version?: string | undefined
}

/** The tool that a call was made for, where it is not to be looked for by its name. */
export const givenTool: ContextKey<Resolved<"tool">> = /* @__PURE__ */ contextKey("givenTool")
