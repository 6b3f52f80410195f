import { ModelError } from "./tool.ts"

/**
 * A session handle was never made, has ended or expired, or belongs to somebody else: nobody learns which.
 *
 * @see S28/server/tools#stateful-tools
 */
export class UnknownHandle extends ModelError {
  readonly code = "UNKNOWN_HANDLE"
  override readonly rpc = -32602
  constructor() {
    super("The session does not exist, or not any more.", {
      fix: "Make a new one with the tool `create_session`, and pass what it returns.",
    })
  }
}

/** A caller, or all callers that nobody knows, have made as many handles as they may. */
export class TooManyHandles extends ModelError {
  readonly code = "TOO_MANY_HANDLES"
  override readonly rpc = -32603
  constructor(limit: number) {
    super(`${limit} sessions were made already, which is the limit.`, {
      fix: "End those that are not needed, or wait until some have expired.",
    })
  }
}
