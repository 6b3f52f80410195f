import { ServerClosed } from "../errors/server.ts"
import type { AbortReason } from "../protocol/call.ts"

/** A call that runs, as far as a shutdown needs to know it. */
export interface Abortable {
  abort(reason: AbortReason): void
}

/** The calls that run, so that a shutdown can wait for them and abort what is left. */
export class RunningCalls {
  readonly #calls: Set<Abortable> = new Set()
  #onIdle: (() => void) | undefined
  #isClosed = false

  get isClosed(): boolean {
    return this.#isClosed
  }

  /** @throws {ServerClosed} No call may begin any more. */
  assertOpen(): void {
    if (this.#isClosed) throw new ServerClosed()
  }

  enter(call: Abortable): void {
    this.#calls.add(call)
  }

  leave(call: Abortable): void {
    this.#calls.delete(call)
    if (this.#calls.size === 0) this.#onIdle?.()
  }

  /** Lets no call begin any more. */
  close(): void {
    this.#isClosed = true
  }

  /**
   * Waits for the calls that run and aborts what is left of them.
   *
   * @param graceMs How long to wait, in milliseconds.
   */
  async drain(graceMs: number): Promise<void> {
    if (this.#calls.size > 0) await this.#idleWithin(graceMs)
    for (const call of this.#calls) call.abort("shutdown")
  }

  #idleWithin(graceMs: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, graceMs)
      this.#onIdle = () => {
        clearTimeout(timer)
        resolve()
      }
    })
  }
}
