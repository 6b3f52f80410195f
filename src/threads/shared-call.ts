const cancelled = 0
const started = 1
const unheard = 2

/** The most reports on their way: a thread that computes may make them faster than anybody can hear them. */
const mostUnheard = 100

/**
 * What both threads know of a call: whether it has started, whether it is not wanted any more, and how many reports
 * nobody has heard yet. Memory both see, since a thread that computes takes no messages.
 */
export class SharedCall {
  readonly memory: Int32Array<SharedArrayBuffer>
  readonly #controller: AbortController = new AbortController()

  constructor(memory: Int32Array<SharedArrayBuffer> = new Int32Array(new SharedArrayBuffer(12))) {
    this.memory = memory
  }

  start(): void {
    Atomics.store(this.memory, started, 1)
  }

  get hasStarted(): boolean {
    return Atomics.load(this.memory, started) === 1
  }

  cancel(): void {
    Atomics.store(this.memory, cancelled, 1)
  }

  /** Whether another report may be sent, which then counts as one. */
  takeReport(): boolean {
    if (Atomics.load(this.memory, unheard) >= mostUnheard) return false
    Atomics.add(this.memory, unheard, 1)
    return true
  }

  hearReport(): void {
    Atomics.sub(this.memory, unheard, 1)
  }

  /** Aborts the signal of this thread if the other one has cancelled. */
  look(): void {
    if (Atomics.load(this.memory, cancelled) === 1) this.#controller.abort()
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
