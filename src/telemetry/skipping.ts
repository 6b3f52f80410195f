import type { Call } from "../protocol/call.ts"
import type { ServerLog } from "../server/server-log.ts"
import type { TelemetryOptions } from "./options.ts"

/** Makes a log of what goes wrong here, which says it once: a call does not fail because of its telemetry. */
export function complaints(log: ServerLog, message: string): (error: unknown) => void {
  let hasComplained = false
  return (error) => {
    if (!hasComplained) log({ level: "error", message: `${message}; said once`, error })
    hasComplained = true
  }
}

/** Says which calls are left out. A call of which the option cannot say it is not. */
export function skipping({ skip }: TelemetryOptions, log: ServerLog): (call: Call) => boolean {
  if (skip === undefined) return () => false
  const complain = complaints(log, "`skip` of `telemetry()` failed")
  return (call) => {
    try {
      return skip(call) === true
    } catch (error) {
      complain(error)
      return false
    }
  }
}
