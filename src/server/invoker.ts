import type { Call } from "../protocol/call.ts"
import type { Params } from "../protocol/jsonrpc.ts"

/** Runs calls that come from inside: handlers calling other components. */
export interface Invoker {
  /** Runs a method as part of `parent`, for the same caller. Rejects where a peer would get an error. */
  nested(parent: Call, method: string, params: Params): Promise<object>
}
