import type { Piscina } from "piscina"
import { MissingPiscina } from "../errors/threads.ts"
import type { ThreadPoolOptions } from "./thread-pool-options.ts"
import type { ThreadTask } from "./thread-work.ts"

/** How one call runs. */
interface RunOptions {
  /** The file of the work. */
  readonly url: string
  /** Ends the call, and its thread where it has one. */
  readonly signal: AbortSignal
}

/** The threads of a pool, as the package `piscina` keeps them. */
export class Threads {
  readonly #piscina: Piscina
  readonly #onDead: () => void
  #isClosed = false
  /** Why a thread ended that ran nothing. */
  #why: unknown
  #isDead = false

  /**
   * @param onDead Called when not even a new thread starts, and those that wait are given up.
   * @internal
   */
  constructor(piscina: Piscina, onDead: () => void) {
    this.#piscina = piscina
    this.#onDead = onDead
    // A thread that fails between calls fails nobody; another takes its place.
    piscina.on("error", (error: unknown) => {
      this.#why = error
    })
    // Only after that is it known whether another took its place.
    piscina.on("workerDestroy", () => queueMicrotask(() => this.#giveUpIfDead()))
  }

  /** Resolves to what the default export of the file returned. */
  async run(task: ThreadTask, { url, signal }: RunOptions): Promise<unknown> {
    try {
      return await this.#piscina.run(task, { filename: url, signal, transferList: [task.port] })
    } catch (error) {
      throw this.#isDead ? (this.#why ?? error) : error
    }
  }

  async close(): Promise<void> {
    this.#isClosed = true
    await this.#piscina.destroy()
  }

  /** Without a thread, and with none that starts, those that wait would do so for ever. */
  #giveUpIfDead(): void {
    if (this.#isClosed || this.#piscina.threads.length > 0) return
    this.#isDead = true
    this.#onDead()
    void this.close()
  }
}

/** Starts the first thread; others start when they are needed. */
export async function startThreads(
  given: ThreadPoolOptions,
  threads: number,
  onDead: () => void,
): Promise<Threads> {
  const { Piscina } = await import("piscina").catch((error: unknown) => {
    throw new MissingPiscina(error)
  })
  const { idleMs = 30_000, maxHeapMb, execArgv } = given
  const piscina = new Piscina({
    // One is started anew after a crash, so that calls that wait are not forgotten.
    minThreads: 1,
    maxThreads: threads,
    idleTimeout: idleMs,
    // What a function has left behind must not be frozen and go on in the call of somebody else.
    atomics: "disabled",
    ...(maxHeapMb && { resourceLimits: { maxOldGenerationSizeMb: maxHeapMb } }),
    ...(execArgv && { execArgv: [...execArgv] }),
  })
  return new Threads(piscina, onDead)
}
