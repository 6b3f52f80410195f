import { CallAborted, Suspended } from "../errors/protocol.ts"
import type { Exchange } from "../protocol/call.ts"

/**
 * Why nothing can be started any more for a call that is over, or waits to be run again.
 *
 * @param ended Makes the error of a call that was answered.
 */
export function inertError({ signal }: Exchange, ended: () => Error): Error {
  const reason: unknown = signal.reason
  if (!(reason instanceof CallAborted)) return ended()
  return reason.reason === "suspended" ? new Suspended() : reason
}
