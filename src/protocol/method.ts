import type { Call, Outcome } from "./call.ts"
import type { Era } from "./era.ts"
import type { Params } from "./jsonrpc.ts"

/** One row of the method table. The core's methods and a plugin's are rows of this same type. */
export interface Method {
  /** The JSON-RPC method, such as `tools/call`. */
  readonly name: string
  /** The only era that has it. Default: both have it. */
  readonly era?: Era
  /** The parameter that the `Mcp-Name` header repeats, if the method has one. */
  readonly nameParam?: string
  /** Whether the server offers the method now; absent means always. What is not offered does not exist. */
  readonly isOffered?: () => boolean
  /** Whether the method may answer `input_required`. */
  readonly mayAsk?: boolean
  /** Says what is wrong with the parameters' shape, or `undefined`. */
  readonly check?: (params: Params) => string | undefined
  /** Answers a call. */
  readonly run: (call: Call) => Outcome | Promise<Outcome>
}
