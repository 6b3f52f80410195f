import { CallAborted, Suspended } from "../errors/protocol.ts"
import type { Exchange } from "./call.ts"

/** Why a call can start nothing more, if it was aborted. */
export function abortError({ signal }: Pick<Exchange, "signal">): Error | undefined {
  const reason: unknown = signal.reason
  if (!(reason instanceof CallAborted)) return undefined
  return reason.reason === "suspended" ? new Suspended() : reason
}
