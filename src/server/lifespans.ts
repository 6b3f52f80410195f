import { LifespanTimeout, StartingServer } from "../errors/server.ts"
import { longestTimer } from "../shared/longest-timer.ts"
import { contextStore } from "./context-store.ts"

/** Starts something that lives as long as the server; what it gives is called when the server closes. */
export type Lifespan = () => Promise<(() => Promise<void>) | undefined>

/** Starts lifespans, each once and in order, and ends them in the reverse order. */
export class Lifespans {
  readonly #waiting: Lifespan[] = []
  readonly #teardowns: (() => Promise<void>)[] = []
  #starting: Promise<void> | undefined
  #isStopped = false
  /** Marks what the lifespan does that is being started. */
  #current: object | undefined

  /** Whether all there is to start has been started. */
  get isReady(): boolean {
    return this.#waiting.length === 0
  }

  /** Adds what an owner has to start, if anything, also to those that have started already. */
  add(owner: { readonly lifespan?: Lifespan }): void {
    // Called on it, since it may be a method.
    if (owner.lifespan !== undefined) this.#waiting.push(async () => owner.lifespan?.())
  }

  /**
   * Starts what has not been started. What fails to start is tried again, and all after it, at the next call.
   *
   * @throws {StartingServer} A lifespan calls, which would wait for itself.
   */
  async start(): Promise<void> {
    if (this.#current !== undefined && contextStore.get() === this.#current) throw new StartingServer()
    while (!this.isReady && !this.#isStopped) {
      // Begun a moment later, so that a lifespan that asks for the start finds that it is under way.
      this.#starting ??= Promise.resolve()
        .then(() => this.#startAll())
        .finally(() => {
          this.#starting = undefined
        })
      await this.#starting
    }
  }

  /**
   * Ends what was started, and starts no more. A teardown that fails, or does not end, does not keep the others from
   * running.
   *
   * @param limitMs How long the start, and each teardown, may still take.
   * @returns What went wrong.
   */
  async stop(limitMs: number): Promise<readonly unknown[]> {
    this.#isStopped = true
    const failures: unknown[] = []
    const end = async (work: Promise<void>) => void failures.push(...(await failuresWithin(limitMs, work)))
    // Its failure was told to whoever started it.
    const started = this.#starting?.catch(() => undefined)
    if (started !== undefined) await end(started)
    for (const teardown of this.#teardowns.splice(0).reverse()) await end(called(teardown))
    return failures
  }

  async #startAll(): Promise<void> {
    for (let next = this.#waiting[0]; next !== undefined && !this.#isStopped; next = this.#waiting[0]) {
      this.#current = {}
      const teardown = await contextStore.run(this.#current, called, next).finally(() => {
        this.#current = undefined
      })
      this.#waiting.shift()
      if (teardown !== undefined) this.#teardowns.push(teardown)
    }
  }
}

/** Calls what may throw instead of rejecting. */
async function called<T>(work: () => Promise<T>): Promise<T> {
  return work()
}

async function failuresWithin(limitMs: number, work: Promise<void>): Promise<readonly unknown[]> {
  let timer: ReturnType<typeof setTimeout> | undefined
  const late = new Promise<readonly unknown[]>((resolve) => {
    timer = setTimeout(() => resolve([new LifespanTimeout(limitMs)]), Math.min(limitMs, longestTimer))
  })
  const ended = work.then(
    () => [],
    (error: unknown) => [error],
  )
  try {
    return await Promise.race([ended, late])
  } finally {
    clearTimeout(timer)
  }
}
