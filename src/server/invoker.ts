import type { Call } from "../protocol/call.ts"
import type { Params } from "../protocol/jsonrpc.ts"
import type { Principal } from "../protocol/principal.ts"

/** Runs calls that come from inside: handlers calling other components. */
export interface Invoker {
  /** Runs a method as part of `parent`, for the same caller. Rejects where a peer would get an error. */
  nested(parent: Call, method: string, params: Params): Promise<object>
}

/** How a call of the own process is made. */
export interface InProcessOptions {
  /** On whose behalf. Default: the server's own, which no auth check concerns. */
  readonly as?: Principal | undefined
  readonly signal?: AbortSignal | undefined
}
