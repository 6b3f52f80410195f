import { CallAborted } from "../errors/protocol.ts"
import type { Exchange } from "../protocol/call.ts"
import { quietTimeout } from "../shared/quiet-timer.ts"
import type { Kept } from "./cache-kept.ts"
import type { Place } from "./cache-place.ts"
import { type Change, concerns } from "./cache-store.ts"

/**
 * How a run ended for those who wait for it: with what was kept; with something that is only for its own caller; or not at
 * all, since its caller left.
 */
export type Ending = Kept | "own" | "left"

/** One call that runs, for itself and for equal ones that wait for what it gives. */
export interface Run {
  /** Whether what it gives is out of date before it is there. */
  readonly isStale: boolean
}

/** A run that somebody waits for. */
export interface SharedRun {
  readonly ending: Promise<Ending>
}

interface OpenRun extends Run {
  readonly key: string
  readonly place: Place
  readonly exchange: Pick<Exchange, "signal">
  isStale: boolean
  /** Made once somebody waits: most runs are for themselves alone. */
  watched: Watched | undefined
}

interface Watched extends SharedRun {
  readonly end: (ending: Ending) => void
}

/** How long a call waits for an equal one before it runs itself, in milliseconds. */
const longestWaitMs = 60_000

/** The calls that run. */
export class Runs {
  readonly #all: Set<OpenRun> = new Set()
  /** Those that equal calls wait for. */
  readonly #open: Map<string, OpenRun> = new Map()

  /** The equal call that runs. Whoever asks waits for it. */
  join(key: string): SharedRun | undefined {
    const run = this.#open.get(key)
    if (run !== undefined) run.watched ??= this.#watch(run)
    return run?.watched
  }

  /** Runs a call, also for equal ones that come meanwhile; `work` gives what it may give them. */
  async run<T>(
    given: Pick<OpenRun, "key" | "place" | "exchange">,
    work: (run: Run) => Promise<{ readonly value: T; readonly kept?: Kept | undefined }>,
  ): Promise<T> {
    const run: OpenRun = { ...given, isStale: false, watched: undefined }
    this.#all.add(run)
    if (!this.#open.has(run.key)) this.#open.set(run.key, run)
    try {
      const { value, kept } = await work(run)
      this.#end(run, kept ?? "own")
      return value
    } finally {
      this.#end(run, "own")
      this.#all.delete(run)
    }
  }

  /** What runs now began before a change: nobody who comes after it may get what it gives. */
  drop(change: Change): void {
    for (const run of this.#all) {
      if (!concerns(change, run.place)) continue
      run.isStale = true
      if (this.#open.get(run.key) === run) this.#open.delete(run.key)
    }
  }

  #watch(run: OpenRun): Watched {
    let settle: (ending: Ending) => void = () => undefined
    const ending = new Promise<Ending>((resolve) => {
      settle = resolve
    })
    const { signal } = run.exchange
    const stopClock = quietTimeout(() => this.#end(run, "own"), longestWaitMs)
    const leave = () => this.#end(run, hasLeft(signal) ? "left" : "own")
    const end = (how: Ending) => {
      stopClock()
      signal.removeEventListener("abort", leave)
      settle(how)
    }
    run.watched = { ending, end }
    signal.addEventListener("abort", leave)
    if (signal.aborted) leave()
    return run.watched
  }

  #end(run: OpenRun, ending: Ending): void {
    if (this.#open.get(run.key) === run) this.#open.delete(run.key)
    run.watched?.end(ending)
  }
}

/** Whether a call ended only because nobody waits for it any more: an equal one may do better. */
function hasLeft({ aborted, reason }: AbortSignal): boolean {
  const why = reason instanceof CallAborted ? reason.reason : undefined
  return aborted && (why === "cancel" || why === "disconnect")
}

/** Waits for the end of a run; `undefined` where whoever waits is not there any more. */
export function waitFor({ ending }: SharedRun, signal: AbortSignal): Promise<Ending | undefined> {
  if (signal.aborted) return Promise.resolve(undefined)
  return new Promise((resolve) => {
    const leave = () => resolve(undefined)
    signal.addEventListener("abort", leave)
    void ending.then((how) => {
      signal.removeEventListener("abort", leave)
      resolve(how)
    })
  })
}
