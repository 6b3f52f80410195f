import type { Exchange } from "../protocol/call.ts"
import { quietTimeout } from "../shared/quiet-timer.ts"

/** How far a call is. */
export interface Progress {
  readonly done: number
  readonly total: number | undefined
  readonly message: string | undefined
}

const throttles: WeakMap<Exchange, Throttle> = /* @__PURE__ */ new WeakMap()

/** Tells the client how far a call is, once in so many milliseconds; of what comes between, the last. */
export function throttled(exchange: Exchange, ms: number, progress: Progress): void {
  const throttle = throttles.get(exchange) ?? new Throttle(exchange, ms)
  throttles.set(exchange, throttle)
  throttle.report(progress)
}

class Throttle {
  readonly #exchange: Exchange
  readonly #ms: number
  #waiting: Progress | undefined
  #latest: number = Number.NEGATIVE_INFINITY
  #isPaused = false

  constructor(exchange: Exchange, ms: number) {
    this.#exchange = exchange
    this.#ms = ms
  }

  report(progress: Progress): void {
    const { done, total } = progress
    // What would not be sent must not take the place of what waits to be.
    if (!Number.isFinite(done) || done <= this.#latest) return
    this.#latest = done
    // That all is done need not wait.
    if (this.#isPaused && done !== total) this.#waiting = progress
    else this.#send(progress)
  }

  #send({ done, total, message }: Progress): void {
    this.#waiting = undefined
    // Nothing is told of a call that is over, so that there is nothing to clean up.
    this.#exchange.progress(done, total, message)
    if (this.#isPaused) return
    this.#isPaused = true
    quietTimeout(() => this.#goOn(), this.#ms)
  }

  #goOn(): void {
    this.#isPaused = false
    if (this.#waiting !== undefined) this.#send(this.#waiting)
  }
}
