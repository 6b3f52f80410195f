/** Starts something that lives as long as the server; what it gives is called when the server closes. */
export type Lifespan = () => Promise<(() => Promise<void>) | undefined>

/** Starts lifespans once, in order, and ends them in the reverse order. */
export class Lifespans {
  readonly #list: () => readonly Lifespan[]
  readonly #teardowns: (() => Promise<void>)[] = []
  #started: Promise<void> | undefined
  /** Whether all has been started, or there is nothing to start. */
  isReady = false

  /** @param list What there is to start; asked when the server starts. */
  constructor(list: () => readonly Lifespan[]) {
    this.#list = list
  }

  start(): Promise<void> {
    this.#started ??= this.#start()
    return this.#started
  }

  /** Ends what was started. A teardown that fails does not keep the others from running. */
  async stop(): Promise<readonly unknown[]> {
    // Started halfway is still started: its failure was told to whoever started it.
    await this.#started?.catch(() => undefined)
    const failures: unknown[] = []
    for (const teardown of this.#teardowns.reverse()) {
      try {
        await teardown()
      } catch (error) {
        failures.push(error)
      }
    }
    return failures
  }

  async #start(): Promise<void> {
    for (const lifespan of this.#list()) {
      const teardown = await lifespan()
      if (teardown !== undefined) this.#teardowns.push(teardown)
    }
    this.isReady = true
  }
}
