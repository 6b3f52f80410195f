import type { Call, Outcome } from "../protocol/call.ts"

/** Hears of calls as they start and end: the seam for telemetry. Nothing is done where nobody listens. */
export interface Hooks {
  readonly call?: CallHooks
}

export interface CallHooks {
  /** What it returns is handed to `end`. */
  readonly start?: (call: Call) => unknown
  readonly end?: (call: Call, outcome: Outcome, started: unknown) => void
}
