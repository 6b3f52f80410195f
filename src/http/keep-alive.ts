import { quietInterval } from "../shared/quiet-timer.ts"

/** Runs something again and again until what it returns is called. */
export type Every = (ms: number, run: () => void) => () => void

/** {@link Every} with the timers of the runtime. */
// A stream holds the process by its socket.
export const every: Every = (ms, run) => quietInterval(run, ms)

/** What wants to hear the beat. */
export interface Beating {
  beat(): void
}

/** Beats for open streams: one timer for all of them, and none while there are none. */
export class KeepAlive {
  readonly #everyMs: number
  readonly #every: Every
  readonly #streams: Set<Beating> = new Set()
  #stop: (() => void) | undefined

  constructor({ keepAliveMs, every }: { readonly keepAliveMs: number; readonly every: Every }) {
    this.#everyMs = keepAliveMs
    this.#every = every
  }

  add(stream: Beating): void {
    this.#streams.add(stream)
    this.#stop ??= this.#every(this.#everyMs, () => {
      for (const each of this.#streams) each.beat()
    })
  }

  delete(stream: Beating): void {
    this.#streams.delete(stream)
    if (this.#streams.size > 0) return
    this.#stop?.()
    this.#stop = undefined
  }
}
