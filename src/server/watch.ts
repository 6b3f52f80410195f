import type { ServerLog } from "./server-log.ts"

/** Whose code a handler is: a component, or what completes the arguments of one. */
export interface Owner {
  /** What it is, such as "tool". */
  readonly kind: string
  /** What it is called by. */
  readonly id: string
  /** The time-out it was given, in milliseconds. */
  readonly timeout: number | undefined
}

/** A handler that is watched. */
export interface Watched {
  /** How many of its runs have returned a promise that is not settled yet. */
  waiting: number
  /** Says that a run has returned, if only a promise. */
  leave(): void
}

/** Says that a handler begins to run. */
export type Watch = (owner: Owner) => Watched

export interface WatchOptions {
  /** Milliseconds for which a handler may block the event loop before the log says so. */
  readonly blockedMs: number
  readonly log: ServerLog
}

/** What time is told by. */
export interface RealTime {
  /** Milliseconds of a clock that nobody sets. */
  readonly now: () => number
  readonly setTimeout: typeof globalThis.setTimeout
}
