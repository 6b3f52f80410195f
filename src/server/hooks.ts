import type { Call, Outcome } from "../protocol/call.ts"

/** Hears of calls as they start and end: the seam for telemetry. Nothing is done where nobody listens. */
export interface Hooks {
  /** Hears of every request. */
  readonly call?: CallHooks
}

/** Hears of the start and the end of a call. */
export interface CallHooks {
  /** What it returns is handed to `end`. */
  readonly start?: (call: Call) => unknown
  /** Gets how the call ended, and what `start` returned. */
  readonly end?: (call: Call, outcome: Outcome, started: unknown) => void
}
