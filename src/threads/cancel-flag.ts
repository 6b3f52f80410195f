const cancelled = 0
const started = 1

/**
 * Says across threads that a call has started, or is not wanted any more. Memory both see, since a thread that
 * computes takes no messages.
 */
export class CancelFlag {
  readonly shared: Int32Array<SharedArrayBuffer>
  readonly #controller: AbortController = new AbortController()

  constructor(shared: Int32Array<SharedArrayBuffer> = new Int32Array(new SharedArrayBuffer(8))) {
    this.shared = shared
  }

  start(): void {
    Atomics.store(this.shared, started, 1)
  }

  get hasStarted(): boolean {
    return Atomics.load(this.shared, started) === 1
  }

  cancel(): void {
    Atomics.store(this.shared, cancelled, 1)
  }

  /** Aborts the signal of this thread if the other one has cancelled. */
  look(): void {
    if (Atomics.load(this.shared, cancelled) === 1) this.#controller.abort()
  }

  /** A signal that looks by itself whenever it is looked at. */
  get signal(): AbortSignal {
    const { signal } = this.#controller
    const look = () => this.look()
    return Object.defineProperties(signal, {
      aborted: {
        get() {
          look()
          return Reflect.get(AbortSignal.prototype, "aborted", signal)
        },
      },
      throwIfAborted: {
        value() {
          look()
          AbortSignal.prototype.throwIfAborted.call(signal)
        },
      },
    })
  }
}
