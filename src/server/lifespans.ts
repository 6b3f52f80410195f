/** Starts something that lives as long as the server; what it gives is called when the server closes. */
export type Lifespan = () => Promise<(() => Promise<void>) | undefined>

/** Starts lifespans, each once and in order, and ends them in the reverse order. */
export class Lifespans {
  readonly #waiting: Lifespan[] = []
  readonly #teardowns: (() => Promise<void>)[] = []
  #starting: Promise<void> | undefined
  #isStopped = false

  /** Whether all there is to start has been started. */
  get isReady(): boolean {
    return this.#waiting.length === 0
  }

  /** Adds one to start, also to those that have started already. */
  add(lifespan: Lifespan): void {
    this.#waiting.push(lifespan)
  }

  /** Starts what has not been started. What fails to start is tried again, and all after it, at the next call. */
  start(): Promise<void> {
    this.#starting ??= this.#start().finally(() => {
      this.#starting = undefined
    })
    return this.#starting
  }

  /** Ends what was started, and starts no more. A teardown that fails does not keep the others from running. */
  async stop(): Promise<readonly unknown[]> {
    this.#isStopped = true
    // Its failure was told to whoever started it.
    await this.#starting?.catch(() => undefined)
    const failures: unknown[] = []
    for (const teardown of this.#teardowns.splice(0).reverse()) {
      try {
        await teardown()
      } catch (error) {
        failures.push(error)
      }
    }
    return failures
  }

  async #start(): Promise<void> {
    for (let next = this.#waiting[0]; next !== undefined && !this.#isStopped; next = this.#waiting[0]) {
      const teardown = await next()
      if (teardown !== undefined) this.#teardowns.push(teardown)
      this.#waiting.shift()
    }
  }
}
