import { CallAborted, Suspended } from "../errors/protocol.ts"
import type { Exchange } from "../protocol/call.ts"

/** Why a call can start nothing more, if it was aborted. */
export function abortError({ signal }: Exchange): Error | undefined {
  const reason: unknown = signal.reason
  if (!(reason instanceof CallAborted)) return undefined
  return reason.reason === "suspended" ? new Suspended() : reason
}
