import type { Random } from "./random.ts"
import type { Target } from "./target.ts"

/** One play of a campaign that has begun. */
export interface Play {
  /** How many messages it sends. */
  readonly count: number
  /** Resolves to what is wrong, or to `undefined`. */
  readonly problem: Promise<string | undefined>
  /** Whether it waits for time-outs, so that others need not wait for it. */
  readonly isSlow?: boolean
  /** Says what was sent. */
  readonly details: () => readonly string[]
}

/** Where a play stands among all. */
export interface Place {
  readonly batch: number
  readonly index: number
}

/** A way to attack the target. */
export interface Campaign {
  readonly name: string
  /** How many plays go on at once. */
  readonly width: number
  readonly begin: (random: Random, target: Target, place: Place) => Play
}

/** How long a server may take, in milliseconds; the machine may be busy with other things. */
export const patience = 15_000
