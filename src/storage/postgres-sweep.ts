import { sweepSize } from "./postgres-statements.ts"

/** Deletes what has expired, a bounded part at a time, as writes come. There is no timer. */
export class Sweep {
  readonly #run: () => Promise<number>
  readonly #ms: number
  #running: Promise<void> | undefined
  #next = 0

  /**
   * @param run Deletes some rows, {@link sweepSize} at most, and returns how many.
   * @param ms Milliseconds between two sweeps, while they find less than that.
   */
  constructor(run: () => Promise<number>, ms: number) {
    this.#run = run
    this.#ms = ms
  }

  /** Starts one where it is time. Nobody waits for it. */
  start(): void {
    if (this.#running !== undefined || Date.now() < this.#next) return
    this.#running = this.#sweep().finally(() => {
      this.#running = undefined
    })
  }

  /** Resolves when none runs. */
  async end(): Promise<void> {
    await this.#running
  }

  async #sweep(): Promise<void> {
    this.#next = Date.now() + this.#ms
    // What has expired is not shown; if it cannot be deleted now, the next sweep will.
    const count = await this.#run().catch(() => 0)
    if (count === sweepSize) this.#next = 0
  }
}
