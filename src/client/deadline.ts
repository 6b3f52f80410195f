/** Ends a wait that takes too long; a sign of life starts the time anew, and while a person is asked it stands still. */
export class Deadline {
  readonly #controller = new AbortController()
  readonly #ms: number
  readonly #reason: () => Error
  readonly #parent: AbortSignal | undefined
  readonly #onParent = (): void => this.#controller.abort(this.#parent?.reason)
  #holds = 0
  #stop: () => void = () => undefined

  /**
   * @param ms How long there may be silence.
   * @param reason What it is aborted with then.
   * @param parent Aborts it too.
   */
  constructor(ms: number, reason: () => Error, parent?: AbortSignal) {
    this.#ms = ms
    this.#reason = reason
    this.#parent = parent
    if (parent?.aborted) this.#onParent()
    else parent?.addEventListener("abort", this.#onParent, { once: true })
    this.touch()
  }

  get signal(): AbortSignal {
    return this.#controller.signal
  }

  /** Starts the time anew. */
  touch(): void {
    this.#stop()
    if (this.#holds > 0) return
    // It keeps the process: what is waited for may be nothing that does.
    const timer = setTimeout(() => this.#controller.abort(this.#reason()), this.#ms)
    this.#stop = () => clearTimeout(timer)
  }

  /** Ends the wait now. */
  expire(reason: Error): void {
    this.#controller.abort(reason)
  }

  /** Stops the time until `wait` is over. */
  async hold<T>(wait: () => Promise<T>): Promise<T> {
    this.#holds++
    this.touch()
    try {
      return await wait()
    } finally {
      this.#holds--
      this.touch()
    }
  }

  [Symbol.dispose](): void {
    // A hold that ends later must not start it again.
    this.#holds = Number.POSITIVE_INFINITY
    this.#stop()
    this.#parent?.removeEventListener("abort", this.#onParent)
  }
}

/** Waits for a promise until a signal is aborted, and fails by its reason then: not everything looks at signals. */
export async function unlessAborted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  let onAbort: () => void = () => undefined
  const aborted = new Promise<never>((_resolve, reject) => {
    onAbort = () => reject(signal.reason)
    if (signal.aborted) onAbort()
    else signal.addEventListener("abort", onAbort, { once: true })
  })
  try {
    return await Promise.race([promise, aborted])
  } finally {
    signal.removeEventListener("abort", onAbort)
  }
}
